// What a sale may cost: discounts, prices, approvals and payments, over HTTP.
import { describe, expect, it } from "vitest";
import { exceededLimit } from "../../src/sales/limits.ts";
import { API, call } from "../support/client.ts";
import { PIN, storePin } from "../support/approvals.ts";
import { change } from "../support/change.ts";
import { shopWith, storeRate, unbalancedSales } from "../support/commerce.ts";
import { count, rowsOf } from "../support/d1.ts";
import { newPerson, newProduct, newShop, type Person, type Shop, sellOne } from "../support/shops.ts";

const reason = "damaged cover";

const sellAs = (person: Person, items: object[], fields: object = {}) =>
  call("POST", `${API}/sales`, { token: person.token, json: { items, ...fields } });

async function newCounter(settings: Parameters<typeof shopWith>[0] = {}, price = 1000) {
  const shop = await shopWith(settings);
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const { id } = await newProduct(shop, { price, stock: 100 });
  const one = { product_id: id, quantity: 1 };
  return { shop, seller, one };
}

const approvalBy = (person: Person, pin = PIN) => ({ approval: { user_id: person.id, pin } });

const salesOf = (shop: Shop) => count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id);

describe("a discount", () => {
  it("of 10 % or 1.00 on a line and of 10 % on the sale takes off each in turn, and the line keeps the list price", async () => {
    const { shop, seller, one } = await newCounter();
    const { body } = await sellAs(
      seller,
      [
        { ...one, discount: { percent: 10, reason } },
        { ...one, discount: { amount: 100, reason: "last one" } },
        one,
      ],
      { discount: { percent: 10, reason: "regular customer" } },
    );
    expect(body).toMatchObject({ total: 2520, discount: 480, discount_reason: "regular customer" });
    expect(body.items).toMatchObject([
      { list_price: 1000, unit_price: 1000, discount: 190, discount_reason: reason, subtotal: 810 },
      { list_price: 1000, discount: 190, discount_reason: "last one", subtotal: 810 },
      { list_price: 1000, discount: 100, discount_reason: null, subtotal: 900 },
    ]);
    expect(await unbalancedSales(shop)).toEqual([]);
  });

  it("needs a reason, and either a percentage or an amount", async () => {
    const { shop, one } = await newCounter();
    const wrong = [
      { percent: 10 },
      { amount: 100 },
      { percent: 10, reason: "  " },
      { reason },
      { percent: 10, amount: 100, reason },
      { percent: 0, reason },
      { percent: 100.001, reason },
      { percent: 1.0001, reason },
      { amount: 0, reason },
      { amount: -1, reason },
      { amount: 1.5, reason },
    ];
    for (const discount of wrong) {
      expect((await sellAs(shop.admin, [{ ...one, discount }])).status).toBe(422);
      expect((await sellAs(shop.admin, [one], { discount })).status).toBe(422);
    }
    expect(await salesOf(shop)).toBe(0);
  });

  it("beyond the amount is refused where it is given, and sells nothing", async () => {
    const { shop, one } = await newCounter();
    const line = await sellAs(shop.admin, [one, { ...one, discount: { amount: 1001, reason } }]);
    expect([line.status, line.body.errors[0].pointer]).toEqual([422, "#/items/1/discount"]);
    const sale = await sellAs(shop.admin, [one], { discount: { amount: 1001, reason } });
    expect([sale.status, sale.body.errors[0].pointer]).toEqual([422, "#/discount"]);
    expect(await salesOf(shop)).toBe(0);
  });

  it("of a line too large for exact figures is refused with the line", async () => {
    const { shop, one } = await newCounter({}, 10 ** 9);
    const { body } = await sellAs(shop.admin, [one, { ...one, quantity: 1001 }]);
    expect(body).toMatchObject({ type: "/problems/amount-too-large", errors: [{ pointer: "#/items/1" }] });
  });

  it("of an amount too large for exact figures is refused even if nothing is left to pay", async () => {
    const { shop, one } = await newCounter();
    const huge = { ...one, quantity: 99, unit_price: 10 ** 12, discount: { percent: 100, reason } };
    expect((await sellAs(shop.admin, [huge])).body).toMatchObject({ type: "/problems/amount-too-large" });
    expect(await salesOf(shop)).toBe(0);
  });
});

describe("an EMPLOYEE", () => {
  it("gives discounts up to the limit of the shop; beyond it an approval is required", async () => {
    const { shop, seller, one } = await newCounter({ maxDiscountPercent: 10_000 });
    const line = (discount: object) => sellAs(seller, [{ ...one, discount: { ...discount, reason } }]);
    const sale = (discount: object) => sellAs(seller, [one, one], { discount: { ...discount, reason } });
    expect((await line({ percent: 10 })).status).toBe(201);
    expect((await line({ amount: 100 })).status).toBe(201);
    expect((await sale({ percent: 10 })).status).toBe(201);
    expect((await sale({ amount: 200 })).status).toBe(201);
    for (const refused of [
      await line({ percent: 10.1 }),
      await line({ amount: 101 }),
      await sale({ percent: 10.1 }),
      await sale({ amount: 201 }),
      await sellAs(seller, [{ ...one, discount: { percent: 10, reason } }], {
        discount: { percent: 1, reason },
      }),
    ])
      expect(refused).toMatchObject({ status: 403, body: { type: "/problems/approval-required" } });
    expect((await line({ amount: 101 })).body.detail).toBe(
      "A discount of more than 10 % needs the approval of an ADMIN.",
    );
    expect(await salesOf(shop)).toBe(4);
    expect((await sellAs(shop.admin, [one], { discount: { percent: 100, reason } })).status).toBe(201);
  });

  it("gives the percentage of the limit on each of many lines, although each is rounded up", async () => {
    const { seller, one } = await newCounter({ maxDiscountPercent: 10_000 }, 105);
    const discounted = { ...one, discount: { percent: 10, reason } };
    const { status, body } = await sellAs(seller, [discounted, discounted, discounted]);
    expect([status, body.discount]).toEqual([201, 33]);
    expect((await sellAs(seller, [one, one, one], { discount: { percent: 10, reason } })).body.discount).toBe(
      32,
    );
  });

  it("gives no more than the limit on a line, though other lines have none", async () => {
    const { seller, one } = await newCounter({ maxDiscountPercent: 10_000 }, 1000);
    const by = (amount: number) => sellAs(seller, [{ ...one, discount: { amount, reason } }, one]);
    expect((await by(100)).status).toBe(201);
    expect((await by(101)).body.type).toBe("/problems/approval-required");
  });

  it("gives a discount on a higher price than that of the product, as on the product's own", async () => {
    const { seller, one } = await newCounter({ maxDiscountPercent: 10_000 }, 0);
    const open = { ...one, unit_price: 5000, discount: { percent: 10, reason } };
    expect((await sellAs(seller, [open])).body).toMatchObject({ total: 4500, discount: 500 });
  });

  it("changes prices where the shop allows it, else an approval is required; an ADMIN always does", async () => {
    const { shop, seller, one } = await newCounter({ allowPriceOverride: false });
    for (const unit_price of [999, 1001, 0])
      expect((await sellAs(seller, [{ ...one, unit_price }])).body.type).toBe("/problems/approval-required");
    expect((await sellAs(seller, [{ ...one, unit_price: 1000 }])).status).toBe(201);
    expect((await sellAs(shop.admin, [{ ...one, unit_price: 1 }])).body).toMatchObject({
      total: 1,
      items: [{ list_price: 1000, unit_price: 1 }],
    });
    await change("UPDATE tenants SET allow_price_override = 1 WHERE id = ?", shop.tenant.id);
    expect((await sellAs(seller, [{ ...one, unit_price: 1 }])).status).toBe(201);
  });

  it("sells what an ADMIN approves with their PIN, who is named in the sale and in the audit, without the PIN", async () => {
    const { shop, seller, one } = await newCounter({ maxDiscountPercent: 0, allowPriceOverride: false });
    await storePin(shop.tenant, shop.admin);
    const cheap = [{ ...one, unit_price: 900, discount: { percent: 50, reason } }, one];
    const { status, body } = await sellAs(seller, cheap, approvalBy(shop.admin));
    expect(status).toBe(201);
    expect(body).toMatchObject({ total: 1450, approved_by: shop.admin.id, seller_id: seller.id });
    const entries = await rowsOf(
      "SELECT actor_id, entity_id, after FROM audit_log WHERE tenant_id = ? AND action = 'sale.approved'",
      shop.tenant.id,
    );
    expect(entries).toMatchObject([{ actor_id: seller.id, entity_id: body.id }]);
    expect(JSON.parse(String(entries[0]?.after))).toEqual({
      approved_by: shop.admin.id,
      discount: 450,
      prices: [{ product_id: one.product_id, list_price: 1000, unit_price: 900 }],
    });
  });

  it("sells nothing with a wrong PIN, or the approval of an EMPLOYEE, of a blocked ADMIN or of another shop's", async () => {
    const { shop, seller, one } = await newCounter({ maxDiscountPercent: 0 });
    const other = await newShop();
    const blocked = await newPerson(shop.tenant, "ADMIN");
    const withoutPin = await newPerson(shop.tenant, "ADMIN");
    await change("UPDATE users SET is_active = 0 WHERE id = ?", blocked.id);
    for (const person of [shop.admin, seller, blocked]) await storePin(shop.tenant, person);
    await storePin(other.tenant, other.admin);
    const cheap = [{ ...one, discount: { percent: 50, reason } }];
    const attempts = [
      approvalBy(shop.admin, "9999"),
      ...[seller, blocked, withoutPin, other.admin].map((person) => approvalBy(person)),
    ];
    for (const approval of attempts)
      expect(await sellAs(seller, cheap, approval)).toMatchObject({
        status: 403,
        body: { type: "/problems/invalid-approval" },
      });
    expect(await salesOf(shop)).toBe(0);
  });
});

describe("a price", () => {
  it("of 0 sells for nothing: one payment of 0, a receipt number, stock taken, and nothing to give back but goods", async () => {
    const { shop, seller, one } = await newCounter();
    const { status, body } = await sellAs(seller, [{ ...one, unit_price: 0 }]);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      number: "C-000001",
      total: 0,
      payments: [{ method: "cash", amount: 0 }],
      items: [{ list_price: 1000, unit_price: 0, subtotal: 0 }],
    });
    const refund = await call("POST", `${API}/sales/${body.id}/refunds`, {
      token: seller.token,
      json: { items: [one], reason, restock: true },
    });
    expect(refund.body).toMatchObject({
      number: "R-000001",
      total: 0,
      payments: [{ method: "cash", amount: 0 }],
    });
    expect(await unbalancedSales(shop)).toEqual([]);
    expect(await count("SELECT stock n FROM products WHERE id = ?", one.product_id)).toBe(100_000);
  });

  it("and a discount of all of it are two ways to a free sale, whose tax is 0", async () => {
    const { shop, one } = await newCounter({ includesTax: false, cashRounding: 5 });
    await storeRate(shop, 21_000, true);
    const { body } = await sellAs(shop.admin, [one], { discount: { percent: 100, reason } });
    expect(body).toMatchObject({ total: 0, net: 0, tax: 0, discount: 1000, rounding: 0 });
  });

  it("that is negative, fractional or beyond 10^12 is refused", async () => {
    const { shop, one } = await newCounter();
    for (const unit_price of [-1, 0.5, 10 ** 12 + 1, "5", null])
      expect((await sellAs(shop.admin, [{ ...one, unit_price }])).status).toBe(422);
    expect(await salesOf(shop)).toBe(0);
  });
});

describe("a sale by number", () => {
  it("is found in any case, with and without zeros, and not that of another shop", async () => {
    const { shop, one } = await newCounter();
    const other = await newShop();
    const product = await newProduct(other);
    await sellOne(other.admin.token, product.id);
    const { body: theirs } = await sellOne(other.admin.token, product.id);
    const { body: mine } = await sellAs(shop.admin, [one]);
    const find = async (number: string) =>
      (await call("GET", `${API}/sales?number=${number}`, { token: shop.admin.token })).body;
    for (const number of ["C-000001", "c-000001", "c-1"])
      expect((await find(number)).data).toMatchObject([{ id: mine.id }]);
    expect(theirs.number).toBe("C-000002");
    for (const number of ["C-000002", "R-000001", "A-1"]) expect((await find(number)).data).toEqual([]);
    for (const number of ["C000001", "X-1", "C-", "-1", "C-1234567890123456"])
      expect((await find(number)).status).toBe(422);
  });
});

describe("what an employee may take off without an approval, where the limit is ten percent", () => {
  const limitOf = (discounts: number[], hasSaleDiscount: boolean, undiscounted = 1000) =>
    exceededLimit(
      discounts.map((discount) => ({ list_price: 1000, unit_price: 1000, undiscounted, discount })),
      { max_discount_percent: 10_000, allow_price_override: false },
      hasSaleDiscount,
    );

  it("is ten percent of each line, rounded up", () => {
    expect([[100], [101], [101, 99]].map((lines) => limitOf(lines, false))).toEqual([
      null,
      "discount",
      "discount",
    ]);
    expect([100, 101].map((discount) => limitOf([discount], false, 999))).toEqual([null, "discount"]);
    expect([1, 2].map((discount) => limitOf([discount], false, 1))).toEqual([null, "discount"]);
  });

  it("is ten percent in all of a discount on the sale, of which a line may have one minor unit more", () => {
    const sales = [
      [100, 100],
      [101, 99],
      [102, 98],
      [101, 100],
    ];
    expect(sales.map((lines) => limitOf(lines, true))).toEqual([null, null, "discount", "discount"]);
  });

  it("is no other price, where only an ADMIN may change prices", () => {
    const line = { list_price: 1000, unit_price: 999, undiscounted: 999, discount: 0 };
    const limit = (allow_price_override: boolean) =>
      exceededLimit([line], { max_discount_percent: 0, allow_price_override }, false);
    expect([limit(false), limit(true)]).toEqual(["price", null]);
  });
});
