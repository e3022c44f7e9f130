// A desk that is cut off in the middle of a step, or whose D1 fails there: what was asked is done once, the caller hears of
// it, and nobody is stuck.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { newId } from "../../../src/values/ids.ts";
import { startBreak } from "../../../src/shifts/desk/breaks.ts";
import { joinShift, startShift } from "../../../src/shifts/desk/start.ts";
import { moveCash } from "../../../src/shifts/drawer/cash.ts";
import { endShift } from "../../../src/shifts/drawer/close.ts";
import { API, call } from "../../support/client.ts";
import { count } from "../../support/d1.ts";
import { atNextBatch, cutOff, deskOf, onShift } from "../../support/desk.ts";
import { newPerson, newShop, type Person, type Shop } from "../../support/shops.ts";
import { tally } from "../../support/tally.ts";

const ask = (person: Person, path: string, json: Record<string, unknown> = {}, key?: string) =>
  call("POST", `${API}/shifts/${path}`, {
    token: person.token,
    json,
    headers: key === undefined ? {} : { "idempotency-key": key },
  });
const current = (person: Person) => call("GET", `${API}/shifts/current`, { token: person.token });
const rowsIn = (table: string, shop: Shop) =>
  count(`SELECT count(*) n FROM ${table} WHERE tenant_id = ?`, shop.tenant.id);
const openRows = (person: Person) =>
  count("SELECT count(*) n FROM shifts WHERE user_id = ? AND status = 'OPEN'", person.id);

async function newSeller(): Promise<{ shop: Shop; seller: Person }> {
  const shop = await newShop();
  return { shop, seller: await newPerson(shop.tenant, "EMPLOYEE") };
}

describe("two hundred parallel starts of one person", () => {
  const startAll = async (seller: Person, meanwhile: () => Promise<unknown> = () => Promise.resolve()) => {
    const asked = Array.from({ length: 200 }, () => ask(seller, "start"));
    await Promise.race(asked);
    await meanwhile();
    const answers = await Promise.all(asked);
    expect(tally(answers)).toEqual({ 201: 1, 409: 199 });
    expect(await openRows(seller)).toBe(1);
    const [started] = answers.filter(({ status }) => status === 201);
    for (const { status, body } of answers) if (status === 409) expect(body.shift.id).toBe(started?.body.id);
    expect((await current(seller)).body.id).toBe(started?.body.id);
    expect((await ask(seller, "end")).status).toBe(200);
  };

  it.each(["before", "after"] as const)("are one shift, the desk cut off %s its commit", async (when) => {
    const { shop, seller } = await newSeller();
    await cutOff(shop, seller, when);
    await startAll(seller);
  });

  it.each(["before", "after"] as const)("are one shift, the storage lost %s the commit", async (when) => {
    const { shop, seller } = await newSeller();
    await cutOff(shop, seller, when, (state) => state.storage.deleteAll());
    await startAll(seller);
  });

  it("are one shift, the desk evicted and its storage lost in the middle", async () => {
    const { shop, seller } = await newSeller();
    const desk = deskOf(shop, seller);
    await startAll(seller, async () => {
      await evictDurableObject(desk);
      await runInDurableObject(desk, (_, state) => state.storage.deleteAll());
    });
  });
});

describe.each(["before", "after"] as const)("a desk that is cut off %s the commit", (when) => {
  it("has started one shift, and says so, under a key too", async () => {
    for (const key of [undefined, "k"]) {
      const { shop, seller } = await newSeller();
      await cutOff(shop, seller, when);
      const started = await ask(seller, "start", { device_label: "Till 1", opening_cash: 500 }, key);
      expect(started.status).toBe(201);
      expect(started.body).toMatchObject({ status: "OPEN", opening_cash: 500 });
      expect(started.body.session).toMatchObject({ device_label: "Till 1" });
      expect(started.body.sessions).toEqual([started.body.session]);
      const { session: _, ...shift } = started.body;
      expect((await current(seller)).body).toEqual(shift);
      expect([await rowsIn("shifts", shop), await rowsIn("work_sessions", shop)]).toEqual([1, 1]);
    }
  });

  it("has ended the shift with one Z number, and says so", async () => {
    const { shop, seller } = await onShift();
    await cutOff(shop, seller, when);
    const ended = await ask(seller, "end", { counted_cash: 0 });
    expect(ended.status).toBe(200);
    expect(ended.body).toMatchObject({ status: "CLOSED", z_number: 1, report: { report: "Z", z_number: 1 } });
    expect(await openRows(seller)).toBe(0);
    expect((await ask(seller, "end")).status).toBe(404);
    expect((await ask(seller, "start")).status).toBe(201);
    expect((await ask(seller, "end")).body.z_number).toBe(2);
  });

  it("has begun and ended one break", async () => {
    const { shop, seller } = await onShift();
    await cutOff(shop, seller, when);
    const begun = await ask(seller, "current/breaks/start", { paid: true });
    expect(begun.body.breaks).toMatchObject([{ paid: true, end_at: null }]);
    expect((await ask(seller, "current/breaks/start")).status).toBe(409);
    await cutOff(shop, seller, when);
    const over = await ask(seller, "current/breaks/end");
    expect(over.status).toBe(200);
    expect((await current(seller)).body.breaks).toEqual(over.body.breaks);
    expect(over.body.breaks).toMatchObject([{ end_at: expect.any(String) }]);
    expect((await ask(seller, "current/breaks/end")).body.type).toBe("/problems/no-open-break");
    expect(await rowsIn("breaks", shop)).toBe(1);
  });

  it("has one session and one movement of cash more", async () => {
    const { shop, seller } = await onShift();
    await cutOff(shop, seller, when);
    const joined = await ask(seller, "current/sessions", { device_label: "Phone" });
    expect(joined.body).toMatchObject({ device_label: "Phone" });
    expect((await current(seller)).body.sessions[1]).toEqual(joined.body);
    await cutOff(shop, seller, when);
    const moved = await ask(seller, "current/cash", { kind: "paid_in", amount: 5, reason: "coin" });
    expect(moved.body).toMatchObject({ kind: "paid_in", amount: 5 });
    expect([await rowsIn("work_sessions", shop), await rowsIn("cash_moves", shop)]).toEqual([2, 1]);
  });

  it("has closed a forgotten shift, with one entry in its audit", async () => {
    const { shop, seller, shiftId } = await onShift();
    await cutOff(shop, seller, when);
    const { body } = await current(seller);
    const closed = await ask(shop.admin, `${shiftId}/close`, { end_at: body.start_at });
    expect(closed.status).toBe(200);
    expect(closed.body).toMatchObject({ status: "CLOSED", z_number: 1 });
    expect(await rowsIn("shift_audit", shop)).toBe(1);
    expect((await ask(shop.admin, `${shiftId}/close`, { end_at: body.start_at })).status).toBe(409);
  });
});

describe("a second try whose first comes late", () => {
  it("finds what the first has written, whatever it knew before", async () => {
    const { seller } = await newSeller();
    const ctx = seller.ctx();
    const begin = { id: newId(), session_id: newId(), opening_cash: 0, request: null };
    const { value: started } = (await startShift(ctx, null, begin)).value;
    const { session: _, ...open } = started;
    expect((await startShift(seller.ctx(), null, begin)).value.value).toEqual(started);
    const device = { id: newId(), device_label: "Phone", request: null };
    const joined = await joinShift(ctx, open, device);
    expect((await joinShift(seller.ctx(), open, device)).value).toEqual(joined.value);
    const coin = { id: newId(), kind: "paid_in" as const, amount: 5, reason: "coin", request: null };
    const moved = await moveCash(ctx, open, coin);
    expect((await moveCash(seller.ctx(), open, coin)).value).toEqual(moved.value);
    const pause = { id: newId(), paid: false };
    const begun = await startBreak(ctx, open, pause);
    expect((await startBreak(seller.ctx(), open, pause)).value.breaks).toEqual(begun.value.breaks);
    const other = startBreak(seller.ctx(), open, { id: newId(), paid: false });
    await expect(other).rejects.toMatchObject({ slug: "break-already-open" });
    const finish = { event_id: newId() };
    const ended = await endShift(ctx, open, finish);
    expect((await endShift(seller.ctx(), open, finish)).value).toEqual(ended.value);
    expect((await endShift(seller.ctx(), null, finish)).value).toEqual(ended.value);
    await expect(endShift(seller.ctx(), open, { event_id: newId() })).rejects.toMatchObject({
      slug: "no-open-shift",
    });
  });
});

describe("a D1 that fails", () => {
  const fail = () => {
    throw new Error("D1 is away");
  };

  it("before the commit of a start has started nothing: the next start does", async () => {
    const { shop, seller } = await newSeller();
    await atNextBatch(shop, seller, "before", fail);
    expect((await ask(seller, "start")).status).toBe(503);
    expect((await current(seller)).status).toBe(404);
    expect((await ask(seller, "start")).status).toBe(201);
    expect(await openRows(seller)).toBe(1);
  });

  it("after the commit of a start has started: the next call knows it, and it can be ended", async () => {
    for (const next of ["start", "current", "end"]) {
      const { shop, seller } = await newSeller();
      await atNextBatch(shop, seller, "after", fail);
      expect((await ask(seller, "start")).status).toBe(503);
      if (next === "start")
        expect((await ask(seller, "start")).body.type).toBe("/problems/shift-already-open");
      if (next === "current") expect((await current(seller)).body.status).toBe("OPEN");
      expect((await ask(seller, "end")).status).toBe(200);
      expect((await ask(seller, "start")).status).toBe(201);
    }
  });

  it("before the commit of an end has ended nothing: the next end does", async () => {
    const { shop, seller, shiftId } = await onShift();
    await atNextBatch(shop, seller, "before", fail);
    expect((await ask(seller, "end")).status).toBe(503);
    expect((await current(seller)).body.id).toBe(shiftId);
    expect((await ask(seller, "end")).body).toMatchObject({ id: shiftId, z_number: 1 });
  });

  it("after the commit of an end has ended: the next call knows it, and a new shift can be started", async () => {
    for (const next of ["end", "current", "start"]) {
      const { shop, seller } = await onShift();
      await atNextBatch(shop, seller, "after", fail);
      expect((await ask(seller, "end")).status).toBe(503);
      if (next === "end") expect((await ask(seller, "end")).status).toBe(404);
      if (next === "current") expect((await current(seller)).status).toBe(404);
      expect((await ask(seller, "start")).status).toBe(201);
      expect((await ask(seller, "end")).body.z_number).toBe(2);
    }
  });
});

describe("a desk that looks", () => {
  const keptOf = (shop: Shop, person: Person) =>
    runInDurableObject(deskOf(shop, person), (_, state) => state.storage.kv.get("open"));

  it("answers the same shift again and again, and knows D1's where it knew none", async () => {
    const { shop, seller, shiftId } = await onShift();
    const before = await keptOf(shop, seller);
    expect((await current(seller)).body.id).toBe(shiftId);
    expect(await keptOf(shop, seller)).toEqual(before);
    await runInDurableObject(deskOf(shop, seller), (_, state) => state.storage.kv.delete("open"));
    expect((await current(seller)).body.id).toBe(shiftId);
    expect(await keptOf(shop, seller)).toEqual(before);
  });

  it("writes to its storage only what is new", async () => {
    const { shop, seller } = await onShift();
    const writes: string[] = [];
    await runInDurableObject(deskOf(shop, seller), (_, { storage: { kv } }) => {
      const [put, remove] = [kv.put.bind(kv), kv.delete.bind(kv)];
      kv.put = (key, value) => {
        writes.push(`put ${key}`);
        put(key, value);
      };
      kv.delete = (key) => {
        writes.push(`delete ${key}`);
        return remove(key);
      };
    });
    await current(seller);
    await runInDurableObject(deskOf(shop, seller), (desk) => desk.alarm());
    expect(writes).toEqual([]);
    await ask(seller, "current/breaks/start");
    expect(writes).toEqual(["delete open", "put open"]);
  });
});

describe("a start that is repeated under its key", () => {
  it("after the desk has lost its memory leaves the shift as it is", async () => {
    const { shop, seller } = await newSeller();
    const first = await ask(seller, "start", {}, "k");
    await runInDurableObject(deskOf(shop, seller), (_, state) => state.storage.deleteAll());
    const again = await ask(seller, "start", {}, "k");
    expect([again.text, again.headers.get("idempotent-replayed")]).toEqual([first.text, "true"]);
    expect((await current(seller)).body.id).toBe(first.body.id);
  });
});
