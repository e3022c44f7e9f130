// The alerts of idle and overlong shifts, and when the alarm checks.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { checkIdle } from "../../../src/shifts/activity/idle-watch.ts";
import { brokenDb } from "../../support/failing-bindings.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { between, count, failureOf, rowsOf } from "../../support/d1.ts";
import { ageShift, deskOf, minutesAgo, onShift, runAlarm } from "../../support/desk.ts";
import { pagesOf } from "../../support/pages.ts";
import { newPerson, newProduct, newShop, type Person, sellOne, type Shop } from "../../support/shops.ts";

type Alert = { id: string; kind: string; opened_at: string; closed_at: string | null; user_id: string };

const alertsOf = async (shop: Shop, query = ""): Promise<Alert[]> =>
  (await call("GET", `${API}/alerts${query}`, { token: shop.admin.token })).body.data;
const eventsOf = (shop: Shop, type: string) =>
  count("SELECT count(*) n FROM events WHERE tenant_id = ? AND type = ?", shop.tenant.id, type);
const shiftOf = async (person: Person) =>
  (await call("GET", `${API}/shifts/current`, { token: person.token })).body;
const post = (person: Person, path: string, json: Record<string, unknown> = {}) =>
  call("POST", `${API}/shifts/${path}`, { token: person.token, json });
const sendActivity = (person: Person) =>
  post(person, "current/activity", {
    events: [{ at: new Date().toISOString(), platform: "whatsapp", kind: "answered" }],
  });
const alarmOf = (shop: Shop, person: Person) =>
  runInDurableObject(deskOf(shop, person), (_, state) => state.storage.getAlarm());

/** Refunds one unit of the first sale of the shop. */
const refund = async (person: Person, productId: string) => {
  const { body } = await call("GET", `${API}/sales?number=C-000001`, { token: person.token });
  return call("POST", `${API}/sales/${body.data[0].id}/refunds`, {
    token: person.token,
    json: { items: [{ product_id: productId, quantity: 1 }], reason: "torn" },
  });
};

/** A seller whose shift started so many minutes ago, without activity since; it is idle after 15 minutes. */
async function inactiveFor(minutes: number) {
  const setup = await onShift();
  await ageShift(setup.shop, setup.seller, setup.shiftId, minutes);
  return setup;
}

describe("an idle shift", () => {
  it("has one alert and one event, however often the alarm fires", async () => {
    const { shop, seller, shiftId } = await inactiveFor(16);
    for (const _ of [1, 2, 3]) expect(await runAlarm(shop, seller)).toBe(true);
    const alerts = await alertsOf(shop);
    expect(alerts).toMatchObject([{ kind: "idle", shift_id: shiftId, user_id: seller.id, closed_at: null }]);
    const [event] = await rowsOf(
      "SELECT payload FROM events WHERE tenant_id = ? AND type = 'shift.idle'",
      shop.tenant.id,
    );
    expect(JSON.parse(String(event?.["payload"]))).toEqual({
      id: alerts[0]?.id,
      shift_id: shiftId,
      user_id: seller.id,
      last_sign_at: (await shiftOf(seller)).start_at,
    });
    expect(await eventsOf(shop, "shift.idle")).toBe(1);
  });

  it("does not change the shift of a colleague", async () => {
    const { shop, seller, shiftId } = await inactiveFor(60 * 30);
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    await post(colleague, "start");
    const states = () =>
      rowsOf(
        "SELECT user_id, needs_review, proposed_end_at FROM shifts WHERE tenant_id = ? AND user_id = ?",
        shop.tenant.id,
        colleague.id,
      );
    const before = await states();
    const { open } = await checkIdle(seller.ctx(), null, null);
    expect(open).toMatchObject({ id: shiftId, user_id: seller.id, needs_review: true });
    expect(await states()).toEqual(before);
    await change("UPDATE tenants SET idle_minutes = 1 WHERE id = ?", shop.tenant.id);
    const later = await checkIdle(colleague.ctx(new Date(Date.now() + 120_000)), null, null);
    expect(later.open).toMatchObject({ user_id: colleague.id });
  });

  it("is watched, alerted and resumed apart from that of a colleague who is idle too", async () => {
    const { shop, seller, shiftId } = await inactiveFor(60 * 30);
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    const other = (await post(colleague, "start")).body.id;
    await ageShift(shop, colleague, other, 60 * 30);
    const open = async () =>
      (await alertsOf(shop, "?open=true")).map(({ kind, user_id }) => `${kind} ${user_id}`).toSorted();
    const both = ({ id }: Person) => [`idle ${id}`, `overlong ${id}`];
    await runAlarm(shop, colleague);
    expect(await open()).toEqual(both(colleague));
    const flagged =
      "SELECT payload ->> 'id' AS id FROM events WHERE tenant_id = ? AND type = 'shift.needs_review' ORDER BY id";
    expect(await rowsOf(flagged, shop.tenant.id)).toEqual([{ id: other }]);
    await runAlarm(shop, seller);
    expect(await open()).toEqual([...both(seller), ...both(colleague)].toSorted());
    const proposed = () => rowsOf("SELECT proposed_end_at FROM shifts WHERE id = ?", shiftId);
    const before = await proposed();
    await sendActivity(colleague);
    await runAlarm(shop, colleague);
    expect(await open()).toEqual([...both(seller), `overlong ${colleague.id}`].toSorted());
    expect(await proposed()).toEqual(before);
  });

  it("is alerted at the instant at which idle_minutes have passed, and checked again as long after it", async () => {
    const { shop, seller } = await onShift();
    const start = Date.parse((await shiftOf(seller)).start_at);
    const idleAt = start + 15 * 60_000;
    const check = async (time: number) => (await checkIdle(seller.ctx(new Date(time)), null, null)).value;
    expect(await check(idleAt - 1)).toBe(idleAt);
    expect(await alertsOf(shop)).toEqual([]);
    expect(await check(idleAt)).toBe(idleAt + 15 * 60_000);
    expect(await alertsOf(shop)).toMatchObject([{ kind: "idle" }]);
    const overlongAt = start + 12 * 3_600_000;
    expect(await check(overlongAt - 1)).toBe(overlongAt);
    expect(await check(overlongAt)).toBeGreaterThan(overlongAt);
    expect((await alertsOf(shop)).map(({ kind }) => kind)).toEqual(["overlong", "idle"]);
  });

  it("is not alerted if a sale is made between the check and its alert", async () => {
    const { shop, seller } = await inactiveFor(16);
    const product = await newProduct(shop, { stock: 5 });
    const ctx = between(seller.ctx(), {
      before: async () => {
        await sellOne(seller.token, product.id);
      },
    });
    await checkIdle(ctx, null, null);
    expect(await alertsOf(shop)).toEqual([]);
    expect(await eventsOf(shop, "shift.idle")).toBe(0);
  });

  it("has one alert when several checks run at once", async () => {
    const { shop, seller } = await inactiveFor(16);
    await Promise.all([1, 2, 3].map(() => checkIdle(seller.ctx(), null, null)));
    expect(await alertsOf(shop)).toHaveLength(1);
    expect(await eventsOf(shop, "shift.idle")).toBe(1);
  });

  it("is not alerted before idle_minutes have passed, and is checked at that time", async () => {
    const { shop, seller } = await inactiveFor(10);
    const { start_at } = await shiftOf(seller);
    expect(await runAlarm(shop, seller)).toBe(true);
    expect(await alertsOf(shop)).toEqual([]);
    expect(await alarmOf(shop, seller)).toBe(Date.parse(start_at) + 15 * 60_000);
    await change("UPDATE tenants SET idle_minutes = 9 WHERE id = ?", shop.tenant.id);
    await runAlarm(shop, seller);
    expect(await alertsOf(shop)).toHaveLength(1);
  });

  it.each([
    ["activity", sendActivity],
    ["a break", (seller: Person) => post(seller, "current/breaks/start")],
    ["a second device", (seller: Person) => post(seller, "current/sessions")],
    [
      "cash",
      (seller: Person) => post(seller, "current/cash", { kind: "paid_in", amount: 1, reason: "coin" }),
    ],
    ["a sale", (seller: Person, productId: string) => sellOne(seller.token, productId)],
    ["a refund", refund],
    ["its end", (seller: Person) => post(seller, "end")],
  ])("is no longer idle after %s", async (_, resume) => {
    const { shop, seller } = await inactiveFor(16);
    const product = await newProduct(shop, { stock: 5 });
    await sellOne(shop.admin.token, product.id);
    await runAlarm(shop, seller);
    expect(await alertsOf(shop, "?open=true")).toHaveLength(1);
    expect((await resume(seller, product.id)).status).toBeLessThan(300);
    expect(await alertsOf(shop, "?open=true")).toEqual([]);
    await runAlarm(shop, seller);
    expect(await alertsOf(shop)).toHaveLength(1);
  });

  it("stays idle after activity that is a duplicate or rejected", async () => {
    const { shop, seller } = await inactiveFor(60);
    const events = [{ id: "a", at: minutesAgo(59), platform: "web", kind: "answered" }];
    await post(seller, "current/activity", { events });
    await change("UPDATE shifts SET last_activity_at = start_at WHERE tenant_id = ?", shop.tenant.id);
    await runAlarm(shop, seller);
    const again = [...events, { at: minutesAgo(-5), platform: "web", kind: "answered" }];
    expect((await post(seller, "current/activity", { events: again })).body.accepted).toBe(0);
    expect(await alertsOf(shop, "?open=true")).toHaveLength(1);
  });

  it("is no longer idle from the time of a sale of its person, and can become idle again", async () => {
    const { shop, seller, shiftId } = await inactiveFor(16);
    const product = await newProduct(shop, { stock: 5 });
    await runAlarm(shop, seller);
    await sellOne(shop.admin.token, product.id);
    expect(await alertsOf(shop)).toMatchObject([{ closed_at: null }]);
    const sale = await sellOne(seller.token, product.id);
    expect(await alertsOf(shop)).toMatchObject([{ closed_at: sale.body.placed_at }]);
    await runAlarm(shop, seller);
    expect(await alarmOf(shop, seller)).toBe(Date.parse(sale.body.placed_at) + 15 * 60_000);
    await ageShift(shop, seller, shiftId, 20);
    await runAlarm(shop, seller);
    const [second, first] = await alertsOf(shop);
    expect([second?.closed_at, typeof first?.closed_at]).toEqual([null, "string"]);
    expect(await eventsOf(shop, "shift.idle")).toBe(2);
    await sendActivity(seller);
    expect((await alertsOf(shop))[1]).toEqual(first);
  });

  it("that becomes idle again before the next check has two alerts, one of them open", async () => {
    const { shop, seller, shiftId } = await inactiveFor(16);
    const product = await newProduct(shop, { stock: 5 });
    await runAlarm(shop, seller);
    await sellOne(seller.token, product.id);
    await ageShift(shop, seller, shiftId, 20);
    await runAlarm(shop, seller);
    const alerts = await alertsOf(shop);
    expect(alerts.map(({ closed_at }) => closed_at === null)).toEqual([true, false]);
  });

  it("is not alerted during a break, and is checked again after it", async () => {
    const { shop, seller, shiftId } = await onShift();
    await post(seller, "current/breaks/start");
    await ageShift(shop, seller, shiftId, 60);
    await runAlarm(shop, seller);
    expect(await alertsOf(shop)).toEqual([]);
    expect(await alarmOf(shop, seller)).toBeLessThanOrEqual(Date.now() + 15 * 60_000);
    const ended = await post(seller, "current/breaks/end");
    await runAlarm(shop, seller);
    expect(await alertsOf(shop)).toEqual([]);
    expect(await alarmOf(shop, seller)).toBe(Date.parse(ended.body.breaks[0].end_at) + 15 * 60_000);
  });
});

describe("the watch of a person", () => {
  it("is of the shift that is open, whatever shifts they had before", async () => {
    const { seller } = await onShift();
    await post(seller, "end");
    expect(await checkIdle(seller.ctx(), null, null)).toEqual({ value: null, open: null });
    const { body } = await post(seller, "start");
    expect((await checkIdle(seller.ctx(), null, null)).open).toMatchObject({ id: body.id, status: "OPEN" });
  });
});

describe("the alarm", () => {
  it("is set when a shift starts, and deleted when it ends", async () => {
    const { shop, seller } = await onShift();
    expect(await alarmOf(shop, seller)).toBeGreaterThan(Date.now());
    await post(seller, "end");
    expect(await runAlarm(shop, seller)).toBe(false);
  });

  it("fires again within 15 minutes, so that a lowered setting takes effect", async () => {
    const { shop, seller } = await onShift();
    await change("UPDATE tenants SET idle_minutes = 240 WHERE id = ?", shop.tenant.id);
    const before = Date.now();
    await runAlarm(shop, seller);
    expect(await alarmOf(shop, seller)).toBeGreaterThanOrEqual(before + 15 * 60_000);
    expect(await alarmOf(shop, seller)).toBeLessThanOrEqual(Date.now() + 15 * 60_000);
  });

  it("closes the idle alert of a shop that has raised idle_minutes", async () => {
    const { shop, seller } = await inactiveFor(16);
    await runAlarm(shop, seller);
    await change("UPDATE tenants SET idle_minutes = 60 WHERE id = ?", shop.tenant.id);
    await runAlarm(shop, seller);
    expect(await alertsOf(shop, "?open=true")).toEqual([]);
    // The last sign of life is earlier, so the alert has no duration.
    const [alert, ...others] = await alertsOf(shop);
    expect([alert?.closed_at, others]).toEqual([alert?.opened_at, []]);
  });

  it("that fires after the end does nothing", async () => {
    const { shop, seller } = await inactiveFor(16);
    await change(
      "UPDATE shifts SET status = 'CLOSED', end_at = start_at WHERE tenant_id = ?",
      shop.tenant.id,
    );
    expect(await runAlarm(shop, seller)).toBe(true);
    expect(await alertsOf(shop)).toEqual([]);
    expect(await alarmOf(shop, seller)).toBeNull();
    expect((await post(seller, "start")).status).toBe(201);
  });

  it("throws while D1 fails, and checks afterwards", async () => {
    const { shop, seller } = await inactiveFor(16);
    const failure = await runInDurableObject(deskOf(shop, seller), async (desk, { storage }) => {
      // As the platform does when the alarm fires.
      await storage.deleteAlarm();
      Object.assign(desk, { env: { ...env, DB: brokenDb(new Error("D1 is down")) } });
      const error = await failureOf(desk.alarm());
      Object.assign(desk, { env });
      return error;
    });
    expect(String(failure)).toContain("D1 is down");
    expect(await runAlarm(shop, seller)).toBe(true);
    expect(await alertsOf(shop)).toHaveLength(1);
  });

  it("is set again by the next step after the object has lost its storage", async () => {
    const { shop, seller } = await inactiveFor(16);
    await runInDurableObject(deskOf(shop, seller), async (_, state) => {
      await state.storage.deleteAlarm();
      await state.storage.deleteAll();
    });
    expect(await runAlarm(shop, seller)).toBe(false);
    await shiftOf(seller);
    expect(await runAlarm(shop, seller)).toBe(true);
    expect(await alertsOf(shop)).toHaveLength(1);
  });

  it("checks nothing and ends if the object has lost whose shift it watches", async () => {
    const { shop, seller } = await inactiveFor(16);
    await runInDurableObject(deskOf(shop, seller), async (desk, state) => {
      state.storage.kv.delete("watched");
      await state.storage.deleteAlarm();
      await desk.alarm();
    });
    expect([await alarmOf(shop, seller), await alertsOf(shop)]).toEqual([null, []]);
  });
});

describe("a shift that is open for too long", () => {
  it("is flagged once with its last activity as the proposed end, and stays open", async () => {
    const { shop, seller, shiftId } = await onShift();
    await sendActivity(seller);
    await ageShift(shop, seller, shiftId, 61);
    await change("UPDATE tenants SET idle_minutes = 120, max_shift_hours = 1 WHERE id = ?", shop.tenant.id);
    const [done] = await rowsOf("SELECT at FROM activity WHERE shift_id = ?", shiftId);
    for (const _ of [1, 2, 3]) await runAlarm(shop, seller);
    expect(await shiftOf(seller)).toMatchObject({
      status: "OPEN",
      needs_review: true,
      proposed_end_at: done?.["at"],
    });
    expect(await alertsOf(shop)).toMatchObject([{ kind: "overlong", shift_id: shiftId, closed_at: null }]);
    expect(await eventsOf(shop, "shift.needs_review")).toBe(1);
    const product = await newProduct(shop, { stock: 5 });
    const sale = await sellOne(seller.token, product.id);
    await runAlarm(shop, seller);
    expect((await shiftOf(seller)).proposed_end_at).toBe(sale.body.placed_at);
    expect(await alertsOf(shop)).toHaveLength(1);
    await post(seller, "end");
    expect(await alertsOf(shop, "?open=true")).toEqual([]);
  });

  it("is proposed to end now at the latest, where the clock of a device is ahead", async () => {
    const { seller } = await inactiveFor(13 * 60);
    const at = new Date(Date.now() + 50_000).toISOString();
    const events = [{ at, platform: "web", kind: "answered" }];
    expect((await post(seller, "current/activity", { events })).body.accepted).toBe(1);
    const now = new Date();
    expect((await checkIdle(seller.ctx(now), null, null)).open).toMatchObject({
      needs_review: true,
      proposed_end_at: now.toISOString(),
    });
  });

  it("is alerted as idle too if it becomes so later", async () => {
    const { shop, seller } = await inactiveFor(61);
    const set = (minutes: number) =>
      change(
        "UPDATE tenants SET idle_minutes = ?, max_shift_hours = 1 WHERE id = ?",
        minutes,
        shop.tenant.id,
      );
    await set(120);
    await runAlarm(shop, seller);
    expect((await alertsOf(shop)).map(({ kind }) => kind)).toEqual(["overlong"]);
    await set(30);
    await runAlarm(shop, seller);
    expect((await alertsOf(shop)).map(({ kind }) => kind)).toEqual(["idle", "overlong"]);
  });

  it("is flagged during a break too, as soon as max_shift_hours have passed", async () => {
    const { shop, seller, shiftId } = await onShift();
    await post(seller, "current/breaks/start");
    await ageShift(shop, seller, shiftId, 12 * 60 - 5);
    await runAlarm(shop, seller);
    expect(await alertsOf(shop)).toEqual([]);
    const { start_at } = await shiftOf(seller);
    expect(await alarmOf(shop, seller)).toBe(Date.parse(start_at) + 12 * 3_600_000);
    await ageShift(shop, seller, shiftId, 5);
    await runAlarm(shop, seller);
    expect(await alertsOf(shop)).toMatchObject([{ kind: "overlong" }]);
  });

  it("that is flagged already costs one read", async () => {
    const { shop, seller } = await inactiveFor(13 * 60);
    await runAlarm(shop, seller);
    let batches = 0;
    const ctx = between(seller.ctx(), { before: (nth) => void (batches = nth) });
    expect((await checkIdle(ctx, null, null)).open).toMatchObject({ needs_review: true });
    expect(batches).toBe(0);
  });

  it("is not flagged if it is closed meanwhile", async () => {
    const { shop, seller, shiftId } = await inactiveFor(13 * 60);
    const ctx = between(seller.ctx(), {
      before: () => change("UPDATE shifts SET status = 'CLOSED', end_at = start_at WHERE id = ?", shiftId),
    });
    expect(await checkIdle(ctx, null, null)).toEqual({ value: null, open: null });
    expect(await count("SELECT needs_review n FROM shifts WHERE id = ?", shiftId)).toBe(0);
    expect(await alertsOf(shop)).toEqual([]);
  });

  it("that is flagged gets no proposed end if it is closed meanwhile", async () => {
    const { shop, seller, shiftId } = await inactiveFor(13 * 60);
    await runAlarm(shop, seller);
    const product = await newProduct(shop, { stock: 5 });
    await sellOne(seller.token, product.id);
    const ctx = between(seller.ctx(), {
      before: () =>
        change(
          "UPDATE shifts SET status = 'CLOSED', end_at = start_at, proposed_end_at = NULL WHERE id = ?",
          shiftId,
        ),
    });
    expect(await checkIdle(ctx, null, null)).toEqual({ value: null, open: null });
    const [row] = await rowsOf("SELECT needs_review, proposed_end_at FROM shifts WHERE id = ?", shiftId);
    expect(row).toEqual({ needs_review: 1, proposed_end_at: null });
  });

  it("is flagged once when several checks run at once", async () => {
    const { shop, seller } = await inactiveFor(13 * 60);
    await Promise.all([1, 2, 3].map(() => checkIdle(seller.ctx(), null, null)));
    expect((await alertsOf(shop)).map(({ kind }) => kind).toSorted()).toEqual(["idle", "overlong"]);
    expect(await eventsOf(shop, "shift.needs_review")).toBe(1);
  });
});

describe("alerts", () => {
  it("are listed by filter, newest first, page by page, within the shop", async () => {
    const { shop, seller } = await inactiveFor(13 * 60);
    await runAlarm(shop, seller);
    await sendActivity(seller);
    const kinds = async (query: string) => (await alertsOf(shop, query)).map(({ kind }) => kind);
    expect(await kinds("?open=true")).toEqual(["overlong"]);
    expect(await kinds("?open=false")).toEqual(["idle"]);
    expect(await kinds("?kind=idle")).toEqual(["idle"]);
    expect(await kinds(`?user_id=${seller.id}`)).toHaveLength(2);
    expect(await kinds(`?user_id=${shop.admin.id}`)).toEqual([]);
    const list = (query: string) => call("GET", `${API}/alerts${query}`, { token: shop.admin.token });
    const first = (await list("?limit=1")).body;
    const second = (await list(`?limit=1&cursor=${first.next_cursor}`)).body;
    const paged: Alert[] = [...first.data, ...second.data];
    expect(paged.map(({ kind }) => kind).toSorted()).toEqual(["idle", "overlong"]);
    expect(second.next_cursor).toBeNull();
    expect((await list("?open=yes")).status).toBe(422);
    expect(await alertsOf(await newShop())).toEqual([]);
  });

  it("are visible to an ADMIN only", async () => {
    const { token } = await newPerson((await newShop()).tenant, "EMPLOYEE");
    expect((await call("GET", `${API}/alerts`, { token })).status).toBe(403);
  });
});

it("alerts of sales of more than the stock are listed once each, page by page", async () => {
  const { shop, seller } = await inactiveFor(16);
  const { id: product_id } = await newProduct(shop, { stock: 0 });
  for (let nth = 0; nth < 3; nth += 1)
    await call("POST", `${API}/sales`, {
      token: seller.token,
      json: { items: [{ product_id, quantity: 1 }], offline: true, sold_at: new Date().toISOString() },
    });
  const pages = await pagesOf(
    async (cursor) =>
      (
        await call("GET", `${API}/alerts?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`, {
          token: shop.admin.token,
        })
      ).body,
  );
  expect(pages.map(({ data }) => data.length)).toEqual([2, 1]);
});
