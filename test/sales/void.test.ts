// A void undoes a whole counter sale within the open shift of its seller.
import { describe, expect, it } from "vitest";
import { voidSale } from "../../src/sales/void.ts";
import { countByStatus } from "../support/count-by-status.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { between, count, failureOf, rowsOf } from "../support/d1.ts";
import { onShift } from "../support/desk.ts";
import { takeOrder } from "../support/orders.ts";
import { bookshop, buyOne } from "../support/purchases.ts";
import { newPerson, newProduct, sellOne, type Person } from "../support/shops.ts";

const refused = { type: "/problems/not-voidable", status: 409 };

const changeUnit = (id: string, unit: string) =>
  change("UPDATE products SET unit = ? WHERE id = ?", unit, id);

/** A sale of three books for 30.00, paid by card and in cash in the open shift of its seller. */
async function splitSale() {
  const { shop, seller, shiftId } = await onShift();
  const book = await newProduct(shop, { stock: 10 });
  const items = [{ product_id: book.id, quantity: 3 }];
  const payments = [
    { method: "card", amount: 1000 },
    { method: "cash", amount: 2000, tendered: 5000 },
  ];
  const post = (path: string, json: object = {}, by: Person = seller, headers = {}) =>
    call("POST", `${API}${path}`, { token: by.token, json, headers });
  const sale = (await post("/sales", { items, payments })).body;
  const voided = (by: Person = seller, id: string = sale.id) => post(`/sales/${id}/void`, {}, by);
  const stock = () => count("SELECT stock / 1000.0 n FROM products WHERE id = ?", book.id);
  const sales = () => count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id);
  const report = async () =>
    (await call("GET", `${API}/shifts/${shiftId}/report`, { token: shop.admin.token })).body;
  return { shop, seller, book, sale, post, voided, stock, sales, report, shiftId };
}

describe("a void", () => {
  it("returns the goods to stock and each payment to its method, and has a number of the refunds", async () => {
    const { seller, sale, voided, stock, report, shiftId } = await splitSale();
    expect([await stock(), (await report()).expected_cash]).toEqual([7, 2000]);
    const { status, body } = await voided();
    expect(status).toBe(201);
    expect((await voided(seller, body.id)).body).toMatchObject(refused);
    expect(body).toMatchObject({
      kind: "refund",
      channel: "counter",
      is_void: true,
      restocked: true,
      refund_of: sale.id,
      number: "R-000001",
      reason: "voided",
      total: -3000,
      units: -3,
      seller_id: seller.id,
      shift_id: shiftId,
      payments: [
        { method: "card", amount: -1000, tendered: null },
        { method: "cash", amount: -2000, tendered: null },
      ],
      items: [{ quantity: -3, subtotal: -3000 }],
    });
    expect([await stock(), (await report()).expected_cash]).toEqual([10, 0]);
  });

  it("is refused to others, after a refund of a line, after the shift, and without a shift", async () => {
    const { shop, book, sale, post, voided, stock } = await splitSale();
    expect((await voided(shop.admin)).body).toMatchObject(refused);
    expect((await voided(await newPerson(shop.tenant, "EMPLOYEE"))).body).toMatchObject(refused);
    const outside = await sellOne(shop.admin.token, book.id);
    expect((await voided(shop.admin, outside.body.id)).body).toMatchObject(refused);
    const items = [{ product_id: book.id, quantity: 1 }];
    const refund = await post(`/sales/${sale.id}/refunds`, { items, reason: "torn" });
    expect((await voided()).body).toMatchObject(refused);
    expect((await voided(undefined, refund.body.id)).body).toMatchObject(refused);
    const other = await post("/sales", { items });
    await post("/shifts/end");
    await post("/shifts/start");
    // One that could be voided makes no difference to another.
    expect((await post("/sales", { items })).status).toBe(201);
    expect((await voided(undefined, other.body.id)).body).toMatchObject(refused);
    expect(await stock()).toBe(4);
  });

  it("is refused for a purchase, and another shop's sale is not found", async () => {
    const { shop, buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id);
    const path = `${API}/sales/${body.id}/void`;
    expect((await call("POST", path, { token: shop.admin.token })).body).toMatchObject(refused);
    const { seller } = await onShift();
    expect((await call("POST", path, { token: seller.token })).status).toBe(404);
  });

  it("is refused for an order that its seller took, though it was paid in cash in their shift", async () => {
    const { seller, book, post } = await splitSale();
    const { body: order } = await takeOrder(seller.token, book.id);
    expect((await post(`/purchases/${order.id}/confirm`)).body).toMatchObject({ payment_method: "cash" });
    const { body } = await post(`/sales/${order.id}/void`);
    expect(body).toMatchObject({
      ...refused,
      detail: expect.stringContaining("this is a sale of channel 'online'"),
    });
  });

  it("is refused if the shift ends, or a line is refunded, just before its batch", async () => {
    for (const [act, remaining] of [
      ["/shifts/end", 7],
      ["refund", 7],
    ] as const) {
      const { seller, book, sale, post, stock, sales } = await splitSale();
      const items = [{ product_id: book.id, quantity: 1 }];
      const ctx = between(seller.ctx(), {
        before: async (nth) => {
          if (nth !== 1) return;
          const path = act === "refund" ? `/sales/${sale.id}/refunds` : act;
          await post(path, act === "refund" ? { items, reason: "torn" } : {});
        },
      });
      expect(await failureOf(voidSale(ctx, sale.id, "late", undefined))).toMatchObject({
        slug: "not-voidable",
      });
      expect([await stock(), await sales()]).toEqual([remaining, act === "refund" ? 2 : 1]);
    }
  });

  it("pays back by the corrected methods if the payments are corrected just before its batch", async () => {
    const { seller, sale, post, report } = await splitSale();
    const payments = [{ method: "card", amount: 3000, tendered: null }];
    const correct = () =>
      post(`/sales/${sale.id}/payments/correct`, {
        payments: [{ method: "card", amount: 3000 }],
        reason: "all by card",
      });
    const late = between(seller.ctx(), {
      before: async (nth) => void (nth === 1 && expect((await correct()).status).toBe(200)),
    });
    const { value } = await voidSale(late, sale.id, "late", undefined);
    expect(value.payments).toEqual(payments.map((payment) => ({ ...payment, amount: -3000 })));
    expect((await report()).expected_cash).toBe(0);
  });

  it("says what is in its way", async () => {
    const { shop, seller, book, sale, voided } = await splitSale();
    const detailOf = async (by?: Person, id?: string) => (await voided(by, id)).body.detail;
    expect(await detailOf(shop.admin)).toBe(
      "Only its seller can void a sale. Make a refund instead: POST /sales/{id}/refunds.",
    );
    const outside = await sellOne(shop.admin.token, book.id);
    expect(await detailOf(shop.admin, outside.body.id)).toContain("The sale was not made in a shift.");
    await changeUnit(book.id, "kg");
    expect(await detailOf()).toContain("A product of the sale is now counted in another unit");
    await changeUnit(book.id, "piece");
    await change("UPDATE sale_lines SET refunded = 1000 WHERE sale_id = ?", sale.id);
    expect(await detailOf()).toContain("A part of the sale was already refunded.");
    await change("UPDATE sale_lines SET refunded = 0 WHERE sale_id = ?", sale.id);
    await call("POST", `${API}/shifts/end`, { token: seller.token, json: {} });
    expect(await detailOf()).toContain("The shift that made the sale is closed.");
  });

  it("is made if what was in its way is gone when it is read, and a conflict if it is back", async () => {
    for (const [isBack, remaining] of [
      [false, 10],
      [true, 7],
    ] as const) {
      const { seller, book, sale, stock } = await splitSale();
      const units = ["kg", "piece", isBack ? "kg" : "piece"];
      const ctx = between(seller.ctx(), { before: (nth) => changeUnit(book.id, units[nth - 1] ?? "") });
      const result = await voidSale(ctx, sale.id, "late", undefined).catch((error: unknown) => error);
      expect(result).toMatchObject(isBack ? { slug: "conflict" } : { value: { total: -3000 } });
      expect(await stock()).toBe(remaining);
    }
  });

  it("has one payment by a method, and moves a product once, however often the sale has them", async () => {
    const { shop, post, book } = await splitSale();
    const tea = await newProduct(shop, { stock: 4 });
    const items = [book, tea, book].map(({ id }, index) => ({ product_id: id, quantity: index + 1 }));
    const payments = ["cash", "card", "cash"].map((method, index) => ({
      method,
      amount: 1000 * (index + 1),
    }));
    const sale = (await post("/sales", { items, payments })).body;
    const { body } = await post(`/sales/${sale.id}/void`);
    expect(body.items.map((line: { quantity: number }) => line.quantity)).toEqual([-1, -2, -3]);
    expect(body.payments).toEqual([
      { method: "cash", amount: -4000, tendered: null },
      { method: "card", amount: -2000, tendered: null },
    ]);
    expect(body.payment_method).toBeNull();
    const moves = await rowsOf(
      "SELECT product_id, delta, reason FROM stock_moves WHERE reference = ? ORDER BY delta",
      body.id,
    );
    expect(moves).toEqual([
      { product_id: tea.id, delta: 2000, reason: "refund" },
      { product_id: book.id, delta: 4000, reason: "refund" },
    ]);
  });

  it("takes one round trip, two where a read says why not, and two to be replayed", async () => {
    const { sale, post } = await splitSale();
    const headers = { "idempotency-key": "void" };
    const cost = async (sent = headers) => {
      const answer = await post(`/sales/${sale.id}/void`, {}, undefined, sent);
      return [answer.status, costOf(answer).queries];
    };
    expect(await cost()).toEqual([201, 1]);
    expect(await cost()).toEqual([201, 2]);
    expect(await cost({ "idempotency-key": "other" })).toEqual([200, 2]);
  });

  it("that is repeated answers the void that was made, even after the shift", async () => {
    const { post, voided, sales } = await splitSale();
    const answers = await Promise.all(Array.from({ length: 10 }, () => voided()));
    expect(countByStatus(answers)).toEqual({ 200: 9, 201: 1 });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    await post("/shifts/end");
    expect((await voided()).text).toBe(answers[0]?.text);
    expect(await sales()).toBe(2);
  });

  it("leaves nothing to refund, and no payments to correct", async () => {
    const { book, sale, post, voided, report } = await splitSale();
    await voided();
    const items = [{ product_id: book.id, quantity: 1 }];
    const refund = await post(`/sales/${sale.id}/refunds`, { items, reason: "torn" });
    expect(refund.body.type).toBe("/problems/refund-exceeds-sale");
    const payments = [{ method: "card", amount: 3000 }];
    const corrected = await post(`/sales/${sale.id}/payments/correct`, { payments, reason: "all by card" });
    expect(corrected.body.type).toBe("/problems/payments-not-correctable");
    expect((await report()).expected_cash).toBe(0);
  });
});
