// How sales are paid and paid back, over HTTP.
import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { change } from "../support/change.ts";
import { shopWith, unbalancedSales } from "../support/commerce.ts";
import { count } from "../support/d1.ts";
import { newPerson, newProduct, type Person, type Shop } from "../support/shops.ts";

const BIZUM = [{ method: "bizum", name: "Bizum" }];

async function newCounter(price = 1003, cashRounding = 5) {
  const shop = await shopWith({ cashRounding, paymentMethods: BIZUM });
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  await call("POST", `${API}/shifts/start`, { token: seller.token, json: {} });
  const { id } = await newProduct(shop, { price, stock: 50 });
  const item = { product_id: id, quantity: 1 };
  const send = (path: string, json: object) =>
    call("POST", `${API}/sales${path}`, { token: seller.token, json });
  const sell = (fields: object, items = [item]) => send("", { items, ...fields });
  return { shop, seller, item, send, sell };
}

const salesOf = (shop: Shop) => count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id);

describe("the payments of a sale", () => {
  it("are several, with change of what was tendered, and with the rounding of the cash", async () => {
    const { shop, sell } = await newCounter();
    const { status, body } = await sell({
      payments: [
        { method: "card", amount: 500 },
        { method: "bizum", amount: 100 },
        { method: "cash", amount: 403, tendered: 1000 },
      ],
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ total: 1003, rounding: 2, payment_method: null, change: 595 });
    expect(body.payments).toEqual([
      { method: "card", amount: 500, tendered: null },
      { method: "bizum", amount: 100, tendered: null },
      { method: "cash", amount: 405, tendered: 1000 },
    ]);
    expect(await unbalancedSales(shop)).toEqual([]);
  });

  it("in cash by default or by payment_method are one of the rounded total", async () => {
    const { shop, sell } = await newCounter();
    expect((await sell({})).body).toMatchObject({
      payment_method: "cash",
      rounding: 2,
      payments: [{ method: "cash", amount: 1005, tendered: null }],
      change: 0,
    });
    expect((await sell({ payment_method: "bizum" })).body).toMatchObject({
      payment_method: "bizum",
      rounding: 0,
      payments: [{ method: "bizum", amount: 1003 }],
    });
    expect(await unbalancedSales(shop)).toEqual([]);
  });

  it("that round down over two payments in cash still add up", async () => {
    const { shop, sell } = await newCounter(2);
    const cash = { method: "cash", amount: 1 };
    expect((await sell({ payments: [cash, cash] })).body).toMatchObject({ total: 2, rounding: -2 });
    expect(await unbalancedSales(shop)).toEqual([]);
  });

  it("that do not add up are refused with the total that is due", async () => {
    const { shop, sell } = await newCounter();
    for (const payments of [
      [{ method: "card", amount: 1002 }],
      [{ method: "card", amount: 1004 }],
      [{ method: "cash", amount: 1004 }],
      [
        { method: "card", amount: 1100 },
        { method: "cash", amount: 0 },
      ],
    ])
      expect(await sell({ payments })).toMatchObject({
        status: 422,
        body: { type: "/problems/payments-mismatch", total: 1003 },
      });
    expect(await salesOf(shop)).toBe(0);
  });

  it("take at least one and at most ten, by methods of the shop, in one form, and tendered cash that suffices", async () => {
    const { shop, sell } = await newCounter();
    const card = (amount: number) => ({ method: "card", amount });
    expect(
      (await sell({ payments: [...Array.from({ length: 9 }, () => card(100)), card(103)] })).status,
    ).toBe(201);
    const wrong: [object, string][] = [
      [{ payments: [] }, "#/payments"],
      [{ payments: [...Array.from({ length: 10 }, () => card(100)), card(3)] }, "#/payments"],
      [{ payments: [{ method: "cheque", amount: 1003 }] }, "#/payments/0/method"],
      [{ payment_method: "cheque" }, "#/payment_method"],
      [{ payment_method: "card", payments: [card(1003)] }, "#/payment_method"],
      [{ payments: [{ method: "cash", amount: 1003, tendered: 1004 }] }, "#/payments/0/tendered"],
      [{ payments: [{ method: "card", amount: 1003, tendered: 2000 }] }, "#/payments/0/tendered"],
      [{ payments: [{ method: "card", amount: -1 }, card(1004)] }, "#/payments/0/amount"],
      [{ payments: [{ method: "card", amount: 1003.5 }] }, "#/payments/0/amount"],
      [{ payments: [{ method: "card", amount: 1003, change: 5 }] }, "#/payments/0/change"],
    ];
    for (const [fields, pointer] of wrong) {
      const { status, body } = await sell(fields);
      expect([status, body.errors?.[0].pointer]).toEqual([422, pointer]);
    }
    expect(await salesOf(shop)).toBe(1);
  });
});

describe("a refund that names no method", () => {
  it("of a whole sale pays back what was paid by each, with the rounding", async () => {
    const { shop, item, send, sell } = await newCounter();
    for (const payments of [
      [
        { method: "cash", amount: 503 },
        { method: "card", amount: 500 },
      ],
      [
        { method: "card", amount: 500 },
        { method: "cash", amount: 503 },
      ],
      [{ method: "cash", amount: 1003 }],
    ]) {
      const { body: sale } = await sell({ payments });
      const { body } = await send(`/${sale.id}/refunds`, { items: [item], reason: "torn" });
      expect(body.rounding).toBe(-2);
      expect(body.payments).toEqual(
        sale.payments.map(({ method, amount }: { method: string; amount: number }) => ({
          method,
          amount: -amount,
          tendered: null,
        })),
      );
    }
    expect(await unbalancedSales(shop)).toEqual([]);
  });

  it("in parts pays back by each method no more than was paid by it", async () => {
    const { item, send, sell } = await newCounter(1000, 0);
    const payments = [
      { method: "card", amount: 1500 },
      { method: "bizum", amount: 900 },
      { method: "cash", amount: 600 },
    ];
    const { body: sale } = await sell({ payments }, [{ ...item, quantity: 3 }]);
    const paid: unknown[] = [];
    for (let unit = 0; unit < 3; unit += 1)
      paid.push((await send(`/${sale.id}/refunds`, { items: [item], reason: "torn" })).body.payments);
    expect(paid).toMatchObject([
      [{ method: "card", amount: -1000 }],
      [
        { method: "card", amount: -500 },
        { method: "bizum", amount: -500 },
      ],
      [
        { method: "bizum", amount: -400 },
        { method: "cash", amount: -600 },
      ],
    ]);
  });
});

describe("refunds in cash of parts of a sale", () => {
  it("pay back together what one refund of all would, whatever the method of the sale", async () => {
    const { shop, item, send, sell } = await newCounter(3);
    for (const payment_method of ["cash", "card"]) {
      const { body: sale } = await sell({ payment_method }, [{ ...item, quantity: 10 }]);
      const paid: unknown[] = [];
      for (let unit = 0; unit < 10; unit += 1) {
        const refund = { items: [item], reason: "torn", payment_method: "cash" };
        paid.push((await send(`/${sale.id}/refunds`, refund)).body.payments[0].amount);
      }
      expect(paid).toEqual([-5, 0, -5, 0, -5, -5, 0, -5, 0, -5]);
    }
    expect(await unbalancedSales(shop)).toEqual([]);
  });
});

describe("a void", () => {
  it("pays back by each method what was paid by it, tendered or not, and restocks", async () => {
    const { shop, item, send, sell } = await newCounter();
    const { body: sale } = await sell({
      payments: [
        { method: "card", amount: 500 },
        { method: "card", amount: 100 },
        { method: "cash", amount: 403, tendered: 1000 },
      ],
    });
    const { status, body } = await send(`/${sale.id}/void`, {});
    expect(status).toBe(201);
    expect(body).toMatchObject({
      number: "R-000001",
      is_void: true,
      restocked: true,
      total: -1003,
      rounding: -2,
      payment_method: null,
    });
    expect(body.payments.map((each: { amount: number }) => each.amount)).toEqual([-600, -405]);
    expect(await count("SELECT stock n FROM products WHERE id = ?", item.product_id)).toBe(50_000);
    expect(await unbalancedSales(shop)).toEqual([]);
  });

  it("is refused for another seller, without a shift, after a refund, and of a refund", async () => {
    const { shop, seller, item, send, sell } = await newCounter();
    const voidAs = (person: Person, id: string) =>
      call("POST", `${API}/sales/${id}/void`, { token: person.token, json: {} });
    const refused = { status: 409, body: { type: "/problems/not-voidable" } };
    const { body: sale } = await sell({}, [{ ...item, quantity: 2 }]);
    expect(await voidAs(shop.admin, sale.id)).toMatchObject(refused);
    const { body: refund } = await send(`/${sale.id}/refunds`, { items: [item], reason: "torn" });
    expect(await voidAs(seller, sale.id)).toMatchObject(refused);
    expect(await voidAs(seller, refund.id)).toMatchObject(refused);
    const json = { items: [item] };
    const { body: off } = await call("POST", `${API}/sales`, { token: shop.admin.token, json });
    expect(await voidAs(shop.admin, off.id)).toMatchObject(refused);
  });

  it.each([
    ["piece", 0.35],
    ["piece", 2],
    ["g", 0.35],
  ])("and a refund with restock of kilograms of what is now counted in %s say so", async (unit, quantity) => {
    const { shop, seller, send } = await newCounter();
    const { id } = await newProduct(shop, { price: 1000, unit: "kg", stock: 10 });
    const item = { product_id: id, quantity };
    const { body: sale } = await call("POST", `${API}/sales`, {
      token: seller.token,
      json: { items: [item] },
    });
    await change("UPDATE products SET stock = 7000, unit = ? WHERE id = ?", unit, id);
    expect(await send(`/${sale.id}/void`, {})).toMatchObject({
      status: 409,
      body: { type: "/problems/not-voidable" },
    });
    const refund = { items: [item], reason: "rotten" };
    const refused = await send(`/${sale.id}/refunds`, { ...refund, restock: true });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, "#/restock"]);
    const total = -1000 * quantity;
    expect((await send(`/${sale.id}/refunds`, refund)).body).toMatchObject({ total, units: -quantity });
    expect(await count("SELECT stock n FROM products WHERE id = ?", id)).toBe(7000);
  });
});

describe("a correction of the payments", () => {
  it("replaces them while the shift is open, rounds the cash anew, and is audited with both", async () => {
    const { shop, send, sell } = await newCounter();
    const { body: sale } = await sell({});
    const payments = [{ method: "card", amount: 1003 }];
    const json = { payments, reason: "paid by card" };
    const { status, body } = await send(`/${sale.id}/payments/correct`, json);
    expect(status).toBe(200);
    expect(body).toMatchObject({ payment_method: "card", rounding: 0, total: 1003, payments });
    const audited = `SELECT count(*) n FROM audit_log WHERE tenant_id = ? AND action = 'sale.payments_corrected'
      AND before ->> '$.payments[0].amount' = 1005 AND after ->> '$.payments[0].method' = 'card'`;
    expect(await count(audited, shop.tenant.id)).toBe(1);
    const wrong = { payments: [{ method: "card", amount: 1005 }], reason: "typo" };
    expect(await send(`/${sale.id}/payments/correct`, wrong)).toMatchObject({
      status: 422,
      body: { type: "/problems/payments-mismatch", total: 1003 },
    });
    expect(await unbalancedSales(shop)).toEqual([]);
  });

  it("is refused once the sale is voided: what was paid back stands", async () => {
    const { shop, send, sell } = await newCounter();
    const { body: sale } = await sell({});
    await send(`/${sale.id}/void`, {});
    const json = { payments: [{ method: "card", amount: 1003 }], reason: "paid by card" };
    expect(await send(`/${sale.id}/payments/correct`, json)).toMatchObject({
      status: 409,
      body: { type: "/problems/payments-not-correctable" },
    });
    expect(await unbalancedSales(shop)).toEqual([]);
  });
});
