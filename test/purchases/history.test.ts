import { beforeAll, describe, expect, it } from "vitest";
import { sell } from "../../src/sales/sell.ts";
import { refundSale } from "../../src/sales/refund.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { bookshop, buyOne, confirm } from "../support/purchases.ts";
import { pagesOf } from "../support/pages.ts";
import { newPerson, newProduct, sellOne, type Person, type Shop } from "../support/shops.ts";

const get = ({ token }: Person, path: string) => call("GET", `${API}/purchases${path}`, { token });
const refundOf = (product: { id: string }, units: number) => ({
  items: [{ product_id: product.id, quantity: units * 1000 }],
  reason: "torn",
  restock: false,
});

describe("my purchases", () => {
  let shop: Shop;
  let me: Person;
  let other: Person;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    const { buyer, book, ...rest } = await bookshop({ stock: 100 });
    [shop, me] = [rest.shop, buyer];
    other = await newPerson(shop.tenant, "CUSTOMER");
    const buy = async (name: string, person = me) => {
      ids[name] = (await buyOne(person.token, book.id, 2)).body.id;
    };
    await buy("pending");
    await buy("cancelled");
    await call("POST", `${API}/purchases/${ids["cancelled"]}/cancel`, { token: me.token });
    await buy("completed");
    await confirm(shop, ids["completed"] ?? "");
    await buy("partly");
    await buy("refunded");
    for (const [name, units] of [
      ["partly", 1],
      ["refunded", 2],
    ] as const) {
      await confirm(shop, ids[name] ?? "");
      await refundSale(shop.admin.ctx(), ids[name] ?? "", refundOf(book, units), undefined);
    }
    await buy("theirs", other);
    const items = [{ product_id: book.id, quantity: 1000 }];
    const then = new Date("2026-03-04T10:00:00Z");
    const sold = await sell(
      shop.admin.ctx(then),
      { items, payment_method: "cash", customer_id: me.id },
      undefined,
    );
    ids["counter"] = sold.value.id;
    await sellOne(shop.admin.token, book.id);
  });

  const names = async (query: string, person = me) => {
    const { status, body } = await get(person, `?${query}`);
    expect(status).toBe(200);
    return body.data.map((row: { id: string }) => Object.keys(ids).find((name) => ids[name] === row.id));
  };

  it("are newest first and only the caller's, including counter sales in their name", async () => {
    expect(await names("")).toEqual(["refunded", "partly", "completed", "cancelled", "pending", "counter"]);
    expect(await names("", other)).toEqual(["theirs"]);
    expect((await get(other, "")).body.data[0].number).toMatch(/^A-\d+$/);
    expect(await names("", shop.admin)).toEqual([]);
  });

  it.each([
    ["status=pending", ["pending"]],
    ["status=cancelled", ["cancelled"]],
    ["status=completed", ["partly", "completed", "counter"]],
    ["status=refunded", ["refunded"]],
    ["to=2026-03-04", ["counter"]],
    ["from=2026-03-04&to=2026-03-04", ["counter"]],
    ["from=2026-03-05&status=completed", ["partly", "completed"]],
  ])("can be filtered by %s", async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it("are paged, each once, in one round trip", async () => {
    const listed: unknown[] = [];
    await pagesOf(async (cursor) => {
      const response = await get(me, `?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`);
      expect(costOf(response).queries).toBe(1);
      listed.push(...response.body.data.map((row: { id: string }) => row.id));
      return response.body;
    });
    expect(listed.length).toBe(6);
    expect(new Set(listed).size).toBe(6);
    const { body } = await get(me, "?limit=2");
    expect((await get(other, `?limit=2&cursor=${body.next_cursor}`)).status).toBe(422);
  });

  it("end with the last day of the range on later pages too", async () => {
    const { body } = await get(me, "?limit=1");
    const later = await get(me, `?to=2026-03-04&cursor=${body.next_cursor}`);
    expect(later.body.data.map((row: { id: string }) => row.id)).toEqual([ids["counter"]]);
  });

  it("do not include imported sales whose CustomerID is the caller's id", async () => {
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const done = await importFile(shop, fileOf([{ invoice: "870001", customer: customer.id }]));
    expect(done.rows_accepted).toBe(1);
    const [sale] = await rowsOf(
      "SELECT id, customer_id, customer_ref FROM sales WHERE tenant_id = ? AND external_ref = '870001'",
      shop.tenant.id,
    );
    expect(sale?.["customer_ref"]).toBe(customer.id);
    expect(sale?.["customer_id"]).not.toBe(customer.id);
    expect((await get(customer, "")).body.data).toEqual([]);
    expect((await get(customer, `/${String(sale?.["id"])}`)).status).toBe(404);
    expect((await get(customer, "/analytics/summary")).body).toMatchObject({ orders: 0, by_category: [] });
  });

  it("are found by id, and only by their buyer", async () => {
    const purchase = await get(me, `/${ids["partly"]}`);
    expect(purchase.body).toMatchObject({
      status: "completed",
      number: expect.stringMatching(/^A-\d+$/),
      items: [{ quantity: 2, refunded: 1 }],
      payment: { provider: "manual", status: "paid" },
    });
    expect(purchase.body).not.toHaveProperty("seller_id");
    expect((await get(me, `/${ids["refunded"]}`)).body).toMatchObject({
      status: "refunded",
      payment: { status: "refunded" },
    });
    expect((await get(me, `/${ids["counter"]}`)).body).toMatchObject({
      channel: "counter",
      number: "C-000001",
    });
    for (const person of [other, shop.admin])
      expect((await get(person, `/${ids["partly"]}`)).status).toBe(404);
    expect((await get(me, `/${ids["theirs"]}`)).status).toBe(404);
  });

  it("add up to a summary: completed ones, net of refunds, by category and by month", async () => {
    const { body } = await get(me, "/analytics/summary");
    expect(body).toMatchObject({
      currency: "EUR",
      orders: 4,
      units: 4,
      spend: 4000,
      refunded: 3000,
      average: 1000,
      by_category: [{ category: null, units: 4, spend: 4000 }],
    });
    expect(body.by_month).toMatchObject([
      { month: "2026-03", orders: 1, spend: 1000 },
      { orders: 3, spend: 3000 },
    ]);
    const march = await get(me, "/analytics/summary?from=2026-03-01&to=2026-03-31");
    expect(march.body).toMatchObject({ orders: 1, spend: 1000, refunded: 0 });
    expect((await get(other, "/analytics/summary")).body).toMatchObject({
      orders: 0,
      spend: 0,
      average: 0,
      by_month: [],
    });
  });

  it("are refunded in the month of the refund, which may have no purchase", async () => {
    const reader = await newPerson(shop.tenant, "CUSTOMER");
    const book = await newProduct(shop, { price: 1000, category: "Poetry" });
    const ctx = shop.admin.ctx(new Date("2026-03-04T10:00:00Z"));
    const items = [{ product_id: book.id, quantity: 3000 }];
    const { value: sale } = await sell(ctx, { items, customer_id: reader.id }, undefined);
    const { value: back } = await refundSale(shop.admin.ctx(), sale.id, refundOf(book, 2), undefined);
    const summary = async (query = "") => (await get(reader, `/analytics/summary${query}`)).body;
    expect(await summary()).toMatchObject({
      orders: 1,
      units: 1,
      spend: 1000,
      refunded: 2000,
      average: 1000,
      by_category: [{ category: "Poetry", units: 1, spend: 1000 }],
      by_month: [
        { month: "2026-03", orders: 1, spend: 3000 },
        { month: back.day.slice(0, 7), orders: 0, spend: -2000 },
      ],
    });
    expect(await summary(`?from=${back.day}`)).toMatchObject({
      orders: 0,
      units: -2,
      spend: -2000,
      refunded: 2000,
      average: 0,
      by_category: [{ category: "Poetry", units: -2, spend: -2000 }],
    });
  });

  it("list the categories with the highest spend first, then by name, in one round trip", async () => {
    const reader = await newPerson(shop.tenant, "CUSTOMER");
    for (const [category, price] of [
      ["Poetry", 300],
      ["Novel", 900],
      ["Poetry", 100],
      ["Art", 400],
    ] as const) {
      const { id } = await newProduct(shop, { category, price });
      await confirm(shop, (await buyOne(reader.token, id, 2)).body.id);
    }
    const response = await get(reader, "/analytics/summary");
    expect(response.body.by_category).toEqual([
      { category: "Novel", units: 2, spend: 1800 },
      { category: "Art", units: 2, spend: 800 },
      { category: "Poetry", units: 4, spend: 800 },
    ]);
    expect(costOf(response).queries).toBe(1);
  });
});

describe("a summary beyond what JSON can represent", () => {
  it.each([2, 1100])("is clamped to the largest amount: %d purchases of 2^53 - 1 each", async (purchases) => {
    const { shop, buyer, book } = await bookshop();
    await confirm(shop, (await buyOne(buyer.token, book.id)).body.id);
    const ids = JSON.stringify(Array.from({ length: purchases - 1 }, (_, index) => `more-${index}`));
    await change(
      `INSERT INTO sales (tenant_id, id, kind, channel, status, customer_id, total, units, lines, placed_at, day, created_at)
        SELECT tenant_id, value, kind, channel, status, customer_id, total, units, lines, placed_at,
          iif(value = 'more-0', '2026-01-01', day), created_at
        FROM sales, json_each(?) WHERE tenant_id = ?`,
      ids,
      shop.tenant.id,
    );
    await change(
      `INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price, subtotal)
        SELECT tenant_id, value, 1, product_id, sku, description, quantity, unit_price, subtotal
        FROM sale_lines, json_each(?) WHERE tenant_id = ?`,
      ids,
      shop.tenant.id,
    );
    // Beyond the limit of a sale: sums of this size would otherwise take thousands of sales.
    await change("UPDATE sales SET total = 9007199254740991 WHERE tenant_id = ?", shop.tenant.id);
    await change("UPDATE sale_lines SET subtotal = 9007199254740991 WHERE tenant_id = ?", shop.tenant.id);
    const { status, body } = await get(buyer, "/analytics/summary");
    expect(status).toBe(200);
    const most = Number.MAX_SAFE_INTEGER;
    expect(body).toMatchObject({ orders: purchases, spend: most, by_category: [{ spend: most }] });
    expect(body.by_month).toMatchObject([{ spend: most }, { spend: most }]);
  });
});
