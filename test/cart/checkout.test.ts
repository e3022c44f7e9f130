import { describe, expect, it } from "vitest";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { count, counted, rowsOf } from "../support/d1.ts";
import {
  bookshop,
  buyOne,
  checkOut,
  confirm,
  fillCart,
  liftOrderLimits,
  putInCart,
} from "../support/purchases.ts";
import { newPerson, newProduct, type Shop } from "../support/shops.ts";

const address = {
  name: "Elena Robledo",
  lines: ["Calle Mayor 1", "2.º B"],
  city: "Madrid",
  postal_code: "28013",
  country: "ES",
};

const stock = (product: { id: string }) =>
  count("SELECT stock / 1000.0 n FROM products WHERE id = ?", product.id);
const inShop = (shop: Shop, table: string) =>
  count(`SELECT count(*) n FROM ${counted(table)} WHERE tenant_id = ?`, shop.tenant.id);

describe("a checkout", () => {
  it("turns the cart into a pending sale at current prices, decrements the stock and empties the cart", async () => {
    const { shop, buyer, book } = await bookshop();
    const other = await newProduct(shop, { price: 250 });
    await putInCart(buyer.token, book.id, 2);
    await putInCart(buyer.token, other.id, 3);
    await change("UPDATE products SET price = 1100 WHERE id = ?", book.id);
    const { status, body } = await checkOut(buyer.token, { shipping_address: address });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      kind: "sale",
      channel: "online",
      status: "pending",
      number: "A-10001",
      customer_id: buyer.id,
      payment_method: "card",
      country: "Spain",
      shipping_address: address,
      total: 2950,
      units: 5,
      lines: 2,
      currency: "EUR",
      payment: { provider: "manual", status: "pending", client_secret: null, error: null },
      items: [
        { line_no: 1, product_id: book.id, quantity: 2, unit_price: 1100, subtotal: 2200 },
        { line_no: 2, product_id: other.id, quantity: 3, unit_price: 250, subtotal: 750 },
      ],
    });
    expect(Date.parse(body.hold_expires_at) - Date.parse(body.placed_at)).toBe(30 * 60_000);
    expect(await stock(book)).toBe(8);
    expect((await call("GET", `${API}/cart`, { token: buyer.token })).body.items).toEqual([]);
  });

  it("records its event in the outbox, and counts in no figure before it is paid", async () => {
    const { shop, buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id);
    const [event] = await rowsOf(
      "SELECT type, payload FROM events WHERE tenant_id = ? AND type NOT LIKE 'product.%'",
      shop.tenant.id,
    );
    expect(event?.["type"]).toBe("purchase.placed");
    expect(JSON.parse(String(event?.["payload"]))).toMatchObject({
      id: body.id,
      total: 1000,
      number: "A-10001",
    });
    const kpis = () => call("GET", `${API}/metrics/kpis`, { token: shop.admin.token });
    expect((await kpis()).body).toMatchObject({ sales: 0, total_revenue: 0 });
    await confirm(shop, body.id);
    expect((await kpis()).body).toMatchObject({ sales: 1, total_revenue: 1000, customers: 1 });
  });

  it("is listed for staff among the other sales, with its number and address", async () => {
    const { shop, buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id, 1, { shipping_address: address });
    const { token } = shop.admin;
    const list = await call("GET", `${API}/sales?channel=online&status=pending`, { token });
    expect(list.body.data).toMatchObject([{ id: body.id, number: "A-10001", seller_id: null }]);
    const one = await call("GET", `${API}/sales/${body.id}`, { token });
    expect(one.body).toMatchObject({ shipping_address: address, payment_provider: "manual" });
  });

  it("numbers the purchases of each shop separately", async () => {
    const [first, second] = [await bookshop(), await bookshop()];
    const numbers = [];
    for (const { buyer, book } of [first, first, second])
      numbers.push((await buyOne(buyer.token, book.id)).body.number);
    expect(numbers).toEqual(["A-10001", "A-10002", "A-10001"]);
  });

  it("holds the goods for the time that the shop configures", async () => {
    const { shop, buyer, book } = await bookshop();
    await call("PATCH", `${API}/settings`, { token: shop.admin.token, json: { hold_minutes: 5 } });
    const { body } = await buyOne(buyer.token, book.id);
    expect(Date.parse(body.hold_expires_at) - Date.parse(body.placed_at)).toBe(5 * 60_000);
  });

  it("accepts a country without an address, or one other than that of the address", async () => {
    const { buyer, book } = await bookshop();
    const countryOf = async (json: Record<string, unknown>) =>
      (await buyOne(buyer.token, book.id, 1, json)).body.country;
    expect(await countryOf({})).toBeNull();
    expect(await countryOf({ country: "France" })).toBe("France");
    expect(await countryOf({ country: "France", shipping_address: address })).toBe("France");
    expect(await countryOf({ shipping_address: { ...address, country: "GB" } })).toBe("United Kingdom");
  });
});

describe("a rejected checkout changes nothing", () => {
  it("without an Idempotency-Key", async () => {
    const { shop, buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id);
    const path = `${API}/purchases/checkout`;
    const response = await call("POST", path, { token: buyer.token, json: { payment_method: "card" } });
    expect(response.body).toMatchObject({ type: "/problems/idempotency-key-missing", status: 400 });
    expect(await inShop(shop, "sales")).toBe(0);
  });

  it("with an empty cart", async () => {
    const { buyer } = await bookshop();
    expect((await checkOut(buyer.token)).body).toMatchObject({ type: "/problems/empty-cart", status: 422 });
  });

  it("if stock is insufficient, a hundred times, and the problem lists each such item", async () => {
    const { shop, buyer, book } = await bookshop();
    const scarce = await newProduct(shop, { stock: 1 });
    const soldOut = await newProduct(shop, { stock: 0 });
    await putInCart(buyer.token, book.id, 5);
    await putInCart(buyer.token, scarce.id, 2);
    const before = await rowsOf("SELECT * FROM products WHERE tenant_id = ? ORDER BY id", shop.tenant.id);
    for (let time = 0; time < 100; time += 1) {
      const { status, body } = await checkOut(buyer.token);
      expect(status).toBe(409);
      expect(body.items).toEqual([{ product_id: scarce.id, requested: 2, available: 1 }]);
    }
    await putInCart(buyer.token, soldOut.id);
    expect((await checkOut(buyer.token)).body).toMatchObject({
      type: "/problems/out-of-stock",
      items: [{ product_id: scarce.id }, { product_id: soldOut.id, requested: 1, available: 0 }],
    });
    expect(await rowsOf("SELECT * FROM products WHERE tenant_id = ? ORDER BY id", shop.tenant.id)).toEqual(
      before,
    );
    for (const table of ["sales", "sale_lines", "events", "idempotency_keys", "dirty_days"])
      expect(await inShop(shop, table), table).toBe(0);
    expect(await inShop(shop, "cart_items")).toBe(3);
  });

  it("if a product was hidden, and the problem names it", async () => {
    const { shop, buyer, book } = await bookshop();
    const visible = await newProduct(shop, { stock: 5 });
    await putInCart(buyer.token, visible.id);
    await putInCart(buyer.token, book.id, 2);
    await call("DELETE", `${API}/products/${book.id}`, { token: shop.admin.token });
    expect((await checkOut(buyer.token)).body).toMatchObject({
      type: "/problems/product-unavailable",
      items: [{ product_id: book.id, requested: 2, available: 0 }],
    });
    expect([await stock(visible), await inShop(shop, "sales")]).toEqual([5, 0]);
  });

  it("if a product is now sold by the piece, and the problem names it", async () => {
    const { shop, buyer, book } = await bookshop({ unit: "kg" });
    await putInCart(buyer.token, book.id, 1.5);
    await change("UPDATE products SET unit = 'piece' WHERE id = ?", book.id);
    const { body } = await checkOut(buyer.token);
    expect([body.type, body.items]).toMatchObject([
      "/problems/product-unavailable",
      [{ product_id: book.id, requested: 1.5, available: 0 }],
    ]);
    expect([await stock(book), await inShop(shop, "sales")]).toEqual([10, 0]);
  });

  it("if the total differs from the expected one, and the problem has the new total", async () => {
    const { shop, buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id, 2);
    await change("UPDATE products SET price = 1001 WHERE id = ?", book.id);
    const refused = await checkOut(buyer.token, { expected_total: 2000 });
    expect(refused.body).toMatchObject({ type: "/problems/price-changed", status: 409, total: 2002 });
    expect([await stock(book), await inShop(shop, "sales"), await inShop(shop, "cart_items")]).toEqual([
      10, 0, 1,
    ]);
    expect((await checkOut(buyer.token, { expected_total: 2002 })).body.total).toBe(2002);
  });

  it("if the total exceeds the limit of an amount or of SQLite's integers", async () => {
    const { shop, buyer, book } = await bookshop({ stock: null });
    const other = await newProduct(shop);
    await putInCart(buyer.token, book.id);
    await putInCart(buyer.token, other.id);
    const setPrices = (price: number) =>
      change("UPDATE products SET price = ? WHERE tenant_id = ?", price, shop.tenant.id);
    await setPrices(Number.MAX_SAFE_INTEGER);
    const tooLarge = { type: "/problems/amount-too-large", status: 422 };
    expect((await checkOut(buyer.token)).body).toMatchObject(tooLarge);
    await setPrices(1000);
    for (const { id } of [book, other]) await putInCart(buyer.token, id, 998);
    await setPrices(Number.MAX_SAFE_INTEGER);
    expect((await checkOut(buyer.token)).body).toMatchObject(tooLarge);
    expect([await inShop(shop, "sales"), await inShop(shop, "cart_items")]).toEqual([0, 2]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["#/payment_method", { payment_method: "shells" }],
    ["#/total", { total: 1 }],
    ["#/status", { status: "completed" }],
    ["#/expected_total", { expected_total: -1 }],
    ["#/shipping_address/country", { shipping_address: { ...address, country: "XX" } }],
    ["#/shipping_address/country", { shipping_address: { ...address, country: "es" } }],
    ["#/shipping_address/country", { shipping_address: { ...address, country: "UK" } }],
    ["#/shipping_address/lines", { shipping_address: { ...address, lines: [] } }],
    ["#/shipping_address/lines", { shipping_address: { ...address, lines: ["1", "2", "3", "4", "5"] } }],
    ["#/shipping_address/lines/0", { shipping_address: { ...address, lines: ["\u202e"] } }],
    ["#/shipping_address/name", { shipping_address: { ...address, name: " " } }],
    ["#/shipping_address/zip", { shipping_address: { ...address, zip: "1" } }],
  ])("if %s is invalid: %j", async (pointer, json) => {
    const { shop, buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id);
    const { status, body } = await checkOut(buyer.token, json);
    expect(status).toBe(422);
    expect(body.errors[0].pointer).toBe(pointer);
    expect(await inShop(shop, "sales")).toBe(0);
  });
});

describe("a method that the shop added", () => {
  it("pays a checkout, and one that it removed since is refused", async () => {
    const { shop, buyer, book } = await bookshop();
    const setMethods = (methods: { method: string; name: string }[]) =>
      call("PUT", `${API}/payment-methods`, { token: shop.admin.token, json: { methods } });
    await putInCart(buyer.token, book.id);
    await setMethods([{ method: "bizum", name: "Bizum" }]);
    const bought = await checkOut(buyer.token, { payment_method: "bizum" });
    expect([bought.status, bought.body.payment_method]).toEqual([201, "bizum"]);
    await putInCart(buyer.token, book.id);
    await setMethods([]);
    const refused = await checkOut(buyer.token, { payment_method: "bizum" });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, "#/payment_method"]);
  });
});

describe("the cost of a checkout", () => {
  // One row a line is the index that lists products by their last change, since the stock changes.
  // One row counts the cart and the origin of its lines, four are the mail with its indexes.
  const written = (lines: number) => 15 + 6 * lines;

  it("is one round trip for a cart that was just shown, and at most 15 + 6 rows written a line", async () => {
    const { buyer, book } = await bookshop();
    const cost = costOf(await buyOne(buyer.token, book.id));
    expect(cost.queries).toBe(1);
    expect(cost.written).toBeLessThanOrEqual(written(1));
  });

  it("has the same round trips for a hundred lines", async () => {
    const { shop, buyer } = await bookshop();
    await fillCart(shop, buyer, 100, 2);
    const response = await checkOut(buyer.token);
    expect(response.body).toMatchObject({ lines: 100, units: 200, total: 2 * 5050 });
    const cost = costOf(response);
    // A long cart is not remembered.
    expect(cost.queries).toBe(2);
    expect(cost.read).toBeLessThan(30 * 100);
    expect(cost.written).toBeLessThanOrEqual(written(100));
  });

  it("is two round trips if it is rejected: the cart and the key", async () => {
    const { buyer, book } = await bookshop({ stock: 0 });
    await putInCart(buyer.token, book.id);
    expect(costOf(await checkOut(buyer.token)).queries).toBe(2);
  });

  it("does not grow with the products and sales of the shop", async () => {
    const { shop, buyer, book } = await bookshop({ stock: 100 });
    await liftOrderLimits(shop);
    const other = await newPerson(shop.tenant, "CUSTOMER");
    await buyOne(buyer.token, book.id);
    const before = costOf(await buyOne(buyer.token, book.id)).read;
    for (let sold = 0; sold < 20; sold += 1) expect((await buyOne(other.token, book.id)).status).toBe(201);
    for (let each = 0; each < 20; each += 1) await newProduct(shop);
    const last = await buyOne(buyer.token, book.id);
    expect(last.status).toBe(201);
    // The limit of unpaid orders reads those of the buyer of the last two days, which are one more: its entry in the index and its row.
    const ownOrder = 2;
    expect(costOf(last).read).toBeLessThanOrEqual(before + ownOrder + 2);
  });
});
