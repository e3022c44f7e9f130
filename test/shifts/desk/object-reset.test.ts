// The object is reset, or D1 fails, in the middle of a step: the request takes effect once, the caller gets its result, and the person
// can continue.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { newId } from "../../../src/values/ids.ts";
import { startBreak } from "../../../src/shifts/desk/breaks.ts";
import { joinShift, startShift } from "../../../src/shifts/desk/start.ts";
import { moveCash } from "../../../src/shifts/drawer/cash.ts";
import { endShift } from "../../../src/shifts/drawer/close.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { count } from "../../support/d1.ts";
import { atNextBatch, resetAtNextBatch, deskOf, onShift, watchedShifts } from "../../support/desk.ts";
import { newPerson, newShop, type Person, type Shop } from "../../support/shops.ts";
import { countByStatus } from "../../support/count-by-status.ts";

const post = (person: Person, path: string, json: Record<string, unknown> = {}, key?: string) =>
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

/** What the desk has cached: the open shift, null for none, or undefined if the next step reads D1. */
const cachedOf = (shop: Shop, person: Person) =>
  runInDurableObject(deskOf(shop, person), (_, state) => state.storage.kv.get("open"));

describe("two hundred parallel starts of one person", () => {
  const startAll = async (seller: Person, meanwhile: () => Promise<unknown> = () => Promise.resolve()) => {
    const requests = Array.from({ length: 200 }, () => post(seller, "start"));
    await Promise.race(requests);
    await meanwhile();
    const answers = await Promise.all(requests);
    expect(countByStatus(answers)).toEqual({ 201: 1, 409: 199 });
    expect(await openRows(seller)).toBe(1);
    const [started] = answers.filter(({ status }) => status === 201);
    for (const { status, body } of answers) if (status === 409) expect(body.shift.id).toBe(started?.body.id);
    expect((await current(seller)).body.id).toBe(started?.body.id);
    expect((await post(seller, "end")).status).toBe(200);
  };

  it.each(["before", "after"] as const)(
    "start one shift if the object is reset %s the commit",
    async (when) => {
      const { shop, seller } = await newSeller();
      await resetAtNextBatch(shop, seller, when);
      await startAll(seller);
    },
  );

  it.each(["before", "after"] as const)(
    "start one shift if the object loses its storage %s the commit",
    async (when) => {
      const { shop, seller } = await newSeller();
      await resetAtNextBatch(shop, seller, when, (state) => state.storage.deleteAll());
      await startAll(seller);
    },
  );

  it("start one shift if the object is evicted and loses its storage in between", async () => {
    const { shop, seller } = await newSeller();
    const desk = deskOf(shop, seller);
    await startAll(seller, async () => {
      await evictDurableObject(desk);
      await runInDurableObject(desk, (_, state) => state.storage.deleteAll());
    });
  });
});

describe.each(["before", "after"] as const)("an object that is reset %s the commit", (when) => {
  it("starts one shift and returns it, with or without a key", async () => {
    for (const key of [undefined, "k"]) {
      const { shop, seller } = await newSeller();
      await resetAtNextBatch(shop, seller, when);
      const started = await post(seller, "start", { device_label: "Till 1", opening_cash: 500 }, key);
      expect(started.status).toBe(201);
      expect(started.body).toMatchObject({ status: "OPEN", opening_cash: 500 });
      expect(started.body.session).toMatchObject({ device_label: "Till 1" });
      expect(started.body.sessions).toEqual([started.body.session]);
      const { session: _, ...shift } = started.body;
      expect((await current(seller)).body).toEqual(shift);
      expect([await rowsIn("shifts", shop), await rowsIn("work_sessions", shop)]).toEqual([1, 1]);
    }
  });

  it("ends the shift with one Z number and returns it", async () => {
    const { shop, seller } = await onShift();
    await resetAtNextBatch(shop, seller, when);
    const ended = await post(seller, "end", { counted_cash: 0 });
    expect(ended.status).toBe(200);
    expect(ended.body).toMatchObject({ status: "CLOSED", z_number: 1, report: { report: "Z", z_number: 1 } });
    expect(await openRows(seller)).toBe(0);
    expect((await post(seller, "end")).body).toEqual(ended.body);
    expect((await post(seller, "start")).status).toBe(201);
    expect((await post(seller, "end")).body.z_number).toBe(2);
  });

  it("starts and ends one break", async () => {
    const { shop, seller } = await onShift();
    await resetAtNextBatch(shop, seller, when);
    const started = await post(seller, "current/breaks/start", { paid: true });
    expect(started.body.breaks).toMatchObject([{ paid: true, end_at: null }]);
    expect((await post(seller, "current/breaks/start", { paid: true })).body).toEqual(started.body);
    expect((await post(seller, "current/breaks/start")).status).toBe(409);
    await resetAtNextBatch(shop, seller, when);
    const ended = await post(seller, "current/breaks/end");
    expect(ended.status).toBe(200);
    expect((await current(seller)).body.breaks).toEqual(ended.body.breaks);
    expect(ended.body.breaks).toMatchObject([{ end_at: expect.any(String) }]);
    expect((await post(seller, "current/breaks/end")).body).toEqual(ended.body);
    expect(await rowsIn("breaks", shop)).toBe(1);
  });

  it("adds one session and one cash movement", async () => {
    const { shop, seller } = await onShift();
    await resetAtNextBatch(shop, seller, when);
    const joined = await post(seller, "current/sessions", { device_label: "Phone" });
    expect(joined.body).toMatchObject({ device_label: "Phone" });
    expect((await current(seller)).body.sessions.slice(1)).toEqual([joined.body]);
    await resetAtNextBatch(shop, seller, when);
    const moved = await post(seller, "current/cash", { kind: "paid_in", amount: 5, reason: "coin" });
    expect(moved.body).toMatchObject({ kind: "paid_in", amount: 5 });
    expect([await rowsIn("work_sessions", shop), await rowsIn("cash_moves", shop)]).toEqual([2, 1]);
  });

  it("closes a forgotten shift with one audit entry", async () => {
    const { shop, seller, shiftId } = await onShift();
    await resetAtNextBatch(shop, seller, when);
    const { body } = await current(seller);
    const closed = await post(shop.admin, `${shiftId}/close`, { end_at: body.start_at });
    expect(closed.status).toBe(200);
    expect(closed.body).toMatchObject({ status: "CLOSED", z_number: 1 });
    expect(await rowsIn("shift_audit", shop)).toBe(1);
    const again = await post(shop.admin, `${shiftId}/close`, { end_at: body.start_at });
    expect(again.body).toEqual(closed.body);
    expect(await rowsIn("shift_audit", shop)).toBe(1);
  });
});

describe("a retry after an earlier attempt that was committed", () => {
  it("returns what the earlier attempt has written, whatever shift was cached", async () => {
    const { seller } = await newSeller();
    const ctx = seller.ctx();
    const startInput = { id: newId(), session_id: newId(), opening_cash: 0, request: null };
    const { value: started } = (await startShift(ctx, null, startInput)).value;
    const { session: _, ...open } = started;
    expect((await startShift(seller.ctx(), null, startInput)).value.value).toEqual(started);
    const joinInput = { id: newId(), device_label: "Phone", request: null };
    const joined = await joinShift(ctx, open, joinInput);
    expect((await joinShift(seller.ctx(), open, joinInput)).value).toEqual(joined.value);
    // The object may have read the session from D1 meanwhile.
    expect(await joinShift(seller.ctx(), joined.open ?? null, joinInput)).toEqual(joined);
    const cashInput = { id: newId(), kind: "paid_in" as const, amount: 5, reason: "coin", request: null };
    const moved = await moveCash(ctx, open, cashInput);
    expect((await moveCash(seller.ctx(), open, cashInput)).value).toEqual(moved.value);
    const breakInput = { id: newId(), paid: false, request: null };
    const onBreak = await startBreak(ctx, open, breakInput);
    expect((await startBreak(seller.ctx(), open, breakInput)).value.value.breaks).toEqual(
      onBreak.value.value.breaks,
    );
    const other = startBreak(seller.ctx(), open, { id: newId(), paid: true, request: null });
    await expect(other).rejects.toMatchObject({ slug: "break-already-open" });
    const endInput = { event_id: newId(), request: null };
    const ended = await endShift(ctx, open, endInput);
    expect((await endShift(seller.ctx(), open, endInput)).value).toEqual(ended.value);
    expect((await endShift(seller.ctx(), null, endInput)).value).toEqual(ended.value);
    const otherCount = { event_id: newId(), counted_cash: 1, request: null };
    await expect(endShift(seller.ctx(), open, otherCount)).rejects.toMatchObject({ slug: "no-open-shift" });
  });
});

describe("a D1 that fails", () => {
  const fail = () => {
    throw new Error("D1 is down");
  };

  it("before the commit of a start starts nothing, and the next start succeeds", async () => {
    const { shop, seller } = await newSeller();
    await atNextBatch(shop, seller, "before", fail);
    expect((await post(seller, "start")).status).toBe(503);
    expect((await current(seller)).status).toBe(404);
    expect((await post(seller, "start")).status).toBe(201);
    expect(await openRows(seller)).toBe(1);
  });

  it("is in the log with the cause", async () => {
    const { shop, seller } = await newSeller();
    await atNextBatch(shop, seller, "before", fail);
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    expect((await post(seller, "start")).status).toBe(503);
    const lines = logged.mock.calls.map(([line]) => JSON.parse(String(line)));
    logged.mockRestore();
    expect(lines.filter(({ what }) => what === "shift desk")).toMatchObject([
      { level: "error", error: { message: "D1 is down" } },
    ]);
  });

  it.each([
    ["session", "sessions", {}],
    ["break", "breaks/start", {}],
    ["cash movement", "cash", { kind: "paid_in", amount: 5, reason: "coin" }],
  ])("before the commit of a %s is told, and nothing is added", async (_, path, json) => {
    const { shop, seller } = await onShift();
    const before = (await current(seller)).body;
    await atNextBatch(shop, seller, "before", fail);
    expect((await post(seller, `current/${path}`, json)).status).toBe(503);
    expect((await current(seller)).body).toEqual(before);
    expect(await rowsIn("cash_moves", shop)).toBe(0);
  });

  it("after the commit of a start leaves an open shift that the next call finds and ends", async () => {
    for (const next of ["start", "current", "end"]) {
      const { shop, seller } = await newSeller();
      await atNextBatch(shop, seller, "after", fail);
      expect((await post(seller, "start")).status).toBe(503);
      if (next === "start")
        expect((await post(seller, "start")).body.type).toBe("/problems/shift-already-open");
      if (next === "current") expect((await current(seller)).body.status).toBe("OPEN");
      expect((await post(seller, "end")).status).toBe(200);
      expect((await post(seller, "start")).status).toBe(201);
    }
  });

  it("before the commit of an end ends nothing, and the next end succeeds", async () => {
    const { shop, seller, shiftId } = await onShift();
    await atNextBatch(shop, seller, "before", fail);
    expect((await post(seller, "end")).status).toBe(503);
    expect((await current(seller)).body.id).toBe(shiftId);
    expect((await post(seller, "end")).body).toMatchObject({ id: shiftId, z_number: 1 });
  });

  it("after the commit of an end leaves no open shift: the end is repeated, and a new one can be started", async () => {
    for (const next of ["end", "current", "start"]) {
      const { shop, seller } = await onShift();
      await atNextBatch(shop, seller, "after", fail);
      expect((await post(seller, "end")).status).toBe(503);
      if (next === "end")
        expect((await post(seller, "end")).body).toMatchObject({ status: "CLOSED", z_number: 1 });
      if (next === "current") expect((await current(seller)).status).toBe(404);
      expect((await post(seller, "start")).status).toBe(201);
      expect((await post(seller, "end")).body.z_number).toBe(2);
    }
  });
});

describe("the open shift", () => {
  it("is still cached after a request that is refused without a query", async () => {
    const { shop, seller, shiftId } = await onShift();
    await post(seller, "current/breaks/start");
    expect((await post(seller, "current/breaks/start", { paid: true })).status).toBe(409);
    expect(await cachedOf(shop, seller)).toMatchObject({ id: shiftId });
  });

  it("is cached as missing by a request that has not found one", async () => {
    const { shop, seller } = await newSeller();
    expect((await current(seller)).status).toBe(404);
    expect(await cachedOf(shop, seller)).toBeNull();
    expect((await current(seller)).status).toBe(404);
    expect(await cachedOf(shop, seller)).toBeNull();
  });

  it("is not watched in the name of an ADMIN who does not close it", async () => {
    const { shop, seller, shiftId } = await onShift();
    const { body } = await current(seller);
    const remembered = await runInDurableObject(deskOf(shop, seller), async (_, { storage }) => {
      await storage.deleteAlarm();
      storage.kv.delete("watched");
      return storage.kv.get("open");
    });
    expect(remembered).toMatchObject({ id: shiftId });
    const later = new Date(Date.parse(body.start_at) + 1).toISOString();
    await atNextBatch(shop, seller, "before", () =>
      change("UPDATE shifts SET start_at = ? WHERE tenant_id = ? AND id = ?", later, shop.tenant.id, shiftId),
    );
    expect((await post(shop.admin, `${shiftId}/close`, { end_at: body.start_at })).status).toBe(422);
    expect(await watchedShifts(shop)).toContain(`${seller.id} watched: false, alarm: false`);
  });
});

describe("a step that only reads", () => {
  it("returns the same shift each time, and caches that of D1 if none was cached", async () => {
    const { shop, seller, shiftId } = await onShift();
    const before = await cachedOf(shop, seller);
    expect((await current(seller)).body.id).toBe(shiftId);
    expect(await cachedOf(shop, seller)).toEqual(before);
    await runInDurableObject(deskOf(shop, seller), (_, state) => state.storage.kv.delete("open"));
    expect((await current(seller)).body.id).toBe(shiftId);
    expect(await cachedOf(shop, seller)).toEqual(before);
  });

  it("writes to the storage only what has changed", async () => {
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
    await post(seller, "current/breaks/start");
    expect(writes).toEqual(["delete open", "put open"]);
  });
});

describe("a start that is replayed under its key", () => {
  it("after the object has lost its storage leaves the shift unchanged", async () => {
    const { shop, seller } = await newSeller();
    const first = await post(seller, "start", {}, "k");
    await runInDurableObject(deskOf(shop, seller), (_, state) => state.storage.deleteAll());
    const again = await post(seller, "start", {}, "k");
    expect([again.text, again.headers.get("idempotent-replayed")]).toEqual([first.text, "true"]);
    expect((await current(seller)).body.id).toBe(first.body.id);
  });

  it("after the shift has ended does not open it again", async () => {
    const { seller } = await newSeller();
    const first = await post(seller, "start", {}, "k");
    await post(seller, "end");
    const again = await post(seller, "start", {}, "k");
    expect([again.text, again.headers.get("idempotent-replayed")]).toEqual([first.text, "true"]);
    expect((await current(seller)).status).toBe(404);
  });
});
