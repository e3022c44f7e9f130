import { describe, expect, it } from "vitest";
import { addToCart, setInCart } from "../../src/cart/cart.ts";
import { newId } from "../../src/values/ids.ts";
import { MAX_TOTAL } from "../../src/values/money.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { count, failureOf } from "../support/d1.ts";
import { bookshop, fillCart, putInCart } from "../support/purchases.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";
import { newTaxRate } from "../support/taxes.ts";

const getCart = (token: string) => call("GET", `${API}/cart`, { token });
const set = (token: string, productId: string, quantity: number) =>
  call("PUT", `${API}/cart/items/${productId}`, { token, json: { quantity } });
const take = (token: string, productId: string) =>
  call("DELETE", `${API}/cart/items/${productId}`, { token });
const edit = (shop: Shop, productId: string, json: Record<string, unknown>) =>
  call("PATCH", `${API}/products/${productId}`, { token: shop.admin.token, json });

describe("a cart", () => {
  it("is empty at first and has the shop's currency", async () => {
    const { buyer } = await bookshop();
    expect((await getCart(buyer.token)).body).toEqual({
      items: [],
      units: 0,
      tax: 0,
      total: 0,
      currency: "EUR",
    });
  });

  it("adds by POST, sets by PUT, and returns the whole cart each time", async () => {
    const { shop, buyer, book } = await bookshop();
    const other = await newProduct(shop, { price: 250, title: "Another" });
    const first = await putInCart(buyer.token, book.id, 2);
    expect(first.status).toBe(201);
    expect(first.body).toEqual({
      items: [
        {
          product_id: book.id,
          sku: expect.any(String),
          title: "A book",
          quantity: 2,
          unit: "piece",
          unit_price: 1000,
          price_when_added: 1000,
          price_changed: false,
          tax: 0,
          subtotal: 2000,
          available: true,
          unavailable: false,
          in_stock: 10,
        },
      ],
      units: 2,
      tax: 0,
      total: 2000,
      currency: "EUR",
    });
    expect((await putInCart(buyer.token, book.id, 3)).body.items[0].quantity).toBe(5);
    const both = await set(buyer.token, other.id, 4);
    expect(both.body).toMatchObject({ units: 9, total: 6000, items: [{ quantity: 5 }, { quantity: 4 }] });
    expect(both.body.items[1].in_stock).toBeNull();
    expect((await set(buyer.token, book.id, 1)).body).toMatchObject({ units: 5, total: 2000 });
    expect((await getCart(buyer.token)).body.units).toBe(5);
  });

  it("removes a line by DELETE, even if it is absent, and all lines at once", async () => {
    const { shop, buyer, book } = await bookshop();
    const other = await newProduct(shop);
    await putInCart(buyer.token, book.id);
    await putInCart(buyer.token, other.id);
    expect((await take(buyer.token, book.id)).body.items.length).toBe(1);
    expect((await take(buyer.token, book.id)).body.items.length).toBe(1);
    expect((await call("DELETE", `${API}/cart`, { token: buyer.token })).body.items).toEqual([]);
    expect((await getCart(buyer.token)).body.items).toEqual([]);
  });

  it("belongs to an account of one shop; staff have one too", async () => {
    const { shop, buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id, 2);
    await putInCart(shop.admin.token, book.id, 3);
    const stranger = await newPerson(shop.tenant, "CUSTOMER");
    expect((await getCart(stranger.token)).body.units).toBe(0);
    await call("DELETE", `${API}/cart`, { token: stranger.token });
    expect((await getCart(buyer.token)).body.units).toBe(2);
    expect((await getCart(shop.admin.token)).body.units).toBe(3);
  });

  it("loses a product that its owner removes, and no other person's cart does", async () => {
    const { shop, buyer, book } = await bookshop();
    const other = await newPerson(shop.tenant, "CUSTOMER");
    for (const { token } of [buyer, other, shop.admin]) await putInCart(token, book.id, 2);
    expect((await take(buyer.token, book.id)).body.units).toBe(0);
    expect((await set(other.token, book.id, 3)).body.units).toBe(3);
    expect((await getCart(other.token)).body.units).toBe(3);
    expect((await getCart(shop.admin.token)).body.units).toBe(2);
  });

  it("shows that a price has changed since the product was added, until it is added again", async () => {
    const { shop, buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id, 2);
    await edit(shop, book.id, { price: 1100 });
    const cart = await getCart(buyer.token);
    expect(cart.body).toMatchObject({
      total: 2200,
      items: [{ unit_price: 1100, price_when_added: 1000, price_changed: true }],
    });
    expect((await set(buyer.token, book.id, 2)).body.items[0]).toMatchObject({ price_changed: false });
  });

  it("shows the stock without reserving it", async () => {
    const { buyer, book } = await bookshop({ stock: 3 });
    const beyond = await putInCart(buyer.token, book.id, 4);
    expect(beyond.body.items[0]).toMatchObject({ available: false, in_stock: 3 });
    expect((await set(buyer.token, book.id, 3)).body.items[0]).toMatchObject({ available: true });
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", book.id)).toBe(3);
    expect(await count("SELECT version n FROM products WHERE id = ?", book.id)).toBe(1);
  });

  it("keeps a product that was hidden later, as unavailable", async () => {
    const { shop, buyer, book } = await bookshop();
    const rate = await newTaxRate(shop, { rate: 21_000 });
    await putInCart(buyer.token, book.id);
    await edit(shop, book.id, { is_active: false, tax_rate_id: rate.id });
    const kept = await newProduct(shop, { price: 300 });
    await putInCart(buyer.token, kept.id, 2);
    expect((await getCart(buyer.token)).body).toMatchObject({
      items: [
        { product_id: book.id, available: false, unavailable: true, in_stock: 0 },
        { product_id: kept.id, available: true, unavailable: false },
      ],
      units: 2,
      tax: 0,
      total: 600,
    });
    await take(buyer.token, book.id);
    expect((await putInCart(buyer.token, book.id)).body.type).toBe("/problems/unknown-product");
    expect((await set(buyer.token, book.id, 1)).body.type).toBe("/problems/not-found");
  });

  it("accepts no product of another shop and no unknown product", async () => {
    const { buyer } = await bookshop();
    const foreign = await newProduct(await newShop());
    for (const id of [foreign.id, crypto.randomUUID()]) {
      const response = await putInCart(buyer.token, id);
      expect(response.status).toBe(404);
      expect(response.body.errors[0].pointer).toBe("#/product_id");
      expect((await set(buyer.token, id, 1)).status).toBe(404);
      expect((await take(buyer.token, id)).status).toBe(404);
    }
    expect((await getCart(buyer.token)).body.items).toEqual([]);
  });

  it("that was deleted meanwhile, because its guest has signed in, is unknown", async () => {
    const { shop, book } = await bookshop();
    const guest = { cartId: newId(), tokenHash: "gone" };
    const ctx = { ...base(), tenant: shop.tenant, actor: null, guest };
    const item = { product_id: book.id, quantity: 1000 };
    expect(await failureOf(addToCart(ctx, item, undefined))).toMatchObject({ slug: "unknown-cart" });
    expect(await failureOf(setInCart(ctx, book.id, 1000))).toMatchObject({ slug: "unknown-cart" });
  });

  it("clamps amounts beyond 2^53 - 1 to what JSON can represent", async () => {
    const { shop, buyer, book } = await bookshop({ stock: null });
    await putInCart(buyer.token, book.id, 999);
    await edit(shop, book.id, { price: Number.MAX_SAFE_INTEGER });
    expect((await getCart(buyer.token)).body).toMatchObject({
      total: Number.MAX_SAFE_INTEGER,
      items: [{ subtotal: Number.MAX_SAFE_INTEGER }],
    });
  });
});

describe("the limits of a cart", () => {
  it.each([0, 1000, -1, 1.5, "2", null])("reject a quantity of %j", async (quantity) => {
    const { buyer, book } = await bookshop();
    for (const response of [
      await call("POST", `${API}/cart/items`, {
        token: buyer.token,
        json: { product_id: book.id, quantity },
      }),
      await call("PUT", `${API}/cart/items/${book.id}`, { token: buyer.token, json: { quantity } }),
    ]) {
      expect(response.status).toBe(422);
      expect(response.body.errors[0].pointer).toBe("#/quantity");
    }
  });

  it("are 999 units a line, whether added at once or in steps", async () => {
    const { buyer, book } = await bookshop();
    expect((await putInCart(buyer.token, book.id, 999)).status).toBe(201);
    const more = await putInCart(buyer.token, book.id, 1);
    expect(more.body).toMatchObject({ type: "/problems/quantity-too-large", status: 422 });
    expect((await getCart(buyer.token)).body.units).toBe(999);
    const wrong = "UPDATE cart_items SET quantity = 1000000 WHERE cart_id = ?";
    expect(String(await failureOf(change(wrong, buyer.id)))).toContain("cart_items_quantity");
  });

  it("are 10^12 minor units a line, whether added at once or in steps", async () => {
    const { buyer, book } = await bookshop({ price: MAX_TOTAL / 2 });
    expect((await putInCart(buyer.token, book.id, 2)).body.total).toBe(MAX_TOTAL);
    for (const refused of [await putInCart(buyer.token, book.id), await set(buyer.token, book.id, 3)])
      expect(refused.body).toMatchObject({ status: 422, errors: [{ pointer: "#/quantity" }] });
    expect((await getCart(buyer.token)).body.units).toBe(2);
  });

  it("are a hundred lines, and each line can still grow", async () => {
    const { shop, buyer, book } = await bookshop();
    await fillCart(shop, buyer, 99);
    expect((await putInCart(buyer.token, book.id)).status).toBe(201);
    const extra = await newProduct(shop);
    const full = await putInCart(buyer.token, extra.id);
    expect(full.body).toMatchObject({ type: "/problems/cart-full", status: 409 });
    expect((await set(buyer.token, extra.id, 1)).body.type).toBe("/problems/cart-full");
    const grown = await putInCart(buyer.token, book.id, 5);
    expect(grown.body.items.length).toBe(100);
    expect(grown.body.units).toBe(105);
    const read = await getCart(buyer.token);
    expect(costOf(read).queries).toBe(1);
  });
});

describe("the cost of a cart", () => {
  it("is one round trip, to read or change it", async () => {
    const { shop, buyer, book } = await bookshop();
    for (let index = 0; index < 5; index += 1) await putInCart(buyer.token, (await newProduct(shop)).id);
    for (const response of [
      await putInCart(buyer.token, book.id),
      await set(buyer.token, book.id, 3),
      await getCart(buyer.token),
      await take(buyer.token, book.id),
    ])
      expect(costOf(response).queries).toBe(1);
  });

  it("is two round trips for a product that is added again under its key", async () => {
    const { buyer, book } = await bookshop();
    const add = () =>
      call("POST", `${API}/cart/items`, {
        token: buyer.token,
        headers: { "idempotency-key": "k" },
        json: { product_id: book.id, quantity: 1 },
      });
    const [first, again] = [await add(), await add()];
    expect([costOf(first).queries, costOf(again).queries]).toEqual([1, 2]);
    expect([again.status, again.body]).toEqual([first.status, first.body]);
  });

  it("does not grow with the products of the shop or other carts", async () => {
    const { shop, buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id);
    const before = costOf(await getCart(buyer.token)).read;
    for (let other = 0; other < 8; other += 1) {
      const { token } = await newPerson(shop.tenant, "CUSTOMER");
      await putInCart(token, (await newProduct(shop)).id);
    }
    expect(costOf(await getCart(buyer.token)).read).toBeLessThanOrEqual(before + 2);
  });
});

describe("a line of the cart", () => {
  it.each([
    ["available while the stock suffices", "stock = 3000", true],
    ["not available once the stock is less", "stock = 1000", false],
    ["available where stock is not tracked", "stock = NULL", true],
    ["not available once its product is sold by the piece", "unit = 'piece', stock = NULL", false],
    ["not available in fractions of a piece, though there is stock", "unit = 'piece', stock = 9000", false],
  ])("is %s", async (_, assignment, isAvailable) => {
    const { buyer, book } = await bookshop({ unit: "kg", stock: 10 });
    await putInCart(buyer.token, book.id, 1.5);
    await change(`UPDATE products SET ${assignment} WHERE id = ?`, book.id);
    const { body } = await call("GET", `${API}/cart`, { token: buyer.token });
    expect(body.items).toMatchObject([{ product_id: book.id, available: isAvailable }]);
  });
});
