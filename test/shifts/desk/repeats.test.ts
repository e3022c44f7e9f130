// A response that was lost: the till repeats its request without a key and gets the state that it asked for.
import { describe, expect, it } from "vitest";
import { endBreak } from "../../../src/shifts/desk/breaks.ts";
import { endShift } from "../../../src/shifts/drawer/close.ts";
import { idempotentRequest } from "../../../src/idempotency/run-once.ts";
import { newId } from "../../../src/values/ids.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { count, failureOf, rowsOf } from "../../support/d1.ts";
import { ageShift, minutesAgo, onShift } from "../../support/desk.ts";
import { storeShift } from "../../support/shifts.ts";
import { newPerson, newShop, type Person } from "../../support/shops.ts";

const post = (person: Person, path: string, json?: unknown, key?: string) =>
  call("POST", `${API}/shifts/${path}`, {
    token: person.token,
    json,
    headers: key === undefined ? {} : { "idempotency-key": key },
  });
const current = async ({ token }: Person) => (await call("GET", `${API}/shifts/current`, { token })).body;
const shiftEvents = (tenantId: string) =>
  count("SELECT count(*) n FROM events WHERE tenant_id = ? AND type = 'shift.ended'", tenantId);

describe("an end of a shift that is repeated", () => {
  it("returns the shift with its Z report, and ends nothing else", async () => {
    const { shop, seller } = await onShift();
    const ended = await post(seller, "end", { counted_cash: 100 });
    for (const json of [{ counted_cash: 100 }, {}, undefined]) {
      const again = await post(seller, "end", json);
      expect([again.status, again.body]).toEqual([200, ended.body]);
      expect(again.headers.get("idempotent-replayed")).toBeNull();
      expect(costOf(again).written).toBe(0);
    }
    expect(await shiftEvents(shop.tenant.id)).toBe(1);
  });

  it("with another count is a conflict", async () => {
    const { seller } = await onShift();
    await post(seller, "end", { counted_cash: 100 });
    for (const counted_cash of [0, 101]) {
      const other = await post(seller, "end", { counted_cash });
      expect([other.status, other.body.type]).toEqual([404, "/problems/no-open-shift"]);
    }
  });

  it("under its key with another count is refused", async () => {
    const { seller } = await onShift();
    const end = (json: object) => post(seller, "end", json, "k");
    const ended = await end({ counted_cash: 100 });
    expect((await end({ counted_cash: 100 })).text).toBe(ended.text);
    for (const json of [{ counted_cash: 101 }, {}])
      expect((await end(json)).body).toMatchObject({ type: "/problems/idempotency-mismatch", status: 422 });
  });

  it("more than ten minutes later finds no open shift", async () => {
    const { seller, shiftId } = await onShift();
    await post(seller, "end");
    const endedAgo = (minutes: number) =>
      change("UPDATE shifts SET start_at = ?1, end_at = ?1 WHERE id = ?2", minutesAgo(minutes), shiftId);
    await endedAgo(9);
    expect((await post(seller, "end")).body.id).toBe(shiftId);
    await endedAgo(11);
    expect((await post(seller, "end")).body.type).toBe("/problems/no-open-shift");
  });

  it("ten minutes later to the millisecond is returned, and a millisecond later not", async () => {
    const { seller } = await onShift();
    const { body: ended } = await post(seller, "end");
    const endAfter = (ms: number) =>
      endShift(seller.ctx(new Date(Date.parse(ended.end_at) + ms)), null, {
        event_id: newId(),
        request: null,
      });
    expect((await endAfter(600_000)).value.value.id).toBe(ended.id);
    expect(await failureOf(endAfter(600_001))).toMatchObject({ slug: "no-open-shift" });
  });

  it("finds nothing if the person never had a shift, whoever else had one", async () => {
    const { shop, seller } = await onShift();
    await post(seller, "end");
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    expect((await post(colleague, "end")).body.type).toBe("/problems/no-open-shift");
  });

  it("ends the next shift if that has started", async () => {
    const { seller } = await onShift();
    const first = await post(seller, "end");
    await post(seller, "start");
    const second = await post(seller, "end");
    expect(second.body.z_number).toBe(first.body.z_number + 1);
    expect((await post(seller, "end")).body).toEqual(second.body);
  });
});

describe("a break", () => {
  it("that is started again is returned, and one of the other kind is a conflict", async () => {
    const { shop, seller } = await onShift();
    for (const paid of [true, false]) {
      const started = await post(seller, "current/breaks/start", { paid });
      expect((await post(seller, "current/breaks/start", { paid })).body).toEqual(started.body);
      const other = await post(seller, "current/breaks/start", { paid: !paid });
      expect([other.status, other.body.type]).toEqual([409, "/problems/break-already-open"]);
      await post(seller, "current/breaks/end");
    }
    expect(await count("SELECT count(*) n FROM breaks WHERE tenant_id = ?", shop.tenant.id)).toBe(2);
  });

  it("that is started or ended under the key of another request is refused", async () => {
    const { seller } = await onShift();
    await post(seller, "current/sessions", {}, "k");
    const refused = { type: "/problems/idempotency-mismatch", status: 422 };
    await post(seller, "current/breaks/start");
    expect((await post(seller, "current/breaks/start", {}, "k")).body).toMatchObject(refused);
    await post(seller, "current/breaks/end");
    expect((await post(seller, "current/breaks/end", undefined, "k")).body).toMatchObject(refused);
  });

  it("ends alone: earlier ones keep their end, and that of a colleague goes on", async () => {
    const { shop, seller, shiftId } = await onShift();
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    await post(colleague, "start");
    await post(colleague, "current/breaks/start");
    await post(seller, "current/breaks/start");
    await post(seller, "current/breaks/end");
    await ageShift(shop, seller, shiftId, 5);
    await post(seller, "current/breaks/start");
    await ageShift(shop, seller, shiftId, 5);
    const [first, second] = (await current(seller)).breaks;
    const now = Date.now();
    const { breaks } = (await post(seller, "current/breaks/end")).body;
    expect(breaks).toEqual([first, { ...second, end_at: expect.any(String) }]);
    expect(Date.parse(breaks[1].end_at)).toBeGreaterThanOrEqual(now);
    // The first one ended more than ten minutes ago, but the last one did not.
    const again = await post(seller, "current/breaks/end");
    expect([again.status, again.body.breaks]).toEqual([200, breaks]);
    await ageShift(shop, seller, shiftId, 0);
    expect((await current(seller)).breaks).toEqual(breaks);
    await ageShift(shop, colleague, (await current(colleague)).id, 0);
    expect((await current(colleague)).breaks).toMatchObject([{ end_at: null }]);
  });

  it("that ended ten minutes ago can still be ended again, and a millisecond later not", async () => {
    const { seller } = await onShift();
    await post(seller, "current/breaks/start");
    const { body: open } = await post(seller, "current/breaks/end");
    const ended = Date.parse(open.breaks[0].end_at);
    const endAt = (time: number) => {
      const now = new Date(time);
      return endBreak(seller.ctx(now), open, { at: now.toISOString(), request: null });
    };
    expect((await endAt(ended + 600_000)).value.value).toEqual(open);
    expect(await failureOf(endAt(ended + 600_001))).toMatchObject({ slug: "no-open-break" });
  });

  it("ends at its start if the clock is behind it, and may then be ended again", async () => {
    const { seller, shiftId } = await onShift();
    const { body: open } = await post(seller, "current/breaks/start");
    const [{ start_at }] = open.breaks;
    const at = new Date(Date.parse(start_at) - 1000).toISOString();
    const ended = await endBreak(seller.ctx(), open, { at, request: null });
    expect(ended.value.value.breaks).toMatchObject([{ start_at, end_at: start_at }]);
    expect(await rowsOf("SELECT start_at, end_at FROM breaks WHERE shift_id = ?", shiftId)).toEqual([
      { start_at, end_at: start_at },
    ]);
    const again = await endBreak(seller.ctx(), ended.open ?? null, { at, request: null });
    expect(again.value.value).toEqual(ended.value.value);
  });

  it("that is ended again at the same instant is a replay under its key, and refused under that of another request", async () => {
    const { shop, seller } = await onShift();
    const { body: open } = await post(seller, "current/breaks/start", {}, "start");
    const ctx = seller.ctx();
    const endUnder = (key: string, shift: typeof open) => {
      const request = idempotentRequest(shop.tenant.id, seller.id, key, "endBreak");
      return endBreak(ctx, shift, { at: ctx.now.toISOString(), request });
    };
    const ended = await endUnder("end", open);
    expect(ended.value.replayed).toBe(false);
    const again = await endUnder("end", ended.open);
    expect(again.value).toEqual({ replayed: true, value: ended.value.value });
    expect(again.open).toBeUndefined();
    expect(await failureOf(endUnder("start", open))).toMatchObject({ slug: "idempotency-mismatch" });
  });

  it("that is ended again has its first end", async () => {
    const { seller } = await onShift();
    await post(seller, "current/breaks/start");
    const ended = await post(seller, "current/breaks/end");
    const again = await post(seller, "current/breaks/end");
    expect([again.status, again.body]).toEqual([200, ended.body]);
  });

  it("closes the alert of an idle shift with its end, too", async () => {
    const { shop, seller, shiftId } = await onShift();
    await post(seller, "current/breaks/start");
    await change(
      "INSERT INTO alerts (tenant_id, id, kind, shift_id, user_id, opened_at) VALUES (?, ?, 'idle', ?, ?, ?)",
      shop.tenant.id,
      newId(),
      shiftId,
      seller.id,
      minutesAgo(1),
    );
    await post(seller, "current/breaks/end");
    expect(
      await count("SELECT count(*) n FROM alerts WHERE shift_id = ? AND closed_at IS NULL", shiftId),
    ).toBe(0);
  });

  it("cannot be ended if none was started, or if the last one ended more than ten minutes ago", async () => {
    const { shop, seller, shiftId } = await onShift();
    expect((await post(seller, "current/breaks/end")).body.type).toBe("/problems/no-open-break");
    await post(seller, "current/breaks/start");
    await post(seller, "current/breaks/end");
    await ageShift(shop, seller, shiftId, 9);
    expect((await post(seller, "current/breaks/end")).status).toBe(200);
    await ageShift(shop, seller, shiftId, 2);
    expect((await post(seller, "current/breaks/end")).body.type).toBe("/problems/no-open-break");
  });
});

it("a device that joins again under its key has one session", async () => {
  const { seller } = await onShift();
  const joined = await post(seller, "current/sessions", { device_label: "Phone" }, "k");
  expect((await post(seller, "current/sessions", { device_label: "Phone" }, "k")).text).toBe(joined.text);
  expect((await current(seller)).sessions).toHaveLength(2);
});

it("a device that joins again under its key in the next shift gets the old session, and is not in the new shift", async () => {
  const { seller } = await onShift();
  const joined = await post(seller, "current/sessions", { device_label: "Phone" }, "k");
  await post(seller, "end");
  const { body: next } = await post(seller, "start");
  const again = await post(seller, "current/sessions", { device_label: "Phone" }, "k");
  expect([again.text, again.headers.get("idempotent-replayed")]).toEqual([joined.text, "true"]);
  expect((await current(seller)).sessions).toEqual(next.sessions);
});

it("a break that is started again under its key in the next shift is that of the old one", async () => {
  const { seller } = await onShift();
  const started = await post(seller, "current/breaks/start", {}, "k");
  await post(seller, "end");
  const { body: next } = await post(seller, "start");
  const again = await post(seller, "current/breaks/start", {}, "k");
  expect([again.text, again.headers.get("idempotent-replayed")]).toEqual([started.text, "true"]);
  expect(await current(seller)).toMatchObject({ id: next.id, breaks: [] });
});

it("without a shift there is nothing to end, to join or to take a break from", async () => {
  const { seller } = await onShift();
  await post(seller, "end");
  for (const [path, json] of [
    ["sessions", {}],
    ["breaks/start", {}],
    ["breaks/end", undefined],
    ["cash", { kind: "paid_in", amount: 1, reason: "coin" }],
    ["activity", { events: [{ at: minutesAgo(0), platform: "web", kind: "answered" }] }],
  ] as const) {
    const { status, body } = await post(seller, `current/${path}`, json);
    expect([path, status, body.type, body.detail]).toEqual([
      path,
      404,
      "/problems/no-open-shift",
      "Start a shift first.",
    ]);
  }
});

describe("a close by an ADMIN that is repeated", () => {
  it("returns the shift, with one audit entry; another end or count is a conflict", async () => {
    const shop = await newShop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const id = await storeShift(shop, seller, { start: minutesAgo(600) });
    const close = (json: Record<string, unknown>) => post(shop.admin, `${id}/close`, json);
    const json = { end_at: minutesAgo(60), counted_cash: 100 };
    const closed = await close(json);
    expect((await close(json)).body).toEqual(closed.body);
    expect((await close({ end_at: json.end_at })).body).toEqual(closed.body);
    for (const other of [
      { ...json, end_at: minutesAgo(50) },
      { ...json, counted_cash: 1 },
    ])
      expect((await close(other)).body).toMatchObject({ type: "/problems/shift-closed", status: 409 });
    expect(await count("SELECT count(*) n FROM shift_audit WHERE tenant_id = ?", shop.tenant.id)).toBe(1);
    expect(await shiftEvents(shop.tenant.id)).toBe(1);
  });
});
