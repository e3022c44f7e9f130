// Shifts beside other shops, whose rows have the same ids and are in another state.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { checkIdle } from "../../src/shifts/activity/idle-watch.ts";
import { recordActivity } from "../../src/shifts/activity/activity.ts";
import { correctShift } from "../../src/shifts/drawer/correct.ts";
import { moveCash } from "../../src/shifts/drawer/cash.ts";
import { endShift } from "../../src/shifts/drawer/close.ts";
import { workedSeconds } from "../../src/shifts/hours/worked.ts";
import { runPlan } from "../../src/platform/plan.ts";
import { buildShifts } from "../../src/shifts/hours/build.ts";
import { newId } from "../../src/values/ids.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { between, count, failureOf, rowsOf } from "../support/d1.ts";
import { ageShift, minutesAgo, onShift, runAlarm } from "../support/desk.ts";
import { mailsTo } from "../support/mails.ts";
import { buyOne, confirm } from "../support/purchases.ts";
import { storeShift } from "../support/shifts.ts";
import { base, newPerson, newProduct, newShop, type Person, sellOne, type Shop } from "../support/shops.ts";
import { addTwins, changeTwins, moveBehindTwins, twinRows, withoutTriggers } from "../support/twins.ts";

const CLOSED = "status = 'CLOSED', end_at = start_at, counted_cash = 0, z_number = 1";

const at = (time: string): string => `2026-03-10T${time}:00.000Z`;
const post = (person: Person, path: string, json: object = {}) =>
  call("POST", `${API}/shifts/${path}`, { token: person.token, json });
const get = ({ token }: Person, path: string) => call("GET", `${API}${path}`, { token });
const patch = (shop: Shop, id: string, json: object) =>
  call("PATCH", `${API}/shifts/${id}`, { token: shop.admin.token, json: { reason: "wrong clock", ...json } });
const answered = (time = new Date().toISOString()) => ({
  events: [{ id: "a", at: time, platform: "web", kind: "answered" as const }],
});
const openAlerts = async (shop: Shop): Promise<string[]> =>
  (await get(shop.admin, "/alerts?open=true")).body.data.map(({ kind }: { kind: string }) => kind);
const shiftOf = async ({ tenant }: Shop, id: string) =>
  (await rowsOf("SELECT * FROM shifts WHERE tenant_id = ? AND id = ?", tenant.id, id))[0];

/** A shop with a closed shift of a seller. */
async function closedShift(start = at("08:00"), end = at("16:00")) {
  const shop = await newShop();
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const id = await storeShift(shop, seller, { start, end, device: "Till 1" });
  return { shop, seller, id };
}

describe("beside shops whose shifts have the same ids, an open shift", () => {
  it("is what this shop has stored", async () => {
    const { shop, seller, shiftId } = await onShift();
    const before = (await get(seller, "/shifts/current")).body;
    await addTwins(shop.tenant);
    await changeTwins("shifts", "opening_cash = 777");
    await ageShift(shop, seller, shiftId, 0);
    expect((await get(seller, "/shifts/current")).body).toEqual(before);
  });

  it("takes activity and cash, though it is closed there", async () => {
    const { shop, seller } = await onShift();
    await addTwins(shop.tenant);
    await changeTwins("shifts", CLOSED);
    const before = await twinRows();
    expect((await post(seller, "current/activity", answered())).body.accepted).toBe(1);
    const cash = await post(seller, "current/cash", { kind: "paid_in", amount: 100, reason: "coins" });
    expect(cash.status).toBe(201);
    expect((await post(seller, "current/breaks/start")).status).toBe(200);
    expect((await post(seller, "current/breaks/end")).status).toBe(200);
    expect(await twinRows()).toEqual(before);
  });

  it.each([
    ["activity", "current/activity", answered()],
    ["cash", "current/cash", { kind: "paid_in", amount: 100, reason: "coins" }],
    ["break", "current/breaks/start", {}],
    ["session", "current/sessions", {}],
  ])("that is closed here meanwhile takes no %s, though it is open there", async (_, path, json) => {
    const { shop, seller } = await onShift();
    await addTwins(shop.tenant);
    await change(`UPDATE shifts SET ${CLOSED} WHERE tenant_id = ?`, shop.tenant.id);
    expect((await post(seller, path, json)).body.type).toBe("/problems/no-open-shift");
  });

  it("that is closed here meanwhile has no sale, though it is open there", async () => {
    const { shop, seller } = await onShift();
    const { id } = await newProduct(shop);
    await addTwins(shop.tenant);
    await change(`UPDATE shifts SET ${CLOSED} WHERE tenant_id = ?`, shop.tenant.id);
    expect((await sellOne(seller.token, id)).body.shift_id).toBeNull();
  });

  it("is that of the person, though a colleague's is open for longer", async () => {
    const { shop, seller } = await onShift();
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    const { id } = (await post(colleague, "start")).body;
    await ageShift(shop, colleague, id, 0);
    expect((await get(colleague, "/shifts/current")).body).toMatchObject({ id, user_id: colleague.id });
    expect((await get(seller, "/shifts/current")).body.user_id).toBe(seller.id);
  });

  it("has new activity only if it is new here", async () => {
    const { shop, seller, shiftId } = await onShift();
    const open = (await get(seller, "/shifts/current")).body;
    const [now, later] = [new Date(), new Date(Date.now() + 1000)];
    const batch = answered(now.toISOString());
    await recordActivity(seller.ctx(now), open, batch);
    await addTwins(shop.tenant);
    await changeTwins("activity", "created_at = ?1", later.toISOString());
    const { value } = await recordActivity(seller.ctx(later), open, batch);
    expect(value).toEqual({ accepted: 0, duplicates: 1, rejected: [] });
    expect(await shiftOf(shop, shiftId)).toMatchObject({ last_activity_at: now.toISOString() });
  });

  it("that ends closes the alerts, breaks and sessions of this shop, at its end", async () => {
    const { shop, seller, shiftId } = await onShift();
    await post(seller, "current/breaks/start");
    await ageShift(shop, seller, shiftId, 13 * 60);
    await runAlarm(shop, seller);
    await addTwins(shop.tenant);
    await changeTwins("shifts", "status = 'CLOSED', end_at = ?1, z_number = 1", minutesAgo(60));
    const before = await twinRows();
    const { body } = await post(seller, "end");
    expect(body.sessions).toMatchObject([{ end_at: body.end_at }]);
    expect(body.breaks).toMatchObject([{ end_at: body.end_at }]);
    expect(await openAlerts(shop)).toEqual([]);
    expect(await twinRows()).toEqual(before);
  });
});

describe("beside shops whose shifts have the same ids, the idle watch", () => {
  it("checks the shift by the settings of this shop", async () => {
    const { shop, seller } = await onShift();
    await addTwins(shop.tenant);
    await changeTwins("shifts", "opening_cash = 777");
    await change("UPDATE tenants SET idle_minutes = 5, max_shift_hours = 1 WHERE id <> ?", shop.tenant.id);
    const { value, open } = await checkIdle(seller.ctx(), null, null);
    expect(open).toMatchObject({ opening_cash: 0 });
    expect(value).toBe(Date.parse(String(open?.start_at)) + 15 * 60_000);
  });

  it("opens the alerts that this shop lacks, only here", async () => {
    const { shop, seller, shiftId } = await onShift();
    await ageShift(shop, seller, shiftId, 30 * 60);
    await addTwins(shop.tenant);
    await changeTwins("shifts", "opening_cash = 777");
    const before = await twinRows();
    const { open } = await checkIdle(seller.ctx(), null, null);
    expect(open).toMatchObject({ opening_cash: 0, needs_review: true });
    expect((await openAlerts(shop)).toSorted()).toEqual(["idle", "overlong"]);
    expect(await twinRows()).toEqual(before);
  });

  it("opens an alert that is open there", async () => {
    const { shop, seller, shiftId } = await onShift();
    await ageShift(shop, seller, shiftId, 16);
    await runAlarm(shop, seller);
    await addTwins(shop.tenant);
    await change("DELETE FROM alerts WHERE tenant_id = ?", shop.tenant.id);
    await checkIdle(seller.ctx(), null, null);
    expect(await openAlerts(shop)).toEqual(["idle"]);
  });

  it("closes alerts and proposes ends only here", async () => {
    const { shop, seller, shiftId } = await onShift();
    await ageShift(shop, seller, shiftId, 30 * 60);
    await runAlarm(shop, seller);
    await addTwins(shop.tenant);
    const before = await twinRows();
    const [now, open] = [new Date(), (await get(seller, "/shifts/current")).body];
    await recordActivity(seller.ctx(now), open, answered(now.toISOString()));
    expect(await openAlerts(shop)).toEqual(["overlong"]);
    await checkIdle(seller.ctx(new Date(now.getTime() + 1000)), null, null);
    expect(await shiftOf(shop, shiftId)).toMatchObject({ proposed_end_at: now.toISOString() });
    expect(await twinRows()).toEqual(before);
  });

  it("writes mails about the person and the time of this shop", async () => {
    const { shop, seller } = await onShift();
    const json = { preferences: { alerts_by_mail: true } };
    await call("PATCH", `${API}/users/me`, { token: shop.admin.token, json });
    await change("UPDATE users SET email_confirmed_at = created_at WHERE id = ?", shop.admin.id);
    await change("UPDATE users SET first_name = 'Ana' WHERE id = ?", seller.id);
    await change(
      "INSERT INTO events (tenant_id, id, type, payload, created_at) VALUES (?, ?, 'shift.idle', ?, ?)",
      shop.tenant.id,
      newId(),
      JSON.stringify({ user_id: seller.id, last_sign_at: "2026-10-25T00:30:00.000Z" }),
      new Date().toISOString(),
    );
    await addTwins(shop.tenant);
    await changeTwins("events", "payload = json_set(payload, '$.last_sign_at', '2026-10-25T11:11:00.000Z')");
    await change("UPDATE tenants SET timezone = 'Pacific/Auckland' WHERE id <> ?", shop.tenant.id);
    await moveBehindTwins("events", shop.tenant);
    const [mail] = await mailsTo(shop, shop.admin.email);
    expect(mail?.text).toContain("El turno abierto de Ana Last no tiene actividad desde las 02:30.");
  });
});

describe("beside shops whose shifts have the same ids, a drawer", () => {
  /** A shift that started with 50.00 here and with nothing there. */
  async function openDrawer() {
    const shop = await newShop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const { body } = await post(seller, "start", { opening_cash: 5000 });
    await addTwins(shop.tenant);
    await changeTwins("shifts", "opening_cash = 0");
    return { shop, seller, shift: body };
  }

  it("pays out what it should hold here", async () => {
    const { seller } = await openDrawer();
    const pay = (amount: number) =>
      post(seller, "current/cash", { kind: "paid_out", amount, reason: "bank" });
    expect((await pay(4000)).status).toBe(201);
    expect((await pay(3000)).body).toMatchObject({
      type: "/problems/approval-required",
      expected_cash: 1000,
    });
  });

  it("warns only if it should hold less here", async () => {
    const shop = await newShop();
    await post(shop.admin, "start", { opening_cash: 5000 });
    const json = { kind: "paid_out", amount: 2000, reason: "bank" };
    await post(shop.admin, "current/cash", json);
    await addTwins(shop.tenant);
    await changeTwins("shifts", "opening_cash = 0");
    expect((await post(shop.admin, "current/cash", json)).body.warnings).toEqual([]);
  });

  it("does not return what was paid out there by the same id", async () => {
    const { shop, seller, shift } = await openDrawer();
    const id = newId();
    await change(
      `INSERT INTO cash_moves (tenant_id, shift_id, id, kind, amount, reason, created_at)
        SELECT tenant_id, id, ?, 'paid_out', 9000, 'bank', start_at FROM shifts WHERE id = ? AND tenant_id <> ?`,
      id,
      shift.id,
      shop.tenant.id,
    );
    const input = { kind: "paid_out" as const, amount: 9000, reason: "bank", id, request: null };
    expect(await failureOf(moveCash(seller.ctx(), shift, input))).toMatchObject({
      slug: "approval-required",
    });
  });
});

describe("beside shops whose shifts have the same ids, a shift that an ADMIN closes", () => {
  const close = (shop: Shop, id: string, end_at: string) =>
    call("POST", `${API}/shifts/${id}/close`, {
      token: shop.admin.token,
      json: { end_at, reason: "forgot" },
    });

  it("is closed only here", async () => {
    const shop = await newShop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const id = await storeShift(shop, seller, { start: minutesAgo(600) });
    await addTwins(shop.tenant);
    await changeTwins("shifts", "needs_review = 1, proposed_end_at = start_at");
    const before = await twinRows();
    expect((await close(shop, id, minutesAgo(60))).status).toBe(200);
    expect(await twinRows()).toEqual(before);
  });

  it("is a conflict if it is closed at this time only there", async () => {
    const shop = await newShop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const id = await storeShift(shop, seller, { start: minutesAgo(600) });
    await close(shop, id, minutesAgo(120));
    const end = minutesAgo(60);
    await addTwins(shop.tenant);
    await changeTwins("shifts", "end_at = ?1", end);
    expect((await close(shop, id, end)).body.type).toBe("/problems/shift-closed");
  });
});

describe("beside shops whose shifts have the same ids, an end that is repeated", () => {
  it("returns the shift as this shop has closed it, though another one is the last there", async () => {
    const { shop, seller } = await onShift();
    const ended = await post(seller, "end", { counted_cash: 100 });
    await addTwins(shop.tenant);
    await changeTwins(
      "shifts",
      "counted_cash = 7, day = '9999-12-31', start_at = ?1, end_at = ?1",
      minutesAgo(60),
    );
    const again = await post(seller, "end");
    expect([again.status, again.body]).toEqual([200, ended.body]);
  });

  it("finds nothing if the same event ended it only there", async () => {
    const { shop, seller, shiftId } = await onShift();
    await post(seller, "end");
    const [event] = await rowsOf(
      "SELECT id FROM events WHERE tenant_id = ? AND type = 'shift.ended'",
      shop.tenant.id,
    );
    await addTwins(shop.tenant);
    await change(
      "UPDATE events SET id = ? WHERE tenant_id = ? AND id = ?",
      newId(),
      shop.tenant.id,
      event?.["id"],
    );
    await change("UPDATE shifts SET start_at = ?1, end_at = ?1 WHERE id = ?2", minutesAgo(60), shiftId);
    const input = { event_id: String(event?.["id"]), request: null };
    expect(await failureOf(endShift(seller.ctx(), null, input))).toMatchObject({ slug: "no-open-shift" });
  });
});

describe("beside shops whose shifts have the same ids, a correction", () => {
  it("is recorded after those of this shop, and only here", async () => {
    const { shop, id } = await closedShift();
    await patch(shop, id, { end_at: at("15:00") });
    const audit = async () => (await get(shop.admin, `/shifts/${id}/audit`)).body.data;
    const first = await audit();
    expect(first).toHaveLength(1);
    await addTwins(shop.tenant);
    await withoutTriggers(
      "update",
      ["shift_audit"],
      [
        env.DB.prepare(
          "UPDATE shift_audit SET id = 'ffffffff' || substr(id, 9) WHERE tenant_id <> ? AND shift_id = ?",
        ).bind(shop.tenant.id, id),
      ],
    );
    const before = await twinRows();
    expect(await audit()).toEqual(first);
    expect((await patch(shop, id, { start_at: at("09:00") })).status).toBe(200);
    expect(await audit()).toHaveLength(2);
    expect(await twinRows()).toEqual(before);
  });

  it("may exclude what was sold, paid and moved later there", async () => {
    const { shop, seller, id } = await closedShift();
    const { id: book } = await newProduct(shop, { stock: 10 });
    const sale = (await sellOne(seller.token, book)).body;
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    const order = (await buyOne(buyer.token, book)).body;
    await confirm(shop, order.id);
    const move = (saleId: string) =>
      change(
        "UPDATE sales SET shift_id = ?, placed_at = ? WHERE tenant_id = ? AND id = ?",
        id,
        at("12:00"),
        shop.tenant.id,
        saleId,
      );
    for (const each of [sale, order]) await move(each.id);
    await change("UPDATE payments SET created_at = ? WHERE tenant_id = ?", at("12:00"), shop.tenant.id);
    await addTwins(shop.tenant);
    await changeTwins("sales", "placed_at = ?1", at("15:30"));
    await changeTwins("payments", "created_at = ?1", at("15:30"));
    expect((await patch(shop, id, { end_at: at("15:00") })).status).toBe(200);
    const { body } = await patch(shop, id, { end_at: at("11:00") });
    expect(body.errors[0].detail).toContain(at("12:00"));
  });

  it("of a shift that is open here is refused as such", async () => {
    const { shop, shiftId } = await onShift();
    await addTwins(shop.tenant);
    await changeTwins("shifts", CLOSED);
    const { body } = await patch(shop, shiftId, { end_at: new Date().toISOString() });
    expect(body.type).toBe("/problems/shift-open");
  });

  it("that is tried again overlaps no shift of a colleague or of another shop", async () => {
    const { shop, seller, id } = await closedShift(at("08:00"), at("10:00"));
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    await storeShift(shop, colleague, { start: at("10:30"), end: at("12:00") });
    const next = await storeShift(shop, seller, { start: at("12:00"), end: at("14:00") });
    await addTwins(shop.tenant);
    await changeTwins("shifts", `start_at = iif(id = ?1, '${at("10:30")}', start_at)`, next);
    const ctx = between(shop.admin.ctx(), {
      before: async (nth) => {
        if (nth === 1) await patch(shop, id, { start_at: at("07:00") });
      },
    });
    const body = await correctShift(ctx, id, { end_at: at("11:00"), reason: "late" });
    expect(body).toMatchObject({ start_at: at("07:00"), end_at: at("11:00") });
  });
});

describe("beside shops whose shifts have the same ids, the days of a closed shift", () => {
  /** Builds one shift, the first of the shop. */
  const build = ({ tenant }: Shop, ctx = base()) => buildShifts(ctx, JSON.stringify([tenant.id, ""]), 1);
  const days = ({ tenant }: Shop) =>
    count("SELECT count(*) n FROM shift_days WHERE tenant_id = ?", tenant.id);

  it.each([
    ["are not built either", ""],
    [
      "are built already",
      `INSERT INTO shift_days (tenant_id, shift_id, day, user_id, seconds, unpaid_seconds, is_continued)
        SELECT tenant_id, id, day, user_id, 1, 0, 0 FROM shifts WHERE id = ?1 AND tenant_id <> ?2`,
    ],
  ])("are built only here where those there %s", async (_, statement) => {
    const { shop, id } = await closedShift();
    await addTwins(shop.tenant);
    if (statement !== "")
      await withoutTriggers("insert", ["shift_days"], [env.DB.prepare(statement).bind(id, shop.tenant.id)]);
    const before = await twinRows();
    await build(shop);
    expect(await days(shop)).toBe(1);
    expect(await twinRows()).toEqual(before);
  });

  it("are those of the times and the time zone of this shop", async () => {
    const { shop } = await closedShift();
    await addTwins(shop.tenant);
    await changeTwins("shifts", "end_at = ?1", at("08:30"));
    await change("UPDATE tenants SET timezone = 'Pacific/Auckland' WHERE id <> ?", shop.tenant.id);
    await build(shop);
    expect(await rowsOf("SELECT day, seconds FROM shift_days WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { day: "2026-03-10", seconds: 8 * 3600 },
    ]);
  });

  it.each([
    ["a time zone", "UPDATE tenants SET timezone = 'Pacific/Auckland' WHERE id = ?"],
    ["an end", `UPDATE shifts SET end_at = '${at("10:00")}' WHERE tenant_id = ?`],
  ])("are not built by %s that changes here meanwhile", async (_, statement) => {
    const { shop } = await closedShift();
    await addTwins(shop.tenant);
    await build(shop, between(base(), { before: () => change(statement, shop.tenant.id) }));
    expect(await days(shop)).toBe(0);
  });
});

describe("the hours until an instant of a day", () => {
  const DAY = "2026-03-10";

  const buildAll = async () => {
    let after: string | null = "";
    while (after !== null) after = await buildShifts(base(), after);
  };

  /** The hours of each person on the day until noon in UTC. */
  async function hoursUntilNoon({ admin }: Shop) {
    const ctx = admin.ctx();
    const plan = workedSeconds(ctx, { from: DAY, to: DAY, until: new Date(at("12:00")) });
    return Object.fromEntries([...(await runPlan(ctx, plan))].map(([id, seconds]) => [id, seconds / 3600]));
  }

  it("are those of each person of this shop", async () => {
    const { shop, seller } = await closedShift();
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    await storeShift(shop, colleague, { start: at("09:00"), end: at("10:00") });
    await addTwins(shop.tenant);
    await buildAll();
    expect(await hoursUntilNoon(shop)).toEqual({ [seller.id]: 4, [colleague.id]: 1 });
  });

  it("have a shift that began days before, though a colleague or another shop had later ones", async () => {
    const { shop, seller } = await closedShift("2026-03-07T08:00:00.000Z");
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    await storeShift(shop, colleague, { start: "2026-03-08T08:00:00Z", end: "2026-03-08T09:00:00Z" });
    await addTwins(shop.tenant);
    await changeTwins("shifts", "day = '2026-03-08'");
    await buildAll();
    expect(await hoursUntilNoon(shop)).toEqual({ [seller.id]: 13 });
  });

  it("have a shift that lasted into the day on the clock to which the shop has moved", async () => {
    const shop = await newShop({ timezone: "America/Los_Angeles" });
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    // In Auckland these are 17:00 to 01:00, and 02:00 to 03:00 of the next day.
    await storeShift(shop, seller, { start: "2026-03-09T04:00:00Z", end: "2026-03-09T12:00:00Z" });
    await storeShift(shop, seller, { start: "2026-03-09T13:00:00Z", end: "2026-03-09T14:00:00Z" });
    await change("UPDATE tenants SET timezone = 'Pacific/Auckland' WHERE id = ?", shop.tenant.id);
    await buildAll();
    const ctx = { ...shop.admin.ctx(), tenant: { ...shop.tenant, timezone: "Pacific/Auckland" } };
    const plan = workedSeconds(ctx, { from: DAY, to: DAY, until: new Date("2026-03-09T13:30:00Z") });
    expect([...(await runPlan(ctx, plan))]).toEqual([[seller.id, 1.5 * 3600]]);
  });

  it("are the sum of the shifts of a person, of a second too", async () => {
    const { shop, seller } = await closedShift(at("08:00"), at("09:00"));
    await storeShift(shop, seller, { start: at("10:00"), end: at("11:00") });
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    await storeShift(shop, colleague, { start: at("10:00"), end: "2026-03-10T10:00:01.000Z" });
    expect(await hoursUntilNoon(shop)).toEqual({ [seller.id]: 2, [colleague.id]: 1 / 3600 });
  });

  it("have a shift once that ended after the days of an earlier one were built", async () => {
    const { shop, seller } = await closedShift(at("08:00"), at("09:00"));
    await buildAll();
    await storeShift(shop, seller, { start: at("10:00"), end: at("11:30") });
    expect(await hoursUntilNoon(shop)).toEqual({ [seller.id]: 2.5 });
  });

  it("have a shift once whose days are built only in another shop", async () => {
    const { shop, seller, id } = await closedShift();
    await addTwins(shop.tenant);
    await withoutTriggers(
      "insert",
      ["shift_days"],
      [
        env.DB.prepare(
          `INSERT INTO shift_days (tenant_id, shift_id, day, user_id, seconds, unpaid_seconds, is_continued)
          SELECT tenant_id, id, day, user_id, 1, 0, 0 FROM shifts WHERE id = ? AND tenant_id <> ?`,
        ).bind(id, shop.tenant.id),
      ],
    );
    expect(await hoursUntilNoon(shop)).toEqual({ [seller.id]: 4 });
  });
});

it("an alert of sold stock is listed once, with the shift of the sale, beside shops with the same sales", async () => {
  const { shop, seller } = await onShift();
  const { id: product_id } = await newProduct(shop, { stock: 0 });
  const json = { items: [{ product_id, quantity: 1 }], offline: true, sold_at: new Date().toISOString() };
  await call("POST", `${API}/sales`, { token: seller.token, json });
  const alerts = async () => (await get(shop.admin, "/alerts?kind=stock_discrepancy")).body;
  const before = await alerts();
  expect(before.data).toMatchObject([{ kind: "stock_discrepancy", user_id: seller.id }]);
  await addTwins(shop.tenant);
  expect(await alerts()).toEqual(before);
});

it("reading hours reads no shifts of other shops", async () => {
  const { shop } = await closedShift();
  // A search that ends behind the shop's rows has read the next one, if there is one.
  await closedShift();
  const read = async () => costOf(await get(shop.admin, "/shifts/hours?from=2026-03-01&to=2026-03-31")).read;
  const before = await read();
  for (let nth = 0; nth < 3; nth += 1) await closedShift();
  expect(await read()).toBe(before);
});
