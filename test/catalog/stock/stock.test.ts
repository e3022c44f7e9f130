import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { changeStock } from "../../../src/catalog/stock/stock.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { between, count, failureOf, rowsOf } from "../../support/d1.ts";
import { importFile } from "../../support/imports.ts";
import { newPerson, newProduct, newShop, sellOne, type Shop } from "../../support/shops.ts";
import { countByStatus } from "../../support/count-by-status.ts";

const move = (shop: Shop, id: string, json: Record<string, unknown>, headers: Record<string, string> = {}) =>
  call("POST", `${API}/products/${id}/stock`, {
    token: shop.admin.token,
    headers,
    json: { reason: "correction", ...json },
  });

const stockOf = (id: string) => count("SELECT stock / 1000.0 n FROM products WHERE id = ?", id);
const moved = (id: string) =>
  count("SELECT coalesce(sum(delta), 0) / 1000.0 n FROM stock_moves WHERE product_id = ?", id);
const moves = (id: string) =>
  rowsOf(
    "SELECT delta / 1000.0 AS delta, reason, reference, actor_id FROM stock_moves WHERE product_id = ? ORDER BY id",
    id,
  );

describe("a move of stock", () => {
  it("by a delta adds or subtracts, and is recorded with reason, reference and user", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 10 });
    const received = await move(shop, id, { delta: 5, reason: "received", reference: "note 4711" });
    expect(received.status).toBe(201);
    expect(received.body).toMatchObject({
      product_id: id,
      delta: 5,
      stock: 15,
      reason: "received",
      reference: "note 4711",
    });
    expect((await move(shop, id, { delta: -4, reason: "damage" })).body).toMatchObject({
      delta: -4,
      stock: 11,
      reference: null,
    });
    expect(await stockOf(id)).toBe(11);
    expect((await moves(id)).slice(1)).toEqual([
      { delta: 5, reason: "received", reference: "note 4711", actor_id: shop.admin.id },
      { delta: -4, reason: "damage", reference: null, actor_id: shop.admin.id },
    ]);
  });

  it("by a count sets it, and records the difference", async () => {
    const shop = await newShop();
    await newProduct(shop, { stock: 4 });
    const { id } = await newProduct(shop, { stock: 10 });
    expect((await move(shop, id, { count: 7, reason: "count" })).body).toMatchObject({ delta: -3, stock: 7 });
    expect((await move(shop, id, { count: 7, reason: "count" })).body).toMatchObject({ delta: 0, stock: 7 });
    expect((await move(shop, id, { count: 0, reason: "count" })).body).toMatchObject({ delta: -7, stock: 0 });
    expect([await stockOf(id), await moved(id)]).toEqual([0, 0]);
  });

  it("also records the initial stock of a new product", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 12 });
    expect(await moves(id)).toEqual([
      { delta: 12, reason: "received", reference: null, actor_id: shop.admin.id },
    ]);
    const empty = await newProduct(shop, { stock: 0 });
    expect([await stockOf(empty.id), await moves(empty.id)]).toEqual([0, []]);
  });

  it("below zero is rejected with the available stock, and changes nothing", async () => {
    const shop = await newShop();
    await newProduct(shop, { stock: 9 });
    const { id } = await newProduct(shop, { stock: 3 });
    const response = await move(shop, id, { delta: -4 });
    expect(response.status).toBe(409);
    expect(response.body.type).toBe("/problems/out-of-stock");
    expect(response.body.detail).toBe("Only 3 units are in stock.");
    expect(response.body.items).toEqual([{ product_id: id, requested: 4, available: 3 }]);
    expect([await stockOf(id), await moved(id)]).toEqual([3, 3]);
    expect(await count("SELECT version n FROM products WHERE id = ?", id)).toBe(1);
  });

  it("of stock that is not tracked requires a count first, which starts the tracking", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    expect((await move(shop, id, { delta: 1 })).body.type).toBe("/problems/stock-not-counted");
    expect((await move(shop, id, { count: 8, reason: "count" })).body).toMatchObject({ delta: 8, stock: 8 });
    expect((await move(shop, id, { delta: -1 })).body.stock).toBe(7);
    expect([await stockOf(id), await moved(id)]).toEqual([7, 7]);
  });

  it("is not said to be beyond the stock when the database fails", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 3 });
    const lost = new Error("lost");
    const ctx = between(shop.admin.ctx(), { before: () => Promise.reject(lost) });
    expect(await failureOf(changeStock(ctx, id, { delta: -1000, reason: "damage" }, undefined))).toBe(lost);
    // Nor does a count need one before it.
    const untracked = await newProduct(shop);
    expect(await failureOf(changeStock(ctx, untracked.id, { count: 1000, reason: "count" }, undefined))).toBe(
      lost,
    );
  });

  it("by a count of another version is refused, with the version that the product has", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    await move(shop, id, { delta: 1 });
    const refused = await move(shop, id, { count: 4, version: 1, reason: "count" });
    expect(refused.body).toMatchObject({ type: "/problems/conflict", status: 409 });
    expect(refused.body.detail).toContain("at version 2");
    expect([await stockOf(id), await moved(id)]).toEqual([6, 6]);
    expect((await move(shop, id, { count: 4, version: 2, reason: "count" })).body.stock).toBe(4);
  });

  it("by a count while the product is hidden for a moment is refused as a conflict", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    const ctx = between(shop.admin.ctx(), {
      change: (_, statements) => [sql`UPDATE products SET is_active = 0 WHERE id = ${id}`, ...statements],
    });
    const failure = await failureOf(changeStock(ctx, id, { count: 4000, reason: "count" }, undefined));
    expect(failure).toMatchObject({
      slug: "conflict",
      message: "The stock has changed in the meantime. Count it again.",
    });
    expect([await stockOf(id), await moved(id)]).toEqual([5, 5]);
  });

  it("of a hidden or an unknown product is refused, and changes nothing", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    await call("DELETE", `${API}/products/${id}`, { token: shop.admin.token });
    for (const product of [id, crypto.randomUUID()])
      for (const json of [{ delta: 1 }, { delta: -9 }, { count: 4, reason: "count" }])
        expect((await move(shop, product, json)).body).toMatchObject({
          type: "/problems/not-found",
          status: 404,
        });
    expect([await stockOf(id), await moved(id)]).toEqual([5, 5]);
  });

  it("changes the ETag of the product", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 1 });
    await move(shop, id, { delta: 1 });
    const response = await call("PATCH", `${API}/products/${id}`, {
      token: shop.admin.token,
      json: {},
      headers: { "if-match": '"v1"' },
    });
    expect(response.status).toBe(412);
  });

  it("is either a delta or a count, a whole number, and has a reason that staff may give", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    const wrong = [
      {},
      { delta: 1, count: 1 },
      { delta: 0 },
      { delta: 1.5 },
      { count: -1 },
      { delta: "1" },
      { delta: 1, reason: "sale" },
      { delta: 1, reason: undefined },
      { delta: 1_000_000_001 },
      { delta: 1, stock: 9 },
    ];
    for (const json of wrong) expect((await move(shop, id, json)).status, JSON.stringify(json)).toBe(422);
    expect([await stockOf(id), await moved(id)]).toEqual([5, 5]);
  });

  it("under an Idempotency-Key is made once", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    const key = { "idempotency-key": "k" };
    const first = await move(shop, id, { delta: -2 }, key);
    const repeated = await move(shop, id, { delta: -2 }, key);
    expect(repeated.body).toEqual(first.body);
    expect(repeated.headers.get("idempotent-replayed")).toBe("true");
    expect((await move(shop, id, { delta: -3 }, key)).body.type).toBe("/problems/idempotency-mismatch");
    const count = { "idempotency-key": "count" };
    const counted = await move(shop, id, { count: 3, reason: "count" }, count);
    expect((await move(shop, id, { count: 3, reason: "count" }, count)).body).toEqual(counted.body);
    for (const changed of [
      { count: 4, reason: "count" },
      { delta: 3, reason: "count" },
      { count: 3, reason: "correction" },
      { count: 3, reason: "count", reference: "shelf 1" },
    ])
      expect((await move(shop, id, changed, count)).body.type).toBe("/problems/idempotency-mismatch");
    const other = await newProduct(shop, { stock: 5 });
    expect((await move(shop, other.id, { delta: -2 }, key)).status).toBe(422);
    expect([await stockOf(id), await moved(id), await stockOf(other.id)]).toEqual([3, 3, 5]);
  });

  it("is not allowed for customers", async () => {
    const shop = await newShop();
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const { id } = await newProduct(shop, { stock: 5 });
    const json = { delta: 1, reason: "received" };
    expect((await call("POST", `${API}/products/${id}/stock`, { token: customer.token, json })).status).toBe(
      403,
    );
  });
});

describe("the sum of the moves", () => {
  it("is the stock after any mixture of moves, sales and refunds, including rejected ones", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 20 });
    let seed = 20_261_122;
    const random = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    let expected = 20;
    const sold: string[] = [];
    for (let step = 0; step < 60; step += 1) {
      const kind = random(4);
      const amount = 1 + random(9);
      if (kind === 0) {
        const response = await move(shop, id, { delta: amount });
        expect(response.body.stock).toBe((expected += amount));
      } else if (kind === 1) {
        const response = await move(shop, id, { count: amount, reason: "count" });
        expect(response.body.stock).toBe((expected = amount));
      } else if (kind === 2 || sold.length === 0) {
        const response = await sellOne(shop.admin.token, id, amount);
        expect(response.status).toBe(amount <= expected ? 201 : 409);
        if (response.status === 201) {
          expected -= amount;
          sold.push(response.body.id);
        }
      } else {
        const restock = amount % 2 === 0;
        const response = await call("POST", `${API}/sales/${sold[random(sold.length)]}/refunds`, {
          token: shop.admin.token,
          json: { items: [{ product_id: id, quantity: 1 }], reason: "back", restock },
        });
        if (response.status === 201 && restock) expected += 1;
      }
      expect([await stockOf(id), await moved(id)]).toEqual([expected, expected]);
    }
  });

  it("is the stock after concurrent deltas: each is applied, or rejected as a conflict", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 50 });
    const responses = await Promise.all(Array.from({ length: 20 }, () => move(shop, id, { delta: -1 })));
    const { 201: done = 0, 409: refused = 0 } = countByStatus(responses);
    expect(done + refused).toBe(20);
    expect(done).toBeGreaterThan(0);
    expect([await stockOf(id), await moved(id)]).toEqual([50 - done, 50 - done]);
  });
});

it("a file of products without their stock leaves open what is missing of them", async () => {
  const shop = await newShop();
  const { id, sku } = await newProduct(shop, { stock: 1 });
  const items = [{ product_id: id, quantity: 3 }];
  await call("POST", `${API}/sales`, { token: shop.admin.token, json: { items, offline: true } });
  const open = () =>
    count("SELECT count(*) n FROM stock_discrepancies WHERE tenant_id = ? AND is_open = 1", shop.tenant.id);
  await importFile(shop, `sku,title,price\n${sku},A book,12.00\n`, "products");
  expect([await open(), await stockOf(id)]).toEqual([1, 0]);
  await importFile(shop, `sku,title,price,stock\n${sku},A book,12.00,2\n`, "products");
  expect([await open(), await stockOf(id), await moved(id)]).toEqual([0, 2, 2]);
});

it("a count resolves what a sale took beyond the stock not before that sale, whichever clock is ahead", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop, { stock: 1 });
  const items = [{ product_id: id, quantity: 3 }];
  await call("POST", `${API}/sales`, { token: shop.admin.token, json: { items, offline: true } });
  const sold = "2999-01-01T00:00:00.000Z";
  await change("UPDATE stock_discrepancies SET created_at = ? WHERE tenant_id = ?", sold, shop.tenant.id);
  const json = { count: 4, reason: "count" };
  await call("POST", `${API}/products/${id}/stock`, { token: shop.admin.token, json });
  const resolved = "SELECT resolved_at, resolved_by FROM stock_discrepancies WHERE tenant_id = ?";
  expect(await rowsOf(resolved, shop.tenant.id)).toEqual([{ resolved_at: sold, resolved_by: shop.admin.id }]);
});

it("a sale of a product whose stock is not tracked changes neither its stock nor its version", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop);
  expect((await sellOne(shop.admin.token, id)).status).toBe(201);
  expect(await rowsOf("SELECT stock, version FROM products WHERE id = ?", id)).toEqual([
    { stock: null, version: 1 },
  ]);
});
