// A concurrent write is placed exactly between the read of an operation and its batch; other batches fail at their end.
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { refundSale } from "../../src/sales/refund.ts";
import { sell } from "../../src/sales/sell.ts";
import { API, call } from "../support/client.ts";
import { between, count, counted, failureOf, rowsOf } from "../support/d1.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";

// The first batch of an operation reads, the second writes.
const WRITE = 2;

const tables = ["sales", "sale_lines", "stock_moves", "events", "idempotency_keys", "dirty_days"];

/** Everything that a sale can change. */
async function stateOf(shop: Shop) {
  const counts: Record<string, number> = {};
  for (const table of tables)
    counts[table] = await count(
      `SELECT count(*) n FROM ${counted(table)} WHERE tenant_id = ?`,
      shop.tenant.id,
    );
  return {
    counts,
    products: await rowsOf("SELECT * FROM products WHERE tenant_id = ? ORDER BY id", shop.tenant.id),
    refunded: await count(
      "SELECT coalesce(sum(refunded), 0) / 1000.0 n FROM sale_lines WHERE tenant_id = ?",
      shop.tenant.id,
    ),
    revision: await count("SELECT revision n FROM tenants WHERE id = ?", shop.tenant.id),
  };
}

const failingAtEnd = (shop: Shop) =>
  between(shop.admin.ctx(), {
    change: (nth, statements) =>
      nth === WRITE ? [...statements, sql`INSERT INTO sales (id) VALUES (NULL)`] : statements,
  });

const interrupted = (shop: Shop, work: () => Promise<unknown>) =>
  between(shop.admin.ctx(), {
    before: async (nth) => {
      if (nth === WRITE) await work();
    },
  });

const change = (assignment: string, id: string) => () =>
  env.DB.prepare(`UPDATE products SET ${assignment}, version = version + 1 WHERE id = ?`).bind(id).run();

/** A sale of one line; the domain function takes `thousandths`. */
const one = (product: { id: string }, thousandths = 1000) => ({
  items: [{ product_id: product.id, quantity: thousandths }],
  payment_method: "cash" as const,
});

describe("a batch that fails at its last statement", () => {
  it("writes nothing of a sale", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { stock: 5 });
    const before = await stateOf(shop);
    await expect(sell(failingAtEnd(shop), one(product), "k")).rejects.toThrow("NOT NULL");
    expect(await stateOf(shop)).toEqual(before);
    expect((await sellOne(shop.admin.token, product.id, 1, { "idempotency-key": "k" })).status).toBe(201);
  });

  it("writes nothing of a refund", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { stock: 5 });
    const { body: sale } = await sellOne(shop.admin.token, product.id, 2);
    const before = await stateOf(shop);
    const input = { items: [{ product_id: product.id, quantity: 1000 }], reason: "late", restock: true };
    await expect(refundSale(failingAtEnd(shop), sale.id, input, "k")).rejects.toThrow("NOT NULL");
    expect(await stateOf(shop)).toEqual(before);
  });

  it("because another sale used its Idempotency-Key writes nothing", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { stock: 5 });
    await sellOne(shop.admin.token, product.id, 1, { "idempotency-key": "k" });
    const before = await stateOf(shop);
    const answer = await sellOne(shop.admin.token, product.id, 2, { "idempotency-key": "k" });
    expect(answer.body.type).toBe("/problems/idempotency-mismatch");
    expect(await stateOf(shop)).toEqual(before);
  });
});

describe("a concurrent change between the read of a sale and its batch", () => {
  it("of the stock answers out-of-stock with the available units, and writes nothing", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { stock: 3 });
    const failed = await failureOf(
      sell(
        interrupted(shop, () => sellOne(shop.admin.token, product.id, 2)),
        one(product, 2000),
        "k",
      ),
    );
    expect(failed).toMatchObject({
      slug: "out-of-stock",
      extra: { items: [{ product_id: product.id, requested: 2, available: 1 }] },
    });
    const { counts } = await stateOf(shop);
    expect(counts).toMatchObject({ sales: 1, sale_lines: 1, stock_moves: 2, events: 1, idempotency_keys: 0 });
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", product.id)).toBe(1);
  });

  it("that hides the only product answers unknown-product, and sells nothing", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { stock: 3 });
    const hide = () => call("DELETE", `${API}/products/${product.id}`, { token: shop.admin.token });
    expect(await failureOf(sell(interrupted(shop, hide), one(product), undefined))).toMatchObject({
      slug: "unknown-product",
    });
    expect((await stateOf(shop)).counts).toMatchObject({ sales: 0, sale_lines: 0, stock_moves: 1 });
    // Of the concurrent change.
    expect(
      await rowsOf(
        "SELECT type FROM events WHERE tenant_id = ? AND type <> 'product.created'",
        shop.tenant.id,
      ),
    ).toEqual([{ type: "product.hidden" }]);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", product.id)).toBe(3);
  });

  it("that hides one of two products sells neither", async () => {
    const shop = await newShop();
    const [visible, hidden] = [await newProduct(shop, { stock: 3 }), await newProduct(shop, { stock: 3 })];
    const input = {
      items: [visible, hidden].map(({ id }) => ({ product_id: id, quantity: 1000 })),
      payment_method: "cash" as const,
    };
    const failed = await failureOf(
      sell(interrupted(shop, change("is_active = 0", hidden.id)), input, undefined),
    );
    expect(failed).toMatchObject({
      slug: "unknown-product",
      extra: { errors: [{ pointer: "#/items/1/product_id" }] },
    });
    expect((await stateOf(shop)).counts).toMatchObject({ sales: 0, sale_lines: 0, events: 0 });
    expect(
      await count("SELECT sum(stock) / 1000.0 n FROM products WHERE tenant_id = ?", shop.tenant.id),
    ).toBe(6);
  });

  it("of the price applies the new price to the line, the total and the event", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { price: 1000, stock: 3 });
    const { value } = await sell(
      interrupted(shop, change("price = 1100", product.id)),
      one(product, 2000),
      undefined,
    );
    expect(value).toMatchObject({ total: 2200, items: [{ unit_price: 1100, subtotal: 2200 }] });
    expect(
      await count(
        "SELECT payload ->> 'total' n FROM events WHERE tenant_id = ? AND type <> 'product.created'",
        shop.tenant.id,
      ),
    ).toBe(2200);
  });

  it("that raises the price beyond the largest amount answers amount-too-large, and sells nothing", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { price: 1000, stock: 3 });
    const raise = change(`price = ${Number.MAX_SAFE_INTEGER}`, product.id);
    expect(await failureOf(sell(interrupted(shop, raise), one(product, 2000), undefined))).toMatchObject({
      slug: "amount-too-large",
    });
    expect((await stateOf(shop)).counts).toMatchObject({ sales: 0, sale_lines: 0, events: 0 });
  });

  it("that sells under the same Idempotency-Key is the replayed answer, and the stock is taken once", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { stock: 3 });
    const json = one(product, 1);
    const sameRequest = () =>
      call("POST", `${API}/sales`, { token: shop.admin.token, json, headers: { "idempotency-key": "k" } });
    const { replayed, value } = await sell(interrupted(shop, sameRequest), one(product), "k");
    expect(replayed).toBe(true);
    expect(await count("SELECT count(*) n FROM sales WHERE id = ?", value.id)).toBe(1);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", product.id)).toBe(2);
  });
});

describe("a concurrent refund between the read of a refund and its batch", () => {
  const input = (product: { id: string }, units: number) => ({
    items: [{ product_id: product.id, quantity: units * 1000 }],
    reason: "late",
    restock: true,
  });

  it("of some units leaves the rest to refund, up to the amount that was paid", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { price: 333, stock: 3 });
    const { body: sale } = await sellOne(shop.admin.token, product.id, 3);
    const other = () => refundSale(shop.admin.ctx(), sale.id, input(product, 1), undefined);
    const { value } = await refundSale(interrupted(shop, other), sale.id, input(product, 2), undefined);
    expect(value).toMatchObject({ units: -2, total: -666 });
    expect(await count("SELECT sum(total) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", product.id)).toBe(3);
  });

  it("of a unit that is not a whole number of cents leaves the exact remainder to the second", async () => {
    const shop = await newShop();
    await importFile(shop, fileOf([{ invoice: "1", quantity: 3, price: "0.335" }]));
    const [line] = await rowsOf(
      "SELECT sale_id, product_id FROM sale_lines WHERE tenant_id = ?",
      shop.tenant.id,
    );
    const unit = { ...input({ id: String(line?.product_id) }, 1), payment_method: "cash" as const };
    const other = () => refundSale(shop.admin.ctx(), String(line?.sale_id), unit, undefined);
    const { value } = await refundSale(interrupted(shop, other), String(line?.sale_id), unit, undefined);
    // 3 x 0.335 is 101 cents: 34, 33 and 34.
    expect(value.total).toBe(-33);
  });

  it("of all units answers refund-exceeds-sale, and writes nothing", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { stock: 3 });
    const { body: sale } = await sellOne(shop.admin.token, product.id, 3);
    const other = () => refundSale(shop.admin.ctx(), sale.id, input(product, 3), undefined);
    const failed = await failureOf(refundSale(interrupted(shop, other), sale.id, input(product, 1), "k"));
    expect(failed).toMatchObject({ slug: "refund-exceeds-sale" });
    expect((await stateOf(shop)).counts).toMatchObject({ sales: 2, events: 2, idempotency_keys: 0 });
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", product.id)).toBe(3);
  });
});
