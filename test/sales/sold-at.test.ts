// Sales that arrive later than they were sold: sold_at decides their day and shift, and the Z report of a closed shift stays.
import { describe, expect, it } from "vitest";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { refundSale } from "../../src/sales/refund.ts";
import { sell } from "../../src/sales/sell.ts";
import { assertSoldRecently } from "../../src/sales/sold-at.ts";
import { dayOf } from "../../src/values/days.ts";
import { newSecretKey } from "../support/api-keys.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { between, count, rowsOf } from "../support/d1.ts";
import { storeShift } from "../support/shifts.ts";
import { base, newPerson, newProduct, newShop, type Person, type Shop } from "../support/shops.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

async function newTill() {
  const shop = await newShop();
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const { id } = await newProduct(shop, { price: 500 });
  const sellAt = (
    sold_at: string | undefined,
    person: Person = seller,
    fields: Record<string, unknown> = {},
  ) =>
    call("POST", `${API}/sales`, {
      token: person.token,
      json: { items: [{ product_id: id, quantity: 1 }], sold_at, offline: true, ...fields },
    });
  return { shop, seller, id, sellAt };
}

const shiftOf = (person: Person, action: "start" | "end", json: unknown = {}) =>
  call("POST", `${API}/shifts/${action}`, { token: person.token, json });
const report = async ({ admin }: Shop, shiftId: string) =>
  (await call("GET", `${API}/shifts/${shiftId}/report`, { token: admin.token })).body;

describe("the sold_at of a sale", () => {
  it("decides placed_at and the day in the shop's time zone, while created_at is the arrival", async () => {
    const { shop, sellAt } = await newTill();
    const sold_at = ago(2 * DAY);
    const { status, body } = await sellAt(sold_at);
    expect(status).toBe(201);
    expect(body).toMatchObject({ placed_at: sold_at, day: dayOf(new Date(sold_at), shop.tenant.timezone) });
    expect(Date.parse(body.created_at)).toBeGreaterThan(Date.now() - MINUTE);
    expect(body.number).toBe("C-000001");
  });

  it("is an instant with any offset", async () => {
    const { sellAt } = await newTill();
    const sold_at = new Date(Math.floor(Date.now() / 1000) * 1000 - DAY);
    const inMadrid = new Date(sold_at.getTime() + 2 * 60 * MINUTE).toISOString().replace(".000Z", "+02:00");
    expect((await sellAt(inMadrid)).body.placed_at).toBe(sold_at.toISOString());
  });

  it("must not be in the future nor more than 7 days ago", async () => {
    const { shop, sellAt } = await newTill();
    for (const sold_at of [ago(-MINUTE), ago(-2 * DAY), ago(7 * DAY + MINUTE), ago(400 * DAY)]) {
      const { status, body } = await sellAt(sold_at);
      expect(status).toBe(422);
      expect(body.errors).toMatchObject([{ pointer: "#/sold_at" }]);
    }
    expect((await sellAt("yesterday")).body.errors[0]).toMatchObject({ pointer: "#/sold_at" });
    expect((await sellAt(ago(7 * DAY - MINUTE))).status).toBe(201);
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(1);
  });

  it("marks its day for a rebuild, so that the figures of that day have the sale", async () => {
    const { shop, sellAt } = await newTill();
    const sold_at = ago(3 * DAY);
    const day = dayOf(new Date(sold_at), shop.tenant.timezone);
    await sellAt(sold_at);
    expect(await rowsOf("SELECT day FROM dirty_days WHERE tenant_id = ?", shop.tenant.id)).toEqual([{ day }]);
    const kpis = async () =>
      (await call("GET", `${API}/metrics/kpis?from=${day}&to=${day}`, { token: shop.admin.token })).body
        .total_revenue;
    expect(await kpis()).toBe(500);
    await rebuildDirtyDays(base(), shop.tenant.id);
    expect(await rowsOf("SELECT day, revenue FROM daily_sales WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { day, revenue: 500 },
    ]);
    expect(await kpis()).toBe(500);
  });

  it("adds the sale to its own day, not to later ones that are built, and invalidates the figures", async () => {
    const { shop, sellAt } = await newTill();
    await sellAt(undefined);
    await rebuildDirtyDays(base(), shop.tenant.id);
    const revision = () => count("SELECT revision n FROM tenants WHERE id = ?", shop.tenant.id);
    const before = await revision();
    expect((await sellAt(ago(2 * DAY))).status).toBe(201);
    expect(await rowsOf("SELECT day FROM late_sales WHERE tenant_id = ?", shop.tenant.id)).toEqual([]);
    expect(await revision()).toBe(before + 1);
  });

  it("finds the seller's shift that was open then: the current one, a closed one, none, never that of another", async () => {
    const { shop, seller, sellAt } = await newTill();
    const other = await newPerson(shop.tenant, "EMPLOYEE");
    await storeShift(shop, other, { start: ago(3 * DAY) });
    const past = await storeShift(shop, seller, { start: ago(2 * DAY), end: ago(2 * DAY - 300 * MINUTE) });
    const open = await storeShift(shop, seller, { start: ago(90 * MINUTE) });
    const shiftAt = async (sold_at: string) => (await sellAt(sold_at)).body.shift_id;
    expect(await shiftAt(ago(60 * MINUTE))).toBe(open);
    expect(await shiftAt(ago(2 * DAY - 10 * MINUTE))).toBe(past);
    expect(await shiftAt(ago(120 * MINUTE))).toBeNull();
    expect(await shiftAt(ago(2 * DAY + MINUTE))).toBeNull();
    expect((await sellAt(undefined)).body.shift_id).toBe(open);
  });

  it("at the end of one shift and the start of the next is of the next", async () => {
    const { shop, seller, sellAt } = await newTill();
    const [start, change, end] = [ago(300 * MINUTE), ago(200 * MINUTE), ago(100 * MINUTE)];
    const first = await storeShift(shop, seller, { start, end: change });
    const second = await storeShift(shop, seller, { start: change, end });
    expect((await sellAt(start)).body.shift_id).toBe(first);
    expect((await sellAt(change)).body.shift_id).toBe(second);
  });

  it("at the end of the last shift is of none", async () => {
    const { shop, seller, sellAt } = await newTill();
    const end = ago(60 * MINUTE);
    await storeShift(shop, seller, { start: ago(120 * MINUTE), end });
    expect((await sellAt(end)).body.shift_id).toBeNull();
  });

  it("finds a shift that has been open for weeks, and one of before a change of the time zone", async () => {
    const { shop, seller, sellAt } = await newTill();
    const long = await storeShift(shop, seller, { start: ago(20 * DAY), end: ago(DAY) });
    expect((await sellAt(ago(2 * DAY))).body.shift_id).toBe(long);
    const earlier = await storeShift(shop, seller, { start: ago(300 * MINUTE), end: ago(200 * MINUTE) });
    const next = await storeShift(shop, seller, { start: ago(180 * MINUTE) });
    const setDay = (shiftId: string, days: number) =>
      change(
        "UPDATE shifts SET day = ? WHERE id = ?",
        dayOf(new Date(Date.now() - 120 * MINUTE + days * DAY), shop.tenant.timezone),
        shiftId,
      );
    await setDay(earlier, 0);
    for (const days of [1, -1]) {
      await setDay(next, days);
      expect((await sellAt(ago(120 * MINUTE))).body.shift_id).toBe(next);
      expect((await sellAt(ago(2 * DAY))).body.shift_id).toBe(long);
    }
  });

  it("costs no more after a thousand other shifts of the seller", async () => {
    const { shop, seller, sellAt } = await newTill();
    await storeShift(shop, seller, { start: ago(180 * MINUTE), end: ago(100 * MINUTE) });
    const before = costOf(await sellAt(ago(120 * MINUTE)));
    expect(before.queries).toBe(2);
    await change(
      `INSERT INTO shifts (tenant_id, id, user_id, status, start_at, day, end_at, opening_cash, created_at)
        SELECT ?, printf('%s-%06d', ?, value), ?, 'CLOSED', '2026-01-09T08:00:00.000Z', '2026-01-09',
          '2026-01-09T08:00:00.000Z', 0, '2026-01-09T08:00:00.000Z' FROM json_each(?)`,
      shop.tenant.id,
      seller.id.slice(0, 29),
      seller.id,
      JSON.stringify(Array.from({ length: 1000 }, (_, index) => index)),
    );
    expect(costOf(await sellAt(ago(120 * MINUTE))).read).toBeLessThan(before.read + 30);
    // A time at which there was no shift.
    expect(costOf(await sellAt(ago(90 * MINUTE))).read).toBeLessThan(before.read + 30);
  });
});

describe("the idle alert of the seller's current shift", () => {
  it("is closed by a sale of now, and stays open when a sale of earlier arrives", async () => {
    const { shop, seller, sellAt } = await newTill();
    const shiftId = await storeShift(shop, seller, { start: ago(300 * MINUTE) });
    await change(
      "INSERT INTO alerts (tenant_id, id, kind, shift_id, user_id, opened_at) VALUES (?, 'a', 'idle', ?, ?, ?)",
      shop.tenant.id,
      shiftId,
      seller.id,
      ago(100 * MINUTE),
    );
    const open = () =>
      count("SELECT count(*) n FROM alerts WHERE tenant_id = ? AND closed_at IS NULL", shop.tenant.id);
    await sellAt(ago(200 * MINUTE));
    expect(await open()).toBe(1);
    await sellAt(undefined);
    expect(await open()).toBe(0);
  });

  it("is closed by a sale of a key that names them, and not that of a colleague", async () => {
    const { shop, seller, id } = await newTill();
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    for (const person of [seller, colleague])
      await change(
        "INSERT INTO alerts (tenant_id, id, kind, shift_id, user_id, opened_at) VALUES (?1, ?3, 'idle', ?2, ?3, ?4)",
        shop.tenant.id,
        await storeShift(shop, person, { start: ago(300 * MINUTE) }),
        person.id,
        ago(100 * MINUTE),
      );
    const { key } = await newSecretKey(shop, "sales:write");
    const items = [{ product_id: id, quantity: 1 }];
    await call("POST", `${API}/sales`, { token: key, json: { items, seller_id: seller.id } });
    expect(
      await rowsOf("SELECT id FROM alerts WHERE tenant_id = ? AND closed_at IS NULL", shop.tenant.id),
    ).toEqual([{ id: colleague.id }]);
  });

  it("is closed by a refund and by a void", async () => {
    const { shop, seller, id, sellAt } = await newTill();
    const shiftId = (await shiftOf(seller, "start")).body.id;
    const items = [{ product_id: id, quantity: 1 }];
    for (const [path, json] of [
      ["refunds", { items, reason: "torn" }],
      ["void", {}],
    ] as const) {
      const { body } = await sellAt(undefined);
      await change(
        "INSERT INTO alerts (tenant_id, id, kind, shift_id, user_id, opened_at) VALUES (?, ?, 'idle', ?, ?, ?)",
        shop.tenant.id,
        path,
        shiftId,
        seller.id,
        ago(MINUTE),
      );
      const made = await call("POST", `${API}/sales/${body.id}/${path}`, { token: seller.token, json });
      expect(made.status).toBe(201);
      expect(await rowsOf("SELECT closed_at FROM alerts WHERE id = ?", path)).toEqual([
        { closed_at: made.body.created_at },
      ]);
    }
  });
});

describe("a shop that requires a shift to sell", () => {
  const requireShift = (shop: Shop) =>
    call("PATCH", `${API}/settings`, { token: shop.admin.token, json: { require_shift_to_sell: true } });

  it("accepts a sale of a time at which its seller had a shift, and no other", async () => {
    const { shop, seller, sellAt } = await newTill();
    await requireShift(shop);
    const past = await storeShift(shop, seller, { start: ago(2 * DAY), end: ago(DAY) });
    expect((await sellAt(ago(DAY + MINUTE))).body.shift_id).toBe(past);
    await shiftOf(seller, "start");
    const sold_at = ago(120 * MINUTE);
    const { status, body } = await sellAt(sold_at);
    expect([status, body.type]).toEqual([409, "/problems/no-open-shift"]);
    expect(body.detail).toContain(sold_at);
    expect((await sellAt(undefined)).status).toBe(201);
  });
});

describe("a sale that arrives after its shift was closed", () => {
  async function newLateSale(openNext: boolean) {
    const till = await newTill();
    const { shop, seller, sellAt } = till;
    const closed = await storeShift(shop, seller, { start: ago(300 * MINUTE), openingCash: 1000 });
    await sellAt(ago(250 * MINUTE));
    const ended = (await shiftOf(seller, "end", { counted_cash: 1500 })).body;
    await change("UPDATE shifts SET end_at = ? WHERE id = ?", ago(200 * MINUTE), closed);
    const next = openNext ? (await shiftOf(seller, "start", { opening_cash: 2000 })).body.id : null;
    return { ...till, closed, ended, next, arrive: () => sellAt(ago(220 * MINUTE)) };
  }

  it("belongs to that shift, whose Z report stays, and is listed as late there and in the current X and Z", async () => {
    const { shop, seller, closed, ended, next, arrive } = await newLateSale(true);
    expect(ended.report).toMatchObject({ late_sales: [], late_sales_count: 0 });
    const before = await report(shop, closed);
    const sale = (await arrive()).body;
    expect(sale.shift_id).toBe(closed);
    const late = { id: sale.id, number: sale.number, total: 500, sold_at: sale.placed_at, shift_id: closed };
    const listed = { late_sales: [late], late_sales_count: 1 };
    expect(await report(shop, closed)).toEqual({ ...before, ...listed });
    expect(before).toMatchObject({
      report: "Z",
      sales: { count: 1, total: 500 },
      expected_cash: 1500,
      difference: 0,
    });
    const x = await report(shop, next);
    expect(x).toMatchObject({ report: "X", sales: { count: 0, total: 0 }, expected_cash: 2000, ...listed });
    const z = (await shiftOf(seller, "end", { counted_cash: 2000 })).body.report;
    expect(z).toMatchObject({
      report: "Z",
      sales: { count: 0 },
      expected_cash: 2000,
      difference: 0,
      ...listed,
    });
    expect(await report(shop, next)).toEqual(z);
  });

  it("of a time without a shift is listed in the shift in which it arrives, and counts in no drawer", async () => {
    const { shop, seller, sellAt } = await newTill();
    const open = (await shiftOf(seller, "start")).body.id;
    const { body: sale } = await sellAt(ago(2 * MINUTE));
    expect(sale.shift_id).toBeNull();
    expect(await report(shop, open)).toMatchObject({
      sales: { count: 0 },
      expected_cash: 0,
      late_sales: [{ id: sale.id, shift_id: null }],
      late_sales_count: 1,
    });
  });

  it("is listed only in that shift if its seller has no shift now, also in the seller's next shift", async () => {
    const { shop, seller, closed, arrive } = await newLateSale(false);
    const sale = (await arrive()).body;
    expect(await report(shop, closed)).toMatchObject({ late_sales: [{ id: sale.id }], late_sales_count: 1 });
    const next = (await shiftOf(seller, "start")).body.id;
    expect(await report(shop, next)).toMatchObject({ late_sales: [], late_sales_count: 0 });
  });

  it("is not listed as late if it arrived before the close, or is of the current shift", async () => {
    const { shop, seller, closed, next, sellAt } = await newLateSale(true);
    expect((await report(shop, closed)).sales.count).toBe(1);
    await change("UPDATE shifts SET start_at = ? WHERE id = ?", ago(60 * MINUTE), next);
    await sellAt(ago(30 * MINUTE));
    expect(await report(shop, next)).toMatchObject({
      sales: { count: 1 },
      late_sales: [],
      late_sales_count: 0,
    });
    const other = await newPerson(shop.tenant, "EMPLOYEE");
    const others = (await shiftOf(other, "start")).body.id;
    await sellAt(ago(220 * MINUTE), seller);
    expect((await report(shop, others)).late_sales).toEqual([]);
  });

  it("is one of the first hundred that a report lists, with the count of all", async () => {
    const { shop, closed, next, arrive } = await newLateSale(true);
    const first = (await arrive()).body;
    await change(
      `INSERT INTO sales (tenant_id, id, kind, channel, status, seller_id, shift_id, late_shift_id, number, total, units, lines,
          placed_at, day, created_at)
        SELECT tenant_id, printf('ffffffff-0000-7000-8000-%012d', n.value), kind, channel, status, seller_id, shift_id,
          iif(n.value % 2, late_shift_id, shift_id), 1000 + n.value, total, units, lines, placed_at, day, created_at
        FROM sales, json_each(?) AS n WHERE sales.id = ?`,
      JSON.stringify(Array.from({ length: 120 }, (_, index) => index)),
      first.id,
    );
    const ofClosed = await report(shop, closed);
    expect([ofClosed.late_sales.length, ofClosed.late_sales_count, ofClosed.late_sales[0].id]).toEqual([
      100,
      121,
      first.id,
    ]);
    expect((await report(shop, next)).late_sales_count).toBe(61);
  });

  it("costs no more to list in a shop and a shift with hundreds of sales", async () => {
    const { shop, closed, arrive } = await newLateSale(true);
    const first = (await arrive()).body;
    const read = async () =>
      costOf(await call("GET", `${API}/shifts/${closed}/report`, { token: shop.admin.token })).read;
    const before = await read();
    await change(
      `INSERT INTO sales (tenant_id, id, kind, channel, status, seller_id, number, total, units, lines, placed_at, day, created_at)
        SELECT tenant_id, n.value, kind, channel, status, seller_id, 1000 + n.value, total, units, lines, placed_at, day, created_at
        FROM sales, json_each(?) AS n WHERE sales.id = ?`,
      JSON.stringify(Array.from({ length: 300 }, (_, index) => index)),
      first.id,
    );
    await change(
      "UPDATE sales SET shift_id = ? WHERE tenant_id = ? AND number >= 1000",
      closed,
      shop.tenant.id,
    );
    expect(await read()).toBe(before);
  });

  it("is in the Z report or late, never both or neither, if it arrives while the shift is being closed", async () => {
    for (const nth of [1, 2]) {
      const { shop, seller, id } = await newTill();
      const shift = await storeShift(shop, seller, { start: ago(300 * MINUTE) });
      const sold_at = ago(100 * MINUTE);
      const closing = between(seller.ctx(), {
        before: async (batch) => {
          if (batch === nth) await shiftOf(seller, "end");
        },
      });
      await sell(closing, { items: [{ product_id: id, quantity: 1000 }], sold_at }, undefined);
      expect(await report(shop, shift)).toMatchObject({ sales: { count: 0 }, late_sales_count: 1 });
    }
  });

  it("leaves a report that was stored before there were late sales readable", async () => {
    const { shop, closed, arrive } = await newLateSale(true);
    expect(
      await count("SELECT json_type(z_report, '$.late_sales') IS NULL n FROM shifts WHERE id = ?", closed),
    ).toBe(1);
    await arrive();
    expect((await report(shop, closed)).late_sales_count).toBe(1);
  });

  it("can be refunded, but neither voided nor paid otherwise", async () => {
    const { seller, id, arrive } = await newLateSale(true);
    const sale = (await arrive()).body;
    const post = (path: string, json: unknown) =>
      call("POST", `${API}/sales/${sale.id}${path}`, { token: seller.token, json });
    expect((await post("/void", {})).status).toBe(409);
    const payments = [{ method: "card", amount: 500 }];
    expect((await post("/payments/correct", { payments, reason: "by card" })).status).toBe(409);
    const refund = await post("/refunds", { items: [{ product_id: id, quantity: 1 }], reason: "torn" });
    expect(refund.status).toBe(201);
  });
});

it("the time of a sale is accepted from seven days ago to this very moment", async () => {
  const ctx = (await newShop()).admin.ctx();
  const isAccepted = (ageMs: number) => {
    try {
      assertSoldRecently(ctx, new Date(ctx.now.getTime() - ageMs).toISOString());
      return true;
    } catch {
      return false;
    }
  };
  const days7 = 7 * 86_400_000;
  expect([-1, 0, days7, days7 + 1].map(isAccepted)).toEqual([false, true, true, false]);
});

it("a sale and its refund have the clock of the shop as it was at each, also if summer time ends in between", async () => {
  const { shop, seller, id } = await newTill();
  const items = [{ product_id: id, quantity: 1000 }];
  const sold_at = "2025-10-26T00:30:00.000Z";
  const { value } = await sell(
    seller.ctx(new Date("2025-10-26T02:30:00Z")),
    { items, payment_method: "card", sold_at, offline: true },
    undefined,
  );
  await refundSale(
    seller.ctx(new Date("2025-10-26T03:30:00Z")),
    value.id,
    { items, reason: "torn", restock: false },
    undefined,
  );
  expect(
    await rowsOf("SELECT kind, utc_offset FROM sales WHERE tenant_id = ? ORDER BY placed_at", shop.tenant.id),
  ).toEqual([
    { kind: "sale", utc_offset: 7200 },
    { kind: "refund", utc_offset: 3600 },
  ]);
});
