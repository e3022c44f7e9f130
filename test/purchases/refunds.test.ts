// Online sales are refunded like all sales; only cash refunds are in a drawer.
import { MAX_TOTAL } from "../../src/values/money.ts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refundSale } from "../../src/sales/refund.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { between, count, failureOf, rowsOf } from "../support/d1.ts";
import { bookshop, buyOne, checkOut, confirm, liftOrderLimits, putInCart } from "../support/purchases.ts";
import { newProduct, type Shop } from "../support/shops.ts";

const give = (
  shop: Shop,
  saleId: string,
  productId: string,
  quantity: number,
  more: Record<string, unknown> = {},
) =>
  call("POST", `${API}/sales/${saleId}/refunds`, {
    token: shop.admin.token,
    json: { items: [{ product_id: productId, quantity }], reason: "torn", ...more },
  });

/** A paid purchase of three books at 10.00 each. */
async function paid(payment_method = "card") {
  const { shop, buyer, book } = await bookshop();
  const { body } = await buyOne(buyer.token, book.id, 3, { payment_method });
  await confirm(shop, body.id);
  return { shop, buyer, book, id: String(body.id) };
}

const shift = (shop: Shop, verb: "start" | "end") =>
  call("POST", `${API}/shifts/${verb}`, { token: shop.admin.token });
const report = async (shop: Shop, id: string) =>
  (await call("GET", `${API}/shifts/${id}/report`, { token: shop.admin.token })).body;

describe("a refund of a purchase", () => {
  it("requires that it is paid", async () => {
    const { shop, buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id);
    expect((await give(shop, body.id, book.id, 1)).body.type).toBe("/problems/not-refundable");
  });

  it("is by line, returns goods to stock if staff say so, and never exceeds what was bought", async () => {
    const { shop, buyer, book, id } = await paid();
    expect((await give(shop, id, book.id, 1, { restock: true })).body).toMatchObject({
      kind: "refund",
      channel: "online",
      total: -1000,
      customer_id: buyer.id,
      shift_id: null,
    });
    expect((await give(shop, id, book.id, 3)).body.type).toBe("/problems/refund-exceeds-sale");
    expect((await give(shop, id, book.id, 2)).status).toBe(201);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", book.id)).toBe(8);
    const purchase = await call("GET", `${API}/purchases/${id}`, { token: buyer.token });
    expect(purchase.body.status).toBe("refunded");
    const { body: kpis } = await call("GET", `${API}/metrics/kpis`, { token: shop.admin.token });
    expect(kpis).toMatchObject({ total_revenue: 0, sales: 1, refunds: 2 });
  });

  it("is paid back by one method", async () => {
    const { shop, book, id } = await paid();
    const half = (method: string) => ({ method, amount: 500 });
    const payments = [half("card"), half("cash")];
    const { status, body } = await give(shop, id, book.id, 1, { payments });
    expect([status, body.errors]).toEqual([
      422,
      [{ pointer: "#/payments", detail: "an online sale is paid back by one method" }],
    ]);
  });

  it("by card is in no drawer and needs no shift; in cash it is like any counter refund", async () => {
    const { shop, book, id } = await paid();
    await call("PATCH", `${API}/settings`, {
      token: shop.admin.token,
      json: { require_shift_to_sell: true },
    });
    expect((await give(shop, id, book.id, 1)).status).toBe(201);
    const cash = { payment_method: "cash" };
    expect((await give(shop, id, book.id, 1, cash)).body.type).toBe("/problems/no-open-shift");
    const { body: open } = await shift(shop, "start");
    expect((await give(shop, id, book.id, 1)).body.shift_id).toBeNull();
    expect((await report(shop, open.id)).refunds).toEqual({ count: 0, total: 0 });
    expect((await give(shop, id, book.id, 1, cash)).body).toMatchObject({
      channel: "counter",
      shift_id: open.id,
    });
    expect(await report(shop, open.id)).toMatchObject({
      refunds: { count: 1, total: -1000 },
      expected_cash: -1000,
    });
  });

  it("and another at the same moment refund no more than was paid, in both orders", async () => {
    for (const [first, second] of [
      [2, 1],
      [1, 2],
    ] as const) {
      const { shop, book, id } = await paid();
      const input = (units: number) => ({
        items: [{ product_id: book.id, quantity: units * 1000 }],
        reason: "torn",
        restock: true,
      });
      const late = between(shop.admin.ctx(), {
        before: async (nth) => {
          if (nth === 2) await refundSale(shop.admin.ctx(), id, input(first), undefined);
        },
      });
      expect((await refundSale(late, id, input(second), undefined)).value.total).toBe(-1000 * second);
      expect(await failureOf(refundSale(shop.admin.ctx(), id, input(1), undefined))).toMatchObject({
        slug: "refund-exceeds-sale",
      });
      expect(await count("SELECT sum(total) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
      expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", book.id)).toBe(10);
    }
  });
});

describe("cash for a purchase that is collected", () => {
  it("is in the drawer of the shift of the staff who confirm it, and a card payment is not", async () => {
    const { shop, buyer, book } = await bookshop();
    const { body: open } = await shift(shop, "start");
    for (const payment_method of ["cash", "card"]) {
      const { body } = await buyOne(buyer.token, book.id, 1, { payment_method });
      expect((await report(shop, open.id)).expected_cash).toBe(payment_method === "cash" ? 0 : 1000);
      await confirm(shop, body.id);
    }
    expect(await report(shop, open.id)).toMatchObject({
      sales: { count: 1, total: 1000 },
      expected_cash: 1000,
    });
  });
});

describe("the amounts of carts and refunds", () => {
  it("add up, whatever is bought and refunded: lines to the total, and refunds never beyond it", async () => {
    const { shop, buyer } = await bookshop();
    await liftOrderLimits(shop);
    const line = fc.record({
      price: fc.oneof(fc.nat(100_000), fc.constant(0), fc.constant(MAX_TOTAL), fc.nat(2 ** 30)),
      quantity: fc.integer({ min: 1, max: 999 }),
      back: fc.array(fc.integer({ min: 1, max: 999 }), { maxLength: 3 }),
    });
    const carts = fc.sample(fc.array(line, { minLength: 1, maxLength: 4 }), { seed: 11, numRuns: 25 });
    const outcomes = { bought: 0, tooLarge: 0, refused: 0 };
    for (const cart of carts) {
      const ids: string[] = [];
      for (const { price, quantity } of cart) {
        // A cart takes no line beyond the largest amount, but the price may rise afterwards.
        const { id } = await newProduct(shop, { price: 0, stock: 999 });
        ids.push(id);
        await putInCart(buyer.token, id, quantity);
        await change("UPDATE products SET price = ? WHERE id = ?", price, id);
      }
      const exact = cart.reduce((sum, { price, quantity }) => sum + BigInt(price) * BigInt(quantity), 0n);
      const { status, body: sale } = await checkOut(buyer.token);
      if (exact > BigInt(MAX_TOTAL)) {
        expect([status, sale.type]).toEqual([422, "/problems/amount-too-large"]);
        outcomes.tooLarge += 1;
        await call("DELETE", `${API}/cart`, { token: buyer.token });
        continue;
      }
      outcomes.bought += 1;
      expect(status).toBe(201);
      expect(BigInt(sale.total)).toBe(exact);
      const subtotals = sale.items.map((item: { subtotal: number }) => BigInt(item.subtotal));
      expect(subtotals.reduce((sum: bigint, each: bigint) => sum + each, 0n)).toBe(exact);
      await confirm(shop, sale.id);
      for (const [index, { quantity, back }] of cart.entries()) {
        let remaining = quantity;
        for (const units of back) {
          const response = await give(shop, sale.id, ids[index] ?? "", units, { restock: true });
          expect(response.status).toBe(units <= remaining ? 201 : 409);
          if (units <= remaining) remaining -= units;
          else outcomes.refused += 1;
        }
      }
      const [sums] = await rowsOf(
        `SELECT sum(total) AS total, sum(total) FILTER (WHERE kind = 'refund') AS given FROM sales
          WHERE tenant_id = ? AND (id = ? OR refund_of = ?)`,
        shop.tenant.id,
        sale.id,
        sale.id,
      );
      expect(Number(sums?.["total"])).toBeGreaterThanOrEqual(0);
      expect(-Number(sums?.["given"] ?? 0)).toBeLessThanOrEqual(sale.total);
    }
    for (const times of Object.values(outcomes)) expect(times).toBeGreaterThan(0);
  }, 120_000);
});
