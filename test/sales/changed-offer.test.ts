// What a sale is priced with changes exactly between its read and its batch, or after the sale from which the isolate remembers it:
// it is priced anew, or nothing is sold.
import { describe, expect, it } from "vitest";
import { forgetOffers } from "../../src/sales/remembered-offer.ts";
import { sell } from "../../src/sales/sell.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { shopWith, storeRate, unbalancedSales } from "../support/commerce.ts";
import { between, count, failureOf } from "../support/d1.ts";
import { newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";

const stockOf = (id: string) => count("SELECT stock n FROM products WHERE id = ?", id);

/** The context of the ADMIN, in which `work` happens after the sale was read and before it is written. */
const interrupted = ({ admin }: Shop, work: () => Promise<unknown>) => {
  forgetOffers();
  return between(admin.ctx(), {
    before: async (nth) => {
      if (nth === 2) await work();
    },
  });
};

describe("a change between the read of a sale and its batch", () => {
  const item = (product: { id: string }, quantity = 1000) => ({
    items: [{ product_id: product.id, quantity }],
  });

  const sellDuring = (
    shop: Shop,
    input: Parameters<typeof sell>[1],
    queries: string | string[],
    ...values: unknown[]
  ) =>
    sell(
      interrupted(shop, async () => {
        for (const query of [queries].flat()) await change(query, ...values);
      }),
      input,
      undefined,
    );

  const nothingSold = async (shop: Shop) => {
    for (const table of ["sales", "sale_lines", "sale_payments", "stock_discrepancies", "dirty_days"])
      expect(await count(`SELECT count(*) n FROM ${table} WHERE tenant_id = ?`, shop.tenant.id)).toBe(0);
  };

  it("of the tax rate, or of which rate is the product's or the default, prices the sale with the new tax", async () => {
    const shop = await shopWith({});
    await storeRate(shop, 21_000, true);
    const low = await storeRate(shop, 4000);
    const product = await newProduct(shop, { price: 1210 });
    const taxed = { total: 1210, tax: 47, net: 1163, items: [{ tax_rate_id: low, tax_rate: 4000, tax: 47 }] };
    const own = "UPDATE products SET tax_rate_id = ? WHERE id = ?";
    expect((await sellDuring(shop, item(product), own, low, product.id)).value).toMatchObject(taxed);
    await change(own, null, product.id);
    const byDefault = [
      "UPDATE tax_rates SET is_default = 0 WHERE tenant_id = ?1 AND id <> ?2",
      "UPDATE tax_rates SET is_default = 1 WHERE tenant_id = ?1 AND id = ?2",
    ];
    expect((await sellDuring(shop, item(product), byDefault, shop.tenant.id, low)).value).toMatchObject(
      taxed,
    );
    const unused = await storeRate(shop, 21_000);
    await change(own, unused, product.id);
    const rate = "UPDATE tax_rates SET rate = 10000 WHERE id = ?";
    expect((await sellDuring(shop, item(product), rate, unused)).value).toMatchObject({
      tax: 110,
      items: [{ tax_rate_id: unused, tax_rate: 10_000, tax: 110 }],
    });
    expect(await unbalancedSales(shop)).toEqual([]);
  });

  it("of the price answers what is due now where the payments named the old amount, and sells nothing", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { price: 1000, stock: 5 });
    const input = { ...item(product), payments: [{ method: "card", amount: 1000 }] };
    const raised = "UPDATE products SET price = 1100 WHERE id = ?";
    expect(await failureOf(sellDuring(shop, input, raised, product.id))).toMatchObject({
      slug: "payments-mismatch",
      extra: { total: 1100 },
    });
    await nothingSold(shop);
    expect(await stockOf(product.id)).toBe(5000);
  });

  it("of the unit sells in the new unit, or refuses a part of a piece", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { unit: "kg", stock: 5 });
    const pieces = "UPDATE products SET unit = 'piece' WHERE id = ?";
    expect(await failureOf(sellDuring(shop, item(product, 350), pieces, product.id))).toMatchObject({
      slug: "invalid",
      extra: { errors: [{ pointer: "#/items/0/quantity" }] },
    });
    await nothingSold(shop);
    const litres = "UPDATE products SET unit = 'l' WHERE id = ?";
    expect((await sellDuring(shop, item(product), litres, product.id)).value.items).toMatchObject([
      { unit: "l" },
    ]);
  });

  it.each([
    ["whether prices include tax", "UPDATE tenants SET prices_include_tax = 0 WHERE id = ?"],
    ["the currency", "UPDATE tenants SET currency = 'CHF' WHERE id = ?"],
  ])("of %s answers conflict, and sells nothing", async (_name, query) => {
    const shop = await shopWith({});
    await storeRate(shop, 21_000, true);
    const product = await newProduct(shop, { stock: 5 });
    expect(await failureOf(sellDuring(shop, item(product), query, shop.tenant.id))).toMatchObject({
      slug: "conflict",
    });
    await nothingSold(shop);
    expect(await stockOf(product.id)).toBe(5000);
  });
});

describe("a sale of products that the isolate remembers", () => {
  async function shopThatSold() {
    const shop = await shopWith({ maxDiscountPercent: 10_000 });
    await storeRate(shop, 21_000, true);
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    await call("POST", `${API}/shifts/start`, { token: seller.token, json: {} });
    const product = await newProduct(shop, { price: 1210, stock: 9, unit: "kg" });
    const sale = (fields: object = {}, quantity = 1) =>
      call("POST", `${API}/sales`, {
        token: seller.token,
        json: { items: [{ product_id: product.id, quantity }], ...fields },
      });
    const first = await sale();
    expect(first.body).toMatchObject({ total: 1210, tax: 210 });
    return { shop, seller, product, sale };
  }

  it("takes one round trip", async () => {
    const { sale } = await shopThatSold();
    expect(costOf(await sale()).queries).toBe(1);
  });

  it.each([
    ["price", "UPDATE products SET price = 2420 WHERE id = ?1 OR ?2 = ''", { total: 2420, tax: 420 }],
    [
      "tax rate",
      "UPDATE tax_rates SET rate = 10000 WHERE tenant_id = ?2 OR id = ?1",
      { total: 1210, tax: 110 },
    ],
    ["unit", "UPDATE products SET unit = 'l' WHERE id = ?1 OR ?2 = ''", { items: [{ unit: "l" }] }],
    [
      "cash rounding",
      "UPDATE tenants SET cash_rounding = 100 WHERE id = ?2 OR id = ?1",
      { total: 1210, rounding: -10 },
    ],
  ])("has the %s that changed since", async (_name, query, expected) => {
    const { shop, product, sale } = await shopThatSold();
    await change("UPDATE tax_rates SET is_used = 0 WHERE tenant_id = ?", shop.tenant.id);
    await change(query, product.id, shop.tenant.id);
    const sold = await sale();
    expect([sold.status, sold.body]).toEqual([201, expect.objectContaining({ number: "C-000002" })]);
    expect(sold.body).toMatchObject(expected);
    expect(costOf(await sale()).queries).toBe(1);
    expect(await unbalancedSales(shop)).toEqual([]);
  });

  it("is made to a customer with the rules of the shop that hold now", async () => {
    const { shop, sale } = await shopThatSold();
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    await change("UPDATE tenants SET cash_rounding = 100 WHERE id = ?", shop.tenant.id);
    expect((await sale({ customer_id: customer.id })).body).toMatchObject({
      customer_id: customer.id,
      rounding: -10,
    });
  });

  it("is refused for the reason that holds now, and allowed where it holds no more", async () => {
    const { shop, seller, product, sale } = await shopThatSold();
    const discount = { discount: { percent: 5, reason: "dented" } };
    expect((await sale(discount)).status).toBe(201);
    const setRules = (percent: number) =>
      change("UPDATE tenants SET max_discount_percent = ? WHERE id = ?", percent, shop.tenant.id);
    const typeOf = async (answer: Promise<{ body: { type?: string } }>) => (await answer).body.type;
    await setRules(0);
    expect(await typeOf(sale(discount))).toBe("/problems/approval-required");
    await setRules(5000);
    expect((await sale(discount)).status).toBe(201);
    expect(await typeOf(sale({}, 100))).toBe("/problems/out-of-stock");
    await change("UPDATE tenants SET oversell = 'allow' WHERE id = ?", shop.tenant.id);
    expect((await sale({}, 100)).status).toBe(201);
    const cheque = { payment_method: "cheque" };
    expect(await typeOf(sale(cheque))).toBe("/problems/invalid");
    const methods = JSON.stringify([{ method: "cheque", name: "Cheque" }]);
    await change("UPDATE tenants SET payment_methods = ? WHERE id = ?", methods, shop.tenant.id);
    expect((await sale(cheque)).status).toBe(201);
    await change("UPDATE products SET is_active = 0 WHERE id = ?", product.id);
    expect(await typeOf(sale())).toBe("/problems/unknown-product");
    await change("UPDATE products SET is_active = 1 WHERE id = ?", product.id);
    expect(await typeOf(sale({ customer_id: crypto.randomUUID() }))).toBe("/problems/unknown-customer");
    await change("UPDATE tenants SET require_shift_to_sell = 1 WHERE id = ?", shop.tenant.id);
    await call("POST", `${API}/shifts/end`, { token: seller.token, json: {} });
    expect(await typeOf(sale())).toBe("/problems/no-open-shift");
    expect(await unbalancedSales(shop)).toEqual([]);
  });

  it("is refused for what it has of its own: its time, its seller, its approval, a part of a piece", async () => {
    const { shop, seller, sale } = await shopThatSold();
    const future = await sale({ sold_at: new Date(Date.now() + 60_000).toISOString() });
    expect([future.status, future.body.errors?.[0].pointer]).toEqual([422, "#/sold_at"]);
    expect((await sale({ seller_id: shop.admin.id })).body.type).toBe("/problems/forbidden");
    const approval = { user_id: shop.admin.id, pin: "48217094" };
    expect((await sale({ approval })).body.type).toBe("/problems/invalid-approval");
    const { id: product_id } = await newProduct(shop);
    const sellSome = (quantity: number) =>
      call("POST", `${API}/sales`, { token: seller.token, json: { items: [{ product_id, quantity }] } });
    expect((await sellSome(2)).status).toBe(201);
    const part = await sellSome(0.5);
    expect([part.status, part.body.errors?.[0].pointer]).toEqual([422, "#/items/0/quantity"]);
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(2);
  });

  it("is a conflict if the shop has changed whether its prices include tax since the request began", async () => {
    const { shop, seller, product } = await shopThatSold();
    const ctx = seller.ctx();
    await change("UPDATE tenants SET prices_include_tax = 0 WHERE id = ?", shop.tenant.id);
    expect(
      await failureOf(sell(ctx, { items: [{ product_id: product.id, quantity: 1000 }] }, undefined)),
    ).toMatchObject({ slug: "conflict", message: expect.stringContaining("Read the prices again.") });
    expect(await stockOf(product.id)).toBe(8000);
  });

  it("is not made twice under its key, which is found in two round trips", async () => {
    const { shop, seller, product } = await shopThatSold();
    const headers = { "idempotency-key": crypto.randomUUID() };
    const json = { items: [{ product_id: product.id, quantity: 8 }] };
    const post = () => call("POST", `${API}/sales`, { token: seller.token, headers, json });
    const first = await post();
    const again = await post();
    expect(again.body).toEqual(first.body);
    expect(costOf(again).queries).toBe(2);
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(2);
  });

  it("of another shop is unknown", async () => {
    const { product } = await shopThatSold();
    const { seller } = await shopThatSold();
    const json = { items: [{ product_id: product.id, quantity: 1 }] };
    const answer = await call("POST", `${API}/sales`, { token: seller.token, json });
    expect([answer.status, answer.body.type]).toEqual([404, "/problems/unknown-product"]);
  });
});
