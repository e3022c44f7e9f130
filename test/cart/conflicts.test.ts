// Injects a concurrent write at each point where a checkout could go wrong, and makes a batch fail at its end.
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { checkout } from "../../src/cart/checkout.ts";
import { forgetCarts } from "../../src/cart/remembered-cart.ts";
import { change } from "../support/change.ts";
import { between, count, counted, failureOf, rowsOf } from "../support/d1.ts";
import { API, call } from "../support/client.ts";
import { bookshop, buyOne, checkOut, putInCart } from "../support/purchases.ts";
import { newPerson, newProduct, sellOne, type Person, type Shop } from "../support/shops.ts";

// A cart that is not remembered is read by the first batch of its checkout.
const CARTS = ["remembered", "read"] as const;

type CartSource = (typeof CARTS)[number];

/** The batch of a checkout that sells. If that is rejected, the next one reads the cart again. */
const sellOf = (source: CartSource): number => (source === "read" ? 2 : 1);

/** The buyer's context, in which a write happens just before each of these batches. */
function withWrites(buyer: Person, source: CartSource, writes: Record<number, () => Promise<unknown>>) {
  if (source === "read") forgetCarts();
  return between(buyer.ctx(), {
    before: async (nth) => {
      await writes[nth]?.();
    },
  });
}

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

const stock = (product: { id: string }) =>
  count("SELECT stock / 1000.0 n FROM products WHERE id = ?", product.id);

describe.each(CARTS)("just before a checkout of a cart that is %s commits", (source) => {
  /** The buyer's context, in which `write` happens just before the checkout commits. */
  const withConcurrentWrite = (buyer: Person, write: () => Promise<unknown>) =>
    withWrites(buyer, source, { [sellOf(source)]: write });

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

describe.each(CARTS)("after a checkout of a cart that is %s was rejected", (source) => {
  /** The buyer's context, in which `reject` happens before the checkout commits, and `restore` before it reads again. */
  const rejectedThen = (buyer: Person, reject: () => Promise<unknown>, restore: () => Promise<unknown>) =>
    withWrites(buyer, source, { [sellOf(source)]: reject, [sellOf(source) + 1]: restore });

  it("the goods come back: it is retried and succeeds", async () => {
    const { shop, buyer, book } = await bookshop({ stock: 2 });
    await putInCart(buyer.token, book.id, 2);
    const move = (delta: number, reason: string) => () =>
      call("POST", `${API}/products/${book.id}/stock`, { token: shop.admin.token, json: { delta, reason } });
    const ctx = rejectedThen(buyer, move(-2, "damage"), move(2, "received"));
    const { value } = await checkout(ctx, card, "k");
    expect(value).toMatchObject({ status: "pending", units: 2 });
    expect(await stock(book)).toBe(0);
  });

  it("the price returns to the expected one: it succeeds at that price", async () => {
    const { buyer, book } = await bookshop({ price: 1000 });
    await putInCart(buyer.token, book.id);
    const setPrice = (price: number) => () =>
      change("UPDATE products SET price = ? WHERE id = ?", price, book.id);
    const ctx = rejectedThen(buyer, setPrice(1100), setPrice(1000));
    const { value } = await checkout(ctx, { ...card, expected_total: 1000 }, "k");
    expect(value.total).toBe(1000);
  });

  it("the buyer removes the line without stock: the rest is bought", async () => {
    const { shop, buyer, book } = await bookshop();
    const unavailable = await newProduct(shop, { stock: 1 });
    await putInCart(buyer.token, book.id);
    await putInCart(buyer.token, unavailable.id);
    const sellOut = () => sellOne(shop.admin.token, unavailable.id);
    const out = () => call("DELETE", `${API}/cart/items/${unavailable.id}`, { token: buyer.token });
    const { value } = await checkout(rejectedThen(buyer, sellOut, out), card, "k");
    expect(value).toMatchObject({ lines: 1, total: 1000 });
  });
});

it("a checkout whose products change each time gives up after twenty attempts, and changes nothing", async () => {
  const { shop, buyer, book } = await bookshop();
  await putInCart(buyer.token, book.id, 2);
  const { counts } = await stateOf(shop);
  forgetCarts();
  let sent = 0;
  const restless = between(buyer.ctx(), {
    before: async (nth) => {
      sent = nth;
      if (nth % 2 === 0) await change("UPDATE products SET price = price + 1 WHERE id = ?", book.id);
    },
  });
  expect(await failureOf(checkout(restless, card, "k"))).toMatchObject({ slug: "conflict" });
  expect(sent).toBe(20 * sellOf("read"));
  expect((await stateOf(shop)).counts).toEqual(counts);
});

it("a checkout that fails at the end of its batch changes nothing and can be repeated", async () => {
  const { shop, buyer, book } = await bookshop();
  await putInCart(buyer.token, book.id, 2);
  const before = await stateOf(shop);
  forgetCarts();
  const failing = between(buyer.ctx(), {
    change: (nth, statements) =>
      nth === sellOf("read")
        ? [...statements, sql`INSERT INTO dirty_days (tenant_id, day) VALUES ('x', NULL)`]
        : statements,
  });
  await expect(checkout(failing, card, "k")).rejects.toThrow("NOT NULL");
  expect(await stateOf(shop)).toEqual(before);
  expect((await checkOut(buyer.token, {}, "k")).status).toBe(201);
});
