// The watch over open shifts: its alerts, and when it looks.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { checkIdle } from "../../../src/shifts/activity/idle-watch.ts";
import { brokenDb } from "../../support/broken.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { count, failureOf, rowsOf } from "../../support/d1.ts";
import { age, deskOf, minutesAgo, onShift, ringDesk } from "../../support/desk.ts";
import { newPerson, newProduct, newShop, type Person, sellOne, type Shop } from "../../support/shops.ts";

type Alert = { id: string; kind: string; opened_at: string; closed_at: string | null; user_id: string };

const alertsOf = async (shop: Shop, query = ""): Promise<Alert[]> =>
  (await call("GET", `${API}/alerts${query}`, { token: shop.admin.token })).body.data;
const eventsOf = (shop: Shop, type: string) =>
  count("SELECT count(*) n FROM events WHERE tenant_id = ? AND type = ?", shop.tenant.id, type);
const shiftOf = async (person: Person) =>
  (await call("GET", `${API}/shifts/current`, { token: person.token })).body;
const step = (person: Person, path: string, json: Record<string, unknown> = {}) =>
  call("POST", `${API}/shifts/${path}`, { token: person.token, json });
const act = (person: Person) =>
  step(person, "current/activity", {
    events: [{ at: new Date().toISOString(), platform: "whatsapp", kind: "answered" }],
  });
const alarmOf = (shop: Shop, person: Person) =>
  runInDurableObject(deskOf(shop, person), (_, state) => state.storage.getAlarm());

/** Takes back one of the newest sale of the shop. */
const giveBack = async (person: Person, productId: string) => {
  const { body } = await call("GET", `${API}/sales?limit=1`, { token: person.token });
  return call("POST", `${API}/sales/${body.data[0].id}/refunds`, {
    token: person.token,
    json: { items: [{ product_id: productId, quantity: 1 }], reason: "torn" },
  });
};

/** Somebody whose shift began so many minutes ago, and who has done nothing since; the shop looks after 15 minutes. */
async function idle(minutes: number) {
  const it = await onShift();
  await age(it.shop, it.seller, it.shiftId, minutes);
  return it;
}

describe("an idle shift", () => {
  it("has one alert and one event, however often the alarm rings", async () => {
    const { shop, seller, shiftId } = await idle(16);
    for (const _ of [1, 2, 3]) expect(await ringDesk(shop, seller)).toBe(true);
    const alerts = await alertsOf(shop);
    expect(alerts).toMatchObject([{ kind: "idle", shift_id: shiftId, user_id: seller.id, closed_at: null }]);
    const [event] = await rowsOf(
      "SELECT payload FROM events WHERE tenant_id = ? AND type = 'shift.idle'",
      shop.tenant.id,
    );
    expect(JSON.parse(String(event?.["payload"]))).toMatchObject({ id: alerts[0]?.id, shift_id: shiftId });
    expect(await eventsOf(shop, "shift.idle")).toBe(1);
  });

  it("has one alert when two watches look at once", async () => {
    const { shop, seller } = await idle(16);
    await Promise.all([1, 2, 3].map(() => checkIdle(seller.ctx(), null, null)));
    expect(await alertsOf(shop)).toHaveLength(1);
    expect(await eventsOf(shop, "shift.idle")).toBe(1);
  });

  it("is not one before idle_minutes have gone by, and is looked at just then", async () => {
    const { shop, seller } = await idle(10);
    const { start_at } = await shiftOf(seller);
    expect(await ringDesk(shop, seller)).toBe(true);
    expect(await alertsOf(shop)).toEqual([]);
    expect(await alarmOf(shop, seller)).toBe(Date.parse(start_at) + 15 * 60_000);
    await change("UPDATE tenants SET idle_minutes = 9 WHERE id = ?", shop.tenant.id);
    await ringDesk(shop, seller);
    expect(await alertsOf(shop)).toHaveLength(1);
  });

  it.each([
    ["activity", act],
    ["a break", (seller: Person) => step(seller, "current/breaks/start")],
    ["a second device", (seller: Person) => step(seller, "current/sessions")],
    [
      "cash",
      (seller: Person) => step(seller, "current/cash", { kind: "paid_in", amount: 1, reason: "coin" }),
    ],
    ["a sale", (seller: Person, productId: string) => sellOne(seller.token, productId)],
    ["a refund", giveBack],
    ["its end", (seller: Person) => step(seller, "end")],
  ])("is one no more with %s", async (_, wake) => {
    const { shop, seller } = await idle(16);
    const product = await newProduct(shop, { stock: 5 });
    await sellOne(shop.admin.token, product.id);
    await ringDesk(shop, seller);
    expect(await alertsOf(shop, "?open=true")).toHaveLength(1);
    expect((await wake(seller, product.id)).status).toBeLessThan(300);
    expect(await alertsOf(shop, "?open=true")).toEqual([]);
    await ringDesk(shop, seller);
    expect(await alertsOf(shop)).toHaveLength(1);
  });

  it("is still one with activity that it has already, or that is refused", async () => {
    const { shop, seller } = await idle(60);
    const events = [{ id: "a", at: minutesAgo(59), platform: "web", kind: "answered" }];
    await step(seller, "current/activity", { events });
    await change("UPDATE shifts SET last_activity_at = start_at WHERE tenant_id = ?", shop.tenant.id);
    await ringDesk(shop, seller);
    const again = [...events, { at: minutesAgo(-5), platform: "web", kind: "answered" }];
    expect((await step(seller, "current/activity", { events: again })).body.accepted).toBe(0);
    expect(await alertsOf(shop, "?open=true")).toHaveLength(1);
  });

  it("is one no more from the time of a sale of its person, and may be one again", async () => {
    const { shop, seller, shiftId } = await idle(16);
    const product = await newProduct(shop, { stock: 5 });
    await ringDesk(shop, seller);
    await sellOne(shop.admin.token, product.id);
    expect(await alertsOf(shop)).toMatchObject([{ closed_at: null }]);
    const sale = await sellOne(seller.token, product.id);
    expect(await alertsOf(shop)).toMatchObject([{ closed_at: sale.body.placed_at }]);
    await ringDesk(shop, seller);
    expect(await alarmOf(shop, seller)).toBe(Date.parse(sale.body.placed_at) + 15 * 60_000);
    await age(shop, seller, shiftId, 20);
    await ringDesk(shop, seller);
    const [second, first] = await alertsOf(shop);
    expect([second?.closed_at, typeof first?.closed_at]).toEqual([null, "string"]);
    expect(await eventsOf(shop, "shift.idle")).toBe(2);
  });

  it("that was left again before the next look is two alerts, one of them open", async () => {
    const { shop, seller, shiftId } = await idle(16);
    const product = await newProduct(shop, { stock: 5 });
    await ringDesk(shop, seller);
    await sellOne(seller.token, product.id);
    await age(shop, seller, shiftId, 20);
    await ringDesk(shop, seller);
    const alerts = await alertsOf(shop);
    expect(alerts.map(({ closed_at }) => closed_at === null)).toEqual([true, false]);
  });

  it("is none in a break, and is looked at again after it", async () => {
    const { shop, seller, shiftId } = await onShift();
    await step(seller, "current/breaks/start");
    await age(shop, seller, shiftId, 60);
    await ringDesk(shop, seller);
    expect(await alertsOf(shop)).toEqual([]);
    expect(await alarmOf(shop, seller)).toBeLessThanOrEqual(Date.now() + 15 * 60_000);
    const back = await step(seller, "current/breaks/end");
    await ringDesk(shop, seller);
    expect(await alertsOf(shop)).toEqual([]);
    expect(await alarmOf(shop, seller)).toBe(Date.parse(back.body.breaks[0].end_at) + 15 * 60_000);
  });
});

describe("the alarm", () => {
  it("is set when a shift starts, and gone when it ends", async () => {
    const { shop, seller } = await onShift();
    expect(await alarmOf(shop, seller)).toBeGreaterThan(Date.now());
    await step(seller, "end");
    expect(await ringDesk(shop, seller)).toBe(false);
  });

  it("rings again in a quarter of an hour at most, so that a setting that was lowered counts soon", async () => {
    const { shop, seller } = await onShift();
    await change("UPDATE tenants SET idle_minutes = 240 WHERE id = ?", shop.tenant.id);
    const before = Date.now();
    await ringDesk(shop, seller);
    expect(await alarmOf(shop, seller)).toBeGreaterThanOrEqual(before + 15 * 60_000);
    expect(await alarmOf(shop, seller)).toBeLessThanOrEqual(Date.now() + 15 * 60_000);
  });

  it("closes the idle alert of a shop that has raised idle_minutes", async () => {
    const { shop, seller } = await idle(16);
    await ringDesk(shop, seller);
    await change("UPDATE tenants SET idle_minutes = 60 WHERE id = ?", shop.tenant.id);
    await ringDesk(shop, seller);
    expect(await alertsOf(shop, "?open=true")).toEqual([]);
    expect(await alertsOf(shop)).toHaveLength(1);
  });

  it("that rings after the end does nothing", async () => {
    const { shop, seller } = await idle(16);
    await change(
      "UPDATE shifts SET status = 'CLOSED', end_at = start_at WHERE tenant_id = ?",
      shop.tenant.id,
    );
    expect(await ringDesk(shop, seller)).toBe(true);
    expect(await alertsOf(shop)).toEqual([]);
    expect(await alarmOf(shop, seller)).toBeNull();
    expect((await step(seller, "start")).status).toBe(201);
  });

  it("throws while D1 fails, and does its work afterwards", async () => {
    const { shop, seller } = await idle(16);
    const failed = await runInDurableObject(deskOf(shop, seller), async (desk) => {
      Object.assign(desk, { env: { ...env, DB: brokenDb(new Error("D1 is away")) } });
      const failure = await failureOf(desk.alarm());
      Object.assign(desk, { env });
      return failure;
    });
    expect(String(failed)).toContain("D1 is away");
    expect(await ringDesk(shop, seller)).toBe(true);
    expect(await alertsOf(shop)).toHaveLength(1);
  });

  it("is set again by the next step when the object's memory was lost", async () => {
    const { shop, seller } = await idle(16);
    await runInDurableObject(deskOf(shop, seller), async (_, state) => {
      await state.storage.deleteAlarm();
      await state.storage.deleteAll();
    });
    expect(await ringDesk(shop, seller)).toBe(false);
    await shiftOf(seller);
    expect(await ringDesk(shop, seller)).toBe(true);
    expect(await alertsOf(shop)).toHaveLength(1);
  });
});

describe("a shift that is open for too long", () => {
  it("is flagged once with the last thing done as its proposed end, and stays open", async () => {
    const { shop, seller, shiftId } = await onShift();
    await act(seller);
    await age(shop, seller, shiftId, 61);
    await change("UPDATE tenants SET idle_minutes = 120, max_shift_hours = 1 WHERE id = ?", shop.tenant.id);
    const [done] = await rowsOf("SELECT at FROM activity WHERE shift_id = ?", shiftId);
    for (const _ of [1, 2, 3]) await ringDesk(shop, seller);
    expect(await shiftOf(seller)).toMatchObject({
      status: "OPEN",
      needs_review: true,
      proposed_end_at: done?.["at"],
    });
    expect(await alertsOf(shop)).toMatchObject([{ kind: "overlong", shift_id: shiftId, closed_at: null }]);
    expect(await eventsOf(shop, "shift.needs_review")).toBe(1);
    const product = await newProduct(shop, { stock: 5 });
    const sale = await sellOne(seller.token, product.id);
    await ringDesk(shop, seller);
    expect((await shiftOf(seller)).proposed_end_at).toBe(sale.body.placed_at);
    expect(await alertsOf(shop)).toHaveLength(1);
    await step(seller, "end");
    expect(await alertsOf(shop, "?open=true")).toEqual([]);
  });

  it("is flagged in a break too, and just when max_shift_hours have gone by", async () => {
    const { shop, seller, shiftId } = await onShift();
    await step(seller, "current/breaks/start");
    await age(shop, seller, shiftId, 12 * 60 - 5);
    await ringDesk(shop, seller);
    expect(await alertsOf(shop)).toEqual([]);
    const { start_at } = await shiftOf(seller);
    expect(await alarmOf(shop, seller)).toBe(Date.parse(start_at) + 12 * 3_600_000);
    await age(shop, seller, shiftId, 5);
    await ringDesk(shop, seller);
    expect(await alertsOf(shop)).toMatchObject([{ kind: "overlong" }]);
  });

  it("is flagged once by two watches that look at once", async () => {
    const { shop, seller } = await idle(13 * 60);
    await Promise.all([1, 2, 3].map(() => checkIdle(seller.ctx(), null, null)));
    expect((await alertsOf(shop)).map(({ kind }) => kind).toSorted()).toEqual(["idle", "overlong"]);
    expect(await eventsOf(shop, "shift.needs_review")).toBe(1);
  });
});

describe("alerts", () => {
  it("are listed by filter, newest first, page by page, within the shop", async () => {
    const { shop, seller } = await idle(13 * 60);
    await ringDesk(shop, seller);
    await act(seller);
    const kinds = async (query: string) => (await alertsOf(shop, query)).map(({ kind }) => kind);
    expect(await kinds("?open=true")).toEqual(["overlong"]);
    expect(await kinds("?open=false")).toEqual(["idle"]);
    expect(await kinds("?kind=idle")).toEqual(["idle"]);
    expect(await kinds(`?user_id=${seller.id}`)).toHaveLength(2);
    expect(await kinds(`?user_id=${shop.admin.id}`)).toEqual([]);
    const ask = (query: string) => call("GET", `${API}/alerts${query}`, { token: shop.admin.token });
    const first = (await ask("?limit=1")).body;
    const second = (await ask(`?limit=1&cursor=${first.next_cursor}`)).body;
    const paged: Alert[] = [...first.data, ...second.data];
    expect(paged.map(({ kind }) => kind).toSorted()).toEqual(["idle", "overlong"]);
    expect(second.next_cursor).toBeNull();
    expect((await ask("?open=yes")).status).toBe(422);
    expect(await alertsOf(await newShop())).toEqual([]);
  });

  it("are an ADMIN's to see", async () => {
    const { token } = await newPerson((await newShop()).tenant, "EMPLOYEE");
    expect((await call("GET", `${API}/alerts`, { token })).status).toBe(403);
  });
});
