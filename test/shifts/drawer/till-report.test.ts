// What the X and Z reports count, beyond the sums that test/shifts/drawer/report-random.test.ts compares.
import { describe, expect, it } from "vitest";
import { API, call, costOf } from "../../support/client.ts";
import { onShift } from "../../support/desk.ts";
import { bookshop, buyOne } from "../../support/purchases.ts";
import { changeShop, newRate } from "../../support/receipts.ts";
import { change } from "../../support/change.ts";
import { newPerson, newProduct, type Person } from "../../support/shops.ts";

async function till() {
  const { shop, seller, shiftId } = await onShift();
  const book = await newProduct(shop, { price: 1000, stock: 100, category: "Novel" });
  const post = (path: string, json: object = {}, by: Person = seller) =>
    call("POST", `${API}${path}`, { token: by.token, json });
  const sell = async (quantity: number, fields: object = {}) =>
    (await post("/sales", { items: [{ product_id: book.id, quantity }], ...fields })).body;
  const read = () => call("GET", `${API}/shifts/${shiftId}/report`, { token: shop.admin.token });
  const report = async () => (await read()).body;
  return { shop, seller, shiftId, book, post, sell, read, report };
}

const row = (payment_method: string, sales: number, refunds = 0, voids = 0) => ({
  payment_method,
  sales,
  refunds,
  voids,
  total: sales + refunds + voids,
});

describe("the report of a shift", () => {
  it("has the payments of a sale under each of their methods", async () => {
    const { sell, post, report } = await till();
    const payments = [
      { method: "card", amount: 1200 },
      { method: "cash", amount: 1800, tendered: 2000 },
    ];
    const sale = await sell(3, { payments });
    await sell(1, { payment_method: "transfer" });
    expect((await report()).by_payment_method).toEqual([
      row("card", 1200),
      row("cash", 1800),
      row("transfer", 1000),
    ]);
    const items = [{ product_id: sale.items[0].product_id, quantity: 2 }];
    await post(`/sales/${sale.id}/refunds`, { items, reason: "torn" });
    expect(await report()).toMatchObject({
      sales: { count: 2, total: 4000 },
      refunds: { count: 1, total: -2000 },
      total: 2000,
      expected_cash: 1000,
      by_payment_method: [row("card", 1200, -1200), row("cash", 1800, -800), row("transfer", 1000)],
    });
  });

  it("has a voided sale apart from refunds, and its cash leaves the drawer", async () => {
    const { sell, post, report } = await till();
    const [sale] = [await sell(2), await sell(1)];
    expect(await report()).toMatchObject({ voids: { count: 0, total: 0 }, expected_cash: 3000 });
    await post(`/sales/${sale.id}/void`);
    expect(await report()).toMatchObject({
      sales: { count: 2, total: 3000 },
      refunds: { count: 0, total: 0 },
      voids: { count: 1, total: -2000 },
      total: 1000,
      expected_cash: 1000,
      by_payment_method: [row("cash", 3000, 0, -2000)],
      by_category: [{ category: "Novel", units: 1, total: 1000 }],
    });
  });

  it("has the corrected payments of a sale at once", async () => {
    const { sell, post, report } = await till();
    const sale = await sell(2);
    expect((await report()).by_payment_method).toEqual([row("cash", 2000)]);
    const payments = [
      { method: "card", amount: 1500 },
      { method: "cash", amount: 500 },
    ];
    await post(`/sales/${sale.id}/payments/correct`, { payments, reason: "paid by card" });
    expect(await report()).toMatchObject({
      total: 2000,
      expected_cash: 500,
      by_payment_method: [row("card", 1500), row("cash", 500)],
    });
  });

  it("has the tax of each rate, less that of refunds and voids, and what has none", async () => {
    const { shop, book, post, sell, report } = await till();
    const standard = await newRate(shop, "IVA 21 %", 21_000);
    const reduced = await newRate(shop, "IVA 4 %", 4000);
    await sell(1);
    await change("UPDATE products SET tax_rate_id = ? WHERE id = ?", standard.id, book.id);
    const [taxed, voided] = [await sell(3), await sell(5)];
    await change("UPDATE products SET tax_rate_id = ? WHERE id = ?", reduced.id, book.id);
    await sell(1, { discount: { percent: 10, reason: "worn" } });
    const items = [{ product_id: book.id, quantity: 1 }];
    await post(`/sales/${taxed.id}/refunds`, { items, reason: "torn" });
    await post(`/sales/${voided.id}/void`);
    expect(await report()).toMatchObject({
      total: 1000 + 2000 + 900,
      net: 1000 + 1653 + 865,
      tax: 347 + 35,
      discounts: 100,
      taxes: [
        { tax_rate_id: standard.id, name: "IVA 21 %", rate: 21_000, net: 1653, tax: 347, gross: 2000 },
        { tax_rate_id: reduced.id, name: "IVA 4 %", rate: 4000, net: 865, tax: 35, gross: 900 },
        { tax_rate_id: null, name: null, rate: null, net: 1000, tax: 0, gross: 1000 },
      ],
    });
  });

  it("has the taxes of rates with the same percentage by name", async () => {
    const { shop, book, sell, report } = await till();
    for (const name of ["Wine", "Books", "Toys"]) {
      const { id } = await newRate(shop, name, 21_000);
      await change("UPDATE products SET tax_rate_id = ? WHERE id = ?", id, book.id);
      await sell(1);
    }
    const names = (await report()).taxes.map(({ name }: { name: string }) => name);
    expect(names).toEqual(["Books", "Toys", "Wine"]);
  });

  it("has cash rounding on a line of its own, by which the payments exceed the total", async () => {
    const { shop, book, sell, report } = await till();
    await changeShop(shop, { cash_rounding: 5 });
    await change("UPDATE products SET price = 1003 WHERE id = ?", book.id);
    await sell(1);
    await sell(1, { payment_method: "card" });
    expect(await report()).toMatchObject({
      total: 2006,
      rounding: 2,
      expected_cash: 1005,
      by_payment_method: [row("card", 1003), row("cash", 1005)],
    });
  });

  it("has what was sold by category, the most first, and of equal ones by name", async () => {
    const { shop, post, report } = await till();
    const sellOf = async (category: string | null, price: number, quantity: number) => {
      const { id } = await newProduct(shop, { category, price, stock: 9, unit: "kg" });
      await post("/sales", { items: [{ product_id: id, quantity }] });
    };
    await sellOf("Tea", 800, 2.5);
    await sellOf("Coffee", 2000, 1);
    await sellOf(null, 700, 1);
    await sellOf("Salt", 2000, 0.2);
    await sellOf("Salt", 1000, 2);
    expect((await report()).by_category).toEqual([
      { category: "Salt", units: 2.2, total: 2400 },
      { category: "Coffee", units: 1, total: 2000 },
      { category: "Tea", units: 2.5, total: 2000 },
      { category: null, units: 1, total: 700 },
    ]);
  });

  it("is empty without sales", async () => {
    const { seller, shiftId, report } = await till();
    const none = { count: 0, total: 0 };
    expect(await report()).toMatchObject({
      shift_id: shiftId,
      user_id: seller.id,
      end_at: null,
      currency: "EUR",
      first_sale_at: null,
      last_sale_at: null,
      paid_in: 0,
      paid_out: 0,
      counted_cash: null,
      difference: null,
      sales: none,
      refunds: none,
      voids: none,
      total: 0,
      net: 0,
      tax: 0,
      discounts: 0,
      rounding: 0,
      by_payment_method: [],
      taxes: [],
      by_category: [],
    });
  });

  it("takes one round trip, and reads its own sales only", async () => {
    const { shop, seller, book, post, read } = await till();
    const other = await newPerson(shop.tenant, "EMPLOYEE");
    await post("/shifts/start", {}, other);
    const sellBy = async (...people: Person[]) => {
      for (const person of people)
        await post("/sales", { items: [{ product_id: book.id, quantity: 1 }] }, person);
    };
    await sellBy(seller, seller, other, shop.admin);
    const before = costOf(await read());
    for (let time = 0; time < 10; time += 1) await sellBy(other, shop.admin);
    expect(costOf(await read())).toEqual(before);
    await sellBy(seller);
    const after = costOf(await read());
    expect(after.queries).toBe(1);
    expect(after.read - before.read).toBeLessThanOrEqual(17);
  });
});

describe("cash for an online order", () => {
  /** A customer's order of two books for 20.00, and two people on shift. */
  async function order() {
    const { shop, buyer, book } = await bookshop();
    const [ana, bo] = [await newPerson(shop.tenant, "EMPLOYEE"), await newPerson(shop.tenant, "EMPLOYEE")];
    const post = (path: string, json: object, by: Person) =>
      call("POST", `${API}${path}`, { token: by.token, json });
    const { id } = (await buyOne(buyer.token, book.id, 2)).body;
    const shifts = [
      (await post("/shifts/start", {}, ana)).body.id,
      (await post("/shifts/start", {}, bo)).body.id,
    ];
    const reports = async () =>
      Promise.all(
        shifts.map(
          async (shift) =>
            (await call("GET", `${API}/shifts/${shift}/report`, { token: shop.admin.token })).body,
        ),
      );
    return { shop, buyer, book, ana, bo, id, post, reports };
  }

  it("counts in the drawer of who recorded it, and what is paid back in cash in that of who paid it", async () => {
    const { book, ana, bo, id, post, reports } = await order();
    await post(`/purchases/${id}/confirm`, { payment_method: "cash" }, ana);
    const [first, second] = await reports();
    expect(first).toMatchObject({
      sales: { count: 1, total: 2000 },
      by_payment_method: [row("cash", 2000)],
      expected_cash: 2000,
    });
    expect(second).toMatchObject({ sales: { count: 0, total: 0 }, expected_cash: 0 });
    const items = [{ product_id: book.id, quantity: 1 }];
    const refund = await post(`/sales/${id}/refunds`, { items, reason: "torn" }, bo);
    expect(refund.body.warnings).toMatchObject([{ code: "drawer-short", expected_cash: 0 }]);
    expect((await reports()).map(({ expected_cash }) => expected_cash)).toEqual([2000, -1000]);
  });

  it("is within the times of the shift, though the order was placed before it", async () => {
    const { shop, buyer, book, ana, bo, id, post, reports } = await order();
    const [{ shift_id, start_at }] = await reports();
    await change("UPDATE sales SET placed_at = '2026-10-01T10:00:00.000Z' WHERE id = ?", id);
    await post(`/purchases/${id}/confirm`, { payment_method: "cash" }, ana);
    expect((await reports())[0]).toMatchObject({ first_sale_at: null, last_sale_at: null });
    const close = await post(`/shifts/${shift_id}/close`, { end_at: start_at }, shop.admin);
    expect([close.status, close.body.errors[0].pointer]).toEqual([422, "#/end_at"]);
    await change("UPDATE payments SET created_at = ? WHERE sale_id = ?", start_at, id);
    // Neither what was paid for another order nor what is to be paid back is an entry of the shift.
    const { body: other } = await buyOne(buyer.token, book.id);
    await post(`/purchases/${other.id}/confirm`, { payment_method: "cash" }, bo);
    await change(
      `INSERT INTO payments (tenant_id, id, sale_id, provider, provider_ref, amount, currency, status, created_at)
        SELECT tenant_id, 'twice', sale_id, 'stripe', 'twice', amount, currency, 'refund_due', ? FROM payments WHERE sale_id = ?`,
      new Date().toISOString(),
      id,
    );
    expect((await post(`/shifts/${shift_id}/close`, { end_at: start_at }, shop.admin)).status).toBe(200);
  });

  it("does not keep an ADMIN from correcting the start of the shift", async () => {
    const { shop, ana, id, post, reports } = await order();
    await change("UPDATE sales SET placed_at = '2026-10-01T10:00:00.000Z' WHERE id = ?", id);
    await post(`/purchases/${id}/confirm`, { payment_method: "cash" }, ana);
    await post("/shifts/end", {}, ana);
    const [{ shift_id, start_at }] = await reports();
    const patch = (start: number) =>
      call("PATCH", `${API}/shifts/${shift_id}`, {
        token: shop.admin.token,
        json: {
          start_at: new Date(Date.parse(start_at) + start).toISOString(),
          reason: "the clock was wrong",
        },
      });
    expect((await patch(1)).status).toBe(200);
    const { start_at: corrected } = (await reports())[0];
    await change("UPDATE payments SET created_at = ? WHERE sale_id = ?", corrected, id);
    const late = await patch(2);
    expect([late.status, late.body.errors[0].detail]).toEqual([422, expect.stringContaining("first sale")]);
  });

  it("that was cancelled is not counted, neither when it is recorded nor when it is given back", async () => {
    const { shop, ana, id, post, reports } = await order();
    await post(`/purchases/${id}/cancel`, {}, ana);
    expect((await post(`/purchases/${id}/confirm`, { payment_method: "cash" }, ana)).status).toBe(409);
    const expectedCash = async () => (await reports())[0].expected_cash;
    expect(await expectedCash()).toBe(0);
    const { data } = (await call("GET", `${API}/payments`, { token: shop.admin.token })).body;
    expect(data).toMatchObject([{ sale_id: id, status: "refund_due", amount: 2000 }]);
    expect((await post(`/payments/${data[0].id}/refund`, {}, ana)).body.status).toBe("refunded");
    expect(await expectedCash()).toBe(0);
  });

  it("is in no report if it was paid by card", async () => {
    const { ana, id, post, reports } = await order();
    await post(`/purchases/${id}/confirm`, { payment_method: "card" }, ana);
    expect((await reports()).map(({ total, by_payment_method }) => [total, by_payment_method])).toEqual([
      [0, []],
      [0, []],
    ]);
  });
});
