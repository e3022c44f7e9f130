import { unavailable } from "../../src/platform/problem.ts";
import { refundSale } from "../../src/sales/refund.ts";
import { totalInRange } from "../../src/sales/sale-statements.ts";
import { NewRefund, NewSale, NewWriteOff } from "../../src/sales/schema.ts";
import { sell } from "../../src/sales/sell.ts";
import { MAX_TOTAL } from "../../src/values/money.ts";
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { API, call, costOf } from "../support/client.ts";
import { shopWith, storeRate } from "../support/commerce.ts";
import { between, count, failureOf, rowsOf } from "../support/d1.ts";
import { newPerson, newProduct, newShop, sellOne } from "../support/shops.ts";

describe("a counter sale", () => {
  it("decrements the stock, computes the total from the price of the product and names the seller", async () => {
    const shop = await newShop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const product = await newProduct(shop, { price: 1295, stock: 10 });
    const sale = await sellOne(seller.token, product.id, 3);
    expect(sale.status).toBe(201);
    expect(sale.body).toMatchObject({
      total: 3885,
      units: 3,
      lines: 1,
      seller_id: seller.id,
      currency: "EUR",
      kind: "sale",
    });
    expect(sale.body.items[0]).toMatchObject({ quantity: 3, unit_price: 1295, subtotal: 3885 });
    const after = await call("GET", `${API}/products/${product.id}`, { token: seller.token });
    expect(after.body.stock).toBe(7);
  });

  it("makes at most two round trips to D1", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { stock: 10 });
    const sale = await sellOne(shop.admin.token, product.id, 1, { "idempotency-key": "k" });
    expect(costOf(sale).queries).toBe(2);
  });

  it("writes at most 16 rows, on shift and under a key, and the first of a day one more than the next", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    await call("POST", `${API}/shifts/start`, { token });
    const product = await newProduct(shop, { stock: 10 });
    const written = async (key: string) =>
      costOf(await sellOne(token, product.id, 1, { "idempotency-key": key })).written;
    const [first, second] = [await written("1"), await written("2")];
    expect(first).toBeLessThanOrEqual(16);
    expect(second).toBe(first - 1);
  });

  it("costs the same in a shop with hundreds of products", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { stock: 10 });
    const before = costOf(await sellOne(shop.admin.token, product.id));
    const others = JSON.stringify(Array.from({ length: 300 }, (_, index) => `OTHER-${index}`));
    await env.DB.prepare(
      `INSERT INTO products (tenant_id, id, sku, title, price, stock, created_at, updated_at)
       SELECT ?, value, value, value, 100, 5000, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z' FROM json_each(?)`,
    )
      .bind(shop.tenant.id, others)
      .run();
    const after = costOf(await sellOne(shop.admin.token, product.id));
    expect(after.read).toBeLessThan(before.read + 10);
    expect(after.read).toBeLessThan(60);
    expect(after.written).toBeLessThanOrEqual(14);
  });

  it("of more than the stock changes nothing and reports the available units", async () => {
    const shop = await newShop();
    const scarce = await newProduct(shop, { stock: 1 });
    const plenty = await newProduct(shop, { stock: 100 });
    const items = [
      { product_id: plenty.id, quantity: 5 },
      { product_id: scarce.id, quantity: 2 },
    ];
    const answer = await call("POST", `${API}/sales`, { token: shop.admin.token, json: { items } });
    expect(answer.status).toBe(409);
    expect(answer.body.type).toBe("/problems/out-of-stock");
    expect(answer.body.items).toEqual([{ product_id: scarce.id, requested: 2, available: 1 }]);
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
    expect(
      await count(
        "SELECT count(*) n FROM events WHERE tenant_id = ? AND type <> 'product.created'",
        shop.tenant.id,
      ),
    ).toBe(0);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", plenty.id)).toBe(100);
  });

  it("checks the stock of a product on two lines against their sum", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { stock: 3 });
    const twice = (quantity: number) => [
      { product_id: product.id, quantity },
      { product_id: product.id, quantity },
    ];
    const sell = (quantity: number) =>
      call("POST", `${API}/sales`, { token: shop.admin.token, json: { items: twice(quantity) } });
    expect((await sell(2)).status).toBe(409);
    expect((await sell(1)).body).toMatchObject({ units: 2, lines: 2 });
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", product.id)).toBe(1);
  });

  it("sent a hundred times at once for forty units sells forty, rejects sixty and leaves no stock", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { stock: 40 });
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => sellOne(shop.admin.token, product.id)),
    );
    const statuses = Map.groupBy(answers, (answer) => answer.status);
    expect(statuses.get(201)?.length).toBe(40);
    expect(statuses.get(409)?.length).toBe(60);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", product.id)).toBe(0);
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(40);
    expect(
      await count(
        "SELECT count(*) n FROM events WHERE tenant_id = ? AND type <> 'product.created'",
        shop.tenant.id,
      ),
    ).toBe(40);
    expect(
      await count("SELECT sum(delta) / 1000.0 n FROM stock_moves WHERE tenant_id = ?", shop.tenant.id),
    ).toBe(0);
  });

  it("rejects a product of another shop, a hidden product and an unknown customer, and changes nothing", async () => {
    const shop = await newShop();
    const other = await newShop();
    const foreign = await newProduct(other, { stock: 5 });
    const hidden = await newProduct(shop, { stock: 5 });
    await call("DELETE", `${API}/products/${hidden.id}`, { token: shop.admin.token });
    for (const product of [foreign, hidden]) {
      const answer = await sellOne(shop.admin.token, product.id);
      expect(answer.status).toBe(404);
      expect(answer.body.errors[0].pointer).toBe("#/items/0/product_id");
    }
    const known = await newProduct(shop);
    const answer = await call("POST", `${API}/sales`, {
      token: shop.admin.token,
      json: { items: [{ product_id: known.id, quantity: 1 }], customer_id: other.admin.id },
    });
    expect(answer.body.type).toBe("/problems/unknown-customer");
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  });

  it("beyond 10^12 minor units is rejected, so that sums of sales stay exact", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { price: MAX_TOTAL });
    expect((await sellOne(shop.admin.token, product.id, 1)).body.total).toBe(MAX_TOTAL);
    expect((await sellOne(shop.admin.token, product.id, 2)).body.type).toBe("/problems/amount-too-large");
  });

  it("records its event in the outbox with the sale as clients see it", async () => {
    const shop = await newShop();
    const product = await newProduct(shop);
    const { body } = await sellOne(shop.admin.token, product.id);
    const event = await env.DB.prepare(
      "SELECT type, payload FROM events WHERE tenant_id = ? AND type <> 'product.created'",
    )
      .bind(shop.tenant.id)
      .first<{ type: string; payload: string }>();
    expect(event?.type).toBe("sale.completed");
    expect(JSON.parse(event?.payload ?? "")).toEqual(body);
    expect(body).toMatchObject({ offline: false, is_void: false, restocked: false });
  });
});

it("a sale repeated under its key is the same one if it says what it was paid by, and refused with another method", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop);
  const repeated = (fields: object) =>
    call("POST", `${API}/sales`, {
      token: shop.admin.token,
      headers: { "idempotency-key": "k" },
      json: { items: [{ product_id: id, quantity: 1 }], ...fields },
    });
  const first = await repeated({});
  expect((await repeated({ payment_method: "cash" })).body).toEqual(first.body);
  for (const other of [{ payment_method: "card" }, { payments: [{ method: "cash", amount: 1000 }] }])
    expect((await repeated(other)).body.type).toBe("/problems/idempotency-mismatch");
});

it("the events of a sale and of a refund have their numbers", async () => {
  const shop = await newShop();
  const { id: product_id } = await newProduct(shop);
  const items = [{ product_id, quantity: 1000 }];
  const ctx = shop.admin.ctx();
  const { value } = await sell(ctx, { items }, undefined);
  expect(ctx.outbox).toMatchObject([{ type: "sale.completed", number: "C-000001" }]);
  const later = shop.admin.ctx();
  await refundSale(later, value.id, { items, reason: "torn", restock: false }, undefined);
  expect(later.outbox).toMatchObject([{ type: "sale.refunded", number: "R-000001" }]);
});

it("a sale has its event to deliver also if the answer of its batch was lost, and none if it was rejected", async () => {
  const shop = await newShop();
  const { id: product_id } = await newProduct(shop);
  const input = { items: [{ product_id, quantity: 1000 }] };
  // The first batch reads.
  const lost = between(shop.admin.ctx(), {
    after: (nth) => {
      if (nth === 2) throw unavailable(new Error("network connection lost"));
    },
  });
  expect(await failureOf(sell(lost, input, undefined))).toMatchObject({ slug: "unavailable" });
  expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(1);
  expect(lost.outbox).toMatchObject([{ type: "sale.completed" }]);
  const rejected = between(shop.admin.ctx(), {
    change: (_, statements) => [...statements, sql`INSERT INTO sales (id) VALUES (NULL)`],
  });
  expect(String(await failureOf(sell(rejected, input, undefined)))).toContain("NOT NULL");
  expect(rejected.outbox).toEqual([]);
});

it("a sale, a refund and a write-off have at most a hundred items", () => {
  const items = (length: number) =>
    Array.from({ length }, () => ({ product_id: crypto.randomUUID(), quantity: 1 }));
  const writeOff = {
    client_id: crypto.randomUUID(),
    sold_at: "2026-11-22T20:00:00Z",
    total: 1000,
    reason: "rung up again",
  };
  const accepted = (length: number) => [
    NewSale.safeParse({ items: items(length) }).success,
    NewRefund.safeParse({ items: items(length), reason: "torn" }).success,
    NewWriteOff.safeParse({ ...writeOff, items: items(length) }).success,
  ];
  expect([0, 1, 100, 101].map(accepted)).toEqual([
    [false, false, false],
    [true, true, true],
    [true, true, true],
    [false, false, false],
  ]);
});

describe("a sale to a customer", () => {
  const refusal = { slug: "unknown-customer", status: 404 };

  it("whose account was erased is refused, and sells nothing", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const { id } = await newProduct(shop, { stock: 5 });
    const json = { items: [{ product_id: id, quantity: 1 }], customer_id: customer.id };
    expect((await call("POST", `${API}/sales`, { token, json })).status).toBe(201);
    expect((await call("DELETE", `${API}/users/${customer.id}`, { token })).status).toBe(204);
    const { body } = await call("POST", `${API}/sales`, { token, json });
    expect(body).toMatchObject({
      type: "/problems/unknown-customer",
      errors: [{ pointer: "#/customer_id" }],
    });
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", id)).toBe(4);
  });

  it("who is erased in the middle of the sale is refused too", async () => {
    const shop = await newShop();
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const { id } = await newProduct(shop, { stock: 5 });
    const before = async (nth: number): Promise<void> => {
      if (nth === 2) await call("DELETE", `${API}/users/${customer.id}`, { token: shop.admin.token });
    };
    const sale = sell(
      between(shop.admin.ctx(), { before }),
      { items: [{ product_id: id, quantity: 1000 }], payment_method: "cash", customer_id: customer.id },
      undefined,
    );
    expect(await failureOf(sale)).toMatchObject(refusal);
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", id)).toBe(5);
  });
});

it("a sale marks the tax rates that it was made with as used, and no others", async () => {
  const shop = await shopWith({});
  const used = await storeRate(shop, 21_000);
  await storeRate(shop, 4000);
  const { id } = await newProduct(shop, { tax_rate_id: used });
  const marked = () => rowsOf("SELECT id FROM tax_rates WHERE tenant_id = ? AND is_used = 1", shop.tenant.id);
  expect(await marked()).toEqual([]);
  await sellOne(shop.admin.token, id);
  expect(await marked()).toEqual([{ id: used }]);
});

it("a sale may be as large as the largest amount before its discounts, and no larger", async () => {
  const [half, quarter] = [MAX_TOTAL / 2, MAX_TOTAL / 4];
  expect(totalInRange([{ discount: 0, subtotal: MAX_TOTAL }])).toBe(MAX_TOTAL);
  expect(
    totalInRange([
      { discount: half, subtotal: quarter },
      { discount: 0, subtotal: quarter },
    ]),
  ).toBe(half);
  for (const lines of [
    [{ discount: 1, subtotal: MAX_TOTAL }],
    [
      { discount: 0, subtotal: half },
      { discount: 0, subtotal: half + 1 },
    ],
    [
      { discount: half, subtotal: quarter },
      { discount: 0, subtotal: quarter + 1 },
    ],
  ])
    expect(await failureOf(Promise.resolve(lines).then(totalInRange))).toMatchObject({
      slug: "amount-too-large",
    });
});
