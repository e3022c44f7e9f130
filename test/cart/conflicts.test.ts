// Injects a concurrent write at each point where a checkout could go wrong, and makes a batch fail at its end.
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { checkout } from "../../src/cart/checkout.ts";
import { change } from "../support/change.ts";
import { between, count, counted, failureOf, rowsOf } from "../support/d1.ts";
import { API, call } from "../support/client.ts";
import { bookshop, buyOne, checkOut, putInCart } from "../support/purchases.ts";
import { newPerson, newProduct, type Person, type Shop } from "../support/shops.ts";

// The first batch of a checkout sells. If it is rejected, the second reads why, and the third retries.
const [SELL, READ] = [1, 2];

/** The buyer's context, in which `write` happens just before the checkout commits. */
const withConcurrentWrite = (buyer: Person, write: () => Promise<unknown>) =>
  between(buyer.ctx(), {
    before: async (nth) => {
      if (nth === SELL) await write();
    },
  });

const card = { payment_method: "card" as const };

const tables = [
  "sales",
  "sale_lines",
  "stock_moves",
  "events",
  "idempotency_keys",
  "dirty_days",
  "cart_items",
];

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
  };
}

const stock = (product: { id: string }) => count("SELECT stock n FROM products WHERE id = ?", product.id);

describe("just before a checkout commits", () => {
  it("another buyer takes the stock: the checkout is out of stock with what remains, and changes nothing", async () => {
    const { shop, buyer, book } = await bookshop({ stock: 3 });
    const other = await newPerson(shop.tenant, "CUSTOMER");
    await putInCart(buyer.token, book.id, 2);
    const failed = await failureOf(
      checkout(
        withConcurrentWrite(buyer, () => buyOne(other.token, book.id, 2)),
        card,
        "k",
      ),
    );
    expect(failed).toMatchObject({
      slug: "out-of-stock",
      extra: { items: [{ product_id: book.id, requested: 2, available: 1 }] },
    });
    expect(await stock(book)).toBe(1);
    expect((await stateOf(shop)).counts).toMatchObject({ sales: 1, events: 1, cart_items: 1 });
  });

  it("the buyer adds units on another device: the checkout buys the cart as it is then", async () => {
    const { buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id, 2);
    const { value } = await checkout(
      withConcurrentWrite(buyer, () => putInCart(buyer.token, book.id, 3)),
      card,
      "k",
    );
    expect(value).toMatchObject({ units: 5, total: 5000 });
    expect(await stock(book)).toBe(5);
  });

  it("the buyer adds another product: it is bought too, and is not lost when the cart is emptied", async () => {
    const { shop, buyer, book } = await bookshop();
    const other = await newProduct(shop, { price: 1 });
    await putInCart(buyer.token, book.id);
    const { value } = await checkout(
      withConcurrentWrite(buyer, () => putInCart(buyer.token, other.id)),
      card,
      "k",
    );
    expect(value).toMatchObject({ lines: 2, total: 1001 });
  });

  it("the buyer removes one of two lines: it is not bought", async () => {
    const { shop, buyer, book } = await bookshop();
    const other = await newProduct(shop, { stock: 5 });
    await putInCart(buyer.token, book.id);
    await putInCart(buyer.token, other.id);
    const out = () => call("DELETE", `${API}/cart/items/${other.id}`, { token: buyer.token });
    const { value } = await checkout(withConcurrentWrite(buyer, out), card, "k");
    expect(value.items.map((item) => item.product_id)).toEqual([book.id]);
    expect(await stock(other)).toBe(5);
  });

  it("the buyer empties the cart: the checkout is rejected as empty", async () => {
    const { shop, buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id);
    const empty = () => call("DELETE", `${API}/cart`, { token: buyer.token });
    expect(await failureOf(checkout(withConcurrentWrite(buyer, empty), card, "k"))).toMatchObject({
      slug: "empty-cart",
    });
    expect((await stateOf(shop)).counts).toMatchObject({ sales: 0, events: 0 });
  });

  it("the shop changes its currency: the checkout is rejected, because the buyer saw prices in the old one", async () => {
    const { shop, buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id);
    const before = await stateOf(shop);
    const toDollars = () =>
      call("PATCH", `${API}/shop`, { token: shop.admin.token, json: { currency: "USD" } });
    expect(await failureOf(checkout(withConcurrentWrite(buyer, toDollars), card, "k"))).toMatchObject({
      slug: "conflict",
    });
    expect((await stateOf(shop)).counts).toEqual(before.counts);
  });

  it("a price changes: the checkout is rejected with the new total if one was expected, and else uses the new price", async () => {
    const { shop, buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id, 2);
    const raise = (price: number) => () =>
      change("UPDATE products SET price = ? WHERE id = ?", price, book.id);
    const inputWithTotal = { ...card, expected_total: 2000 };
    expect(
      await failureOf(checkout(withConcurrentWrite(buyer, raise(1100)), inputWithTotal, "k")),
    ).toMatchObject({
      slug: "price-changed",
      extra: { total: 2200 },
    });
    expect((await stateOf(shop)).counts).toMatchObject({ sales: 0, events: 0, cart_items: 1 });
    const { value } = await checkout(withConcurrentWrite(buyer, raise(1200)), card, "k2");
    expect(value).toMatchObject({ total: 2400, items: [{ unit_price: 1200, subtotal: 2400 }] });
  });

  it("a price rises beyond the limit of an amount: the checkout is rejected and nothing is sold", async () => {
    const { shop, buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id, 2);
    const raise = () =>
      change("UPDATE products SET price = ? WHERE id = ?", Number.MAX_SAFE_INTEGER, book.id);
    expect(await failureOf(checkout(withConcurrentWrite(buyer, raise), card, "k"))).toMatchObject({
      slug: "amount-too-large",
    });
    expect((await stateOf(shop)).counts).toMatchObject({ sales: 0, cart_items: 1 });
  });

  it("a product is hidden: it is unavailable, and the other line is not sold either", async () => {
    const { shop, buyer, book } = await bookshop();
    const visible = await newProduct(shop, { stock: 4 });
    await putInCart(buyer.token, visible.id);
    await putInCart(buyer.token, book.id);
    const hide = () => call("DELETE", `${API}/products/${book.id}`, { token: shop.admin.token });
    expect(await failureOf(checkout(withConcurrentWrite(buyer, hide), card, "k"))).toMatchObject({
      slug: "product-unavailable",
      extra: { items: [{ product_id: book.id, requested: 1, available: 0 }] },
    });
    expect([await stock(visible), await stock(book)]).toEqual([4, 10]);
  });

  it("the same request is committed: its purchase is returned, and the stock is taken once", async () => {
    const { buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id);
    const repeat = () => checkOut(buyer.token, {}, "k");
    const { replayed, value } = await checkout(withConcurrentWrite(buyer, repeat), card, "k");
    expect(replayed).toBe(true);
    expect(value).toMatchObject({ status: "pending", total: 1000 });
    expect(await stock(book)).toBe(9);
  });
});

describe("after a checkout was rejected", () => {
  const then = (buyer: Person, write: () => Promise<unknown>) =>
    between(buyer.ctx(), {
      before: async (nth) => {
        if (nth === READ) await write();
      },
    });

  it("the goods come back: it is retried and succeeds", async () => {
    const { shop, buyer, book } = await bookshop({ stock: 0 });
    await putInCart(buyer.token, book.id, 2);
    const json = { delta: 2, reason: "received" };
    const receive = () => call("POST", `${API}/products/${book.id}/stock`, { token: shop.admin.token, json });
    const { value } = await checkout(then(buyer, receive), card, "k");
    expect(value).toMatchObject({ status: "pending", units: 2 });
    expect(await stock(book)).toBe(0);
  });

  it("the price returns to the expected one: it succeeds at that price", async () => {
    const { buyer, book } = await bookshop({ price: 1100 });
    await putInCart(buyer.token, book.id);
    const lower = () => change("UPDATE products SET price = 1000 WHERE id = ?", book.id);
    const { value } = await checkout(then(buyer, lower), { ...card, expected_total: 1000 }, "k");
    expect(value.total).toBe(1000);
  });

  it("the buyer removes the line without stock: the rest is bought", async () => {
    const { shop, buyer, book } = await bookshop();
    const unavailable = await newProduct(shop, { stock: 0 });
    await putInCart(buyer.token, book.id);
    await putInCart(buyer.token, unavailable.id);
    const out = () => call("DELETE", `${API}/cart/items/${unavailable.id}`, { token: buyer.token });
    const { value } = await checkout(then(buyer, out), card, "k");
    expect(value).toMatchObject({ lines: 1, total: 1000 });
  });
});

it("a checkout that fails at the end of its batch changes nothing and can be repeated", async () => {
  const { shop, buyer, book } = await bookshop();
  await putInCart(buyer.token, book.id, 2);
  const before = await stateOf(shop);
  const failing = between(buyer.ctx(), {
    change: (nth, statements) =>
      nth === SELL
        ? [...statements, sql`INSERT INTO dirty_days (tenant_id, day) VALUES ('x', NULL)`]
        : statements,
  });
  await expect(checkout(failing, card, "k")).rejects.toThrow("NOT NULL");
  expect(await stateOf(shop)).toEqual(before);
  expect((await checkOut(buyer.token, {}, "k")).status).toBe(201);
});
