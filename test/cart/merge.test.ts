import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { mergeCart } from "../../src/cart/merge.ts";
import { findCart } from "../../src/cart/owner.ts";
import { readShopToken } from "../../src/platform/secret-tokens.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { between, count, rowsOf } from "../support/d1.ts";
import { failingDb } from "../support/failing-bindings.ts";
import { guestShop, newGuest, type Guest } from "../support/guests.ts";
import { checkOut, putInCart } from "../support/purchases.ts";
import { base, newPerson, newProduct, newShop, PASSWORD, type Person, type Shop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";

const signIn = (shop: Shop, person: Person, cart?: string) =>
  call("POST", `${API}/auth/login`, {
    json: { tenant: shop.tenant.slug, email: person.email, password: PASSWORD },
    headers: cart === undefined ? {} : { "x-cart": cart },
  });

const cartOf = async (token: string) => (await call("GET", `${API}/cart`, { token })).body;

const unitsOf = (cart: { items: { product_id: string; quantity: number }[] }) =>
  Object.fromEntries(cart.items.map(({ product_id, quantity }) => [product_id, quantity]));

const funnelOf = (shop: Shop) =>
  rowsOf(
    `SELECT 'carts' AS what, sum(carts_started) AS n FROM daily_cart_lines WHERE tenant_id = ?1
      UNION ALL SELECT 'lines', sum(added) FROM daily_cart_lines WHERE tenant_id = ?1`,
    shop.tenant.id,
  );

const counts = async (shop: Shop) => (await funnelOf(shop)).map(({ n }) => n);

describe("signing in with the cart of a guest", () => {
  it("adds its lines to those of the account and deletes it", async () => {
    const { shop, book, guest } = await guestShop();
    const other = await newProduct(shop, { price: 300 });
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    await putInCart(buyer.token, book.id, 2);
    await guest.put(book.id, 3);
    await guest.put(other.id, 4);
    // Another day, whose carts are left alone.
    await change(
      `INSERT INTO daily_cart_lines (tenant_id, day, origin, added, ordered, carts_started)
        VALUES (?, '2026-01-01', '', 30, 0, 20)`,
      shop.tenant.id,
    );
    const { status, body } = await signIn(shop, buyer, guest.cart);
    expect(status).toBe(200);
    expect(unitsOf(await cartOf(body.access_token))).toEqual({ [book.id]: 5, [other.id]: 4 });
    expect((await guest.send("GET", "/cart")).body.type).toBe("/problems/unknown-cart");
    expect(await counts(shop)).toEqual([21, 32]);
  });

  it("counts no line of a cart that is older than the figures of carts", async () => {
    const { shop, book, guest } = await guestShop();
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    await guest.put(book.id, 3);
    await change("UPDATE cart_items SET cart_day = NULL WHERE tenant_id = ?", shop.tenant.id);
    expect((await signIn(shop, buyer, guest.cart)).status).toBe(200);
    expect(unitsOf(await cartOf(buyer.token))).toEqual({ [book.id]: 3 });
    expect(await counts(shop)).toEqual([1, 1]);
  });

  it("works once, also if it happens twice at the same time", async () => {
    const { shop, book, guest } = await guestShop();
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    await guest.put(book.id, 3);
    await Promise.all([signIn(shop, buyer, guest.cart), signIn(shop, buyer, guest.cart)]);
    await signIn(shop, buyer, guest.cart);
    expect(unitsOf(await cartOf(buyer.token))).toEqual({ [book.id]: 3 });
    expect(await counts(shop)).toEqual([1, 1]);
  });

  it("whose cart is unknown makes no cart", async () => {
    const { shop, guest } = await guestShop();
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    await change(
      "UPDATE carts SET expires_at = '2026-01-01T00:00:00.000Z' WHERE tenant_id = ?",
      shop.tenant.id,
    );
    expect((await signIn(shop, buyer, guest.cart)).status).toBe(200);
    expect(await count("SELECT count(*) n FROM carts WHERE id = ?", buyer.id)).toBe(0);
  });

  it("happens when registering too", async () => {
    const { shop, book, guest } = await guestShop();
    await guest.put(book.id, 3);
    const json = {
      tenant: shop.tenant.slug,
      email: "new@example.com",
      password: PASSWORD,
      first_name: "N",
      last_name: "W",
    };
    const { body: user } = await call("POST", `${API}/auth/register`, {
      json,
      headers: { "x-cart": guest.cart },
    });
    expect(
      await rowsOf("SELECT cart_id, quantity FROM cart_items WHERE tenant_id = ?", shop.tenant.id),
    ).toEqual([{ cart_id: user.id, quantity: 3000 }]);
  });

  it("keeps lines within 999 units, whole pieces and a hundred lines, and never fails", async () => {
    const { shop, guest } = await guestShop();
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    const [many, split, dear] = [
      await newProduct(shop, { price: 1 }),
      await newProduct(shop, { price: 1, unit: "kg" }),
      await newProduct(shop, { price: 0 }),
    ];
    await guest.put(many.id, 998);
    await putInCart(buyer.token, many.id, 998);
    await guest.put(split.id, 1.5);
    await guest.put(dear.id, 600);
    await change("UPDATE products SET unit = 'piece' WHERE id = ?", split.id);
    await change("UPDATE cart_items SET price = 1500000000 WHERE product_id = ?", dear.id);
    await putInCart(buyer.token, dear.id, 600);
    const extra: string[] = [];
    for (let each = 0; each < 98; each += 1) extra.push((await newProduct(shop, { price: 1 })).id);
    for (const id of extra.slice(0, 49)) await putInCart(buyer.token, id);
    for (const id of extra.slice(49)) await guest.put(id);
    const tail = [await newProduct(shop), await newProduct(shop)];
    for (const { id } of tail) await guest.put(id);
    const { status, body } = await signIn(shop, buyer, guest.cart);
    expect(status).toBe(200);
    const units = unitsOf(await cartOf(body.access_token));
    expect(Object.keys(units)).toHaveLength(100);
    expect([units[many.id], units[split.id], units[dear.id]]).toEqual([999, 1, 666]);
    expect(tail.map(({ id }) => units[id])).toEqual([undefined, undefined]);
  }, 60_000);

  it("ignores a token that is wrong, has expired or is of another shop", async () => {
    const { shop, book, guest } = await guestShop();
    const elsewhere = await guestShop();
    await elsewhere.guest.put(elsewhere.book.id);
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    await guest.put(book.id);
    await change("UPDATE carts SET expires_at = '2026-01-01' WHERE tenant_id = ?", shop.tenant.id);
    for (const cart of ["", "x", `${shop.tenant.id}.${"A".repeat(43)}`, guest.cart, elsewhere.guest.cart])
      expect((await signIn(shop, buyer, cart)).status).toBe(200);
    expect((await cartOf(buyer.token)).items).toEqual([]);
    expect((await elsewhere.guest.send("GET", "/cart")).body.units).toBe(1);
  });

  it("does not happen when the password is wrong", async () => {
    const { shop, book, guest } = await guestShop();
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    await guest.put(book.id);
    const json = { tenant: shop.tenant.slug, email: buyer.email, password: "wrong" };
    const answer = await call("POST", `${API}/auth/login`, { json, headers: { "x-cart": guest.cart } });
    expect(answer.status).toBe(401);
    expect((await guest.send("GET", "/cart")).body.units).toBe(1);
  });

  it("costs one round trip, and none without a cart", async () => {
    const { shop, book, guest } = await guestShop();
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    await guest.put(book.id);
    const without = costOf(await signIn(shop, buyer)).queries;
    expect(costOf(await signIn(shop, buyer, guest.cart)).queries).toBe(without + 1);
  });

  it("succeeds even if the merge fails, which is in the log, and the guest keeps the cart", async () => {
    const { shop, book, guest } = await guestShop();
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    await guest.put(book.id);
    const { queries } = costOf(await signIn(shop, buyer));
    const { db: DB } = failingDb(env.DB, queries + 1, new Error("D1 is down"));
    const logged = vi.spyOn(console, "error").mockReturnValue();
    const { status } = await callWith({ DB }, "POST", `${API}/auth/login`, {
      json: { tenant: shop.tenant.slug, email: buyer.email, password: PASSWORD },
      headers: { "x-cart": guest.cart },
    });
    const lines = logged.mock.calls.map(([line]) => JSON.parse(String(line)));
    logged.mockRestore();
    expect(status).toBe(200);
    expect(lines).toMatchObject([{ what: "merge of carts", error: { message: "D1 is down" } }]);
    expect((await guest.send("GET", "/cart")).body.units).toBe(1);
  });

  it("of a guest who checks out at the same moment either moves the cart or buys it", async () => {
    const { shop, book, guest } = await guestShop();
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    await guest.put(book.id);
    const [bought] = await Promise.all([guest.checkOut(), signIn(shop, buyer, guest.cart)]);
    const { items } = await cartOf(buyer.token);
    expect([
      [201, 0],
      [422, 1],
      [404, 1],
    ]).toContainEqual([bought.status, items.length]);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", book.id)).toBe(
      bought.status === 201 ? 9 : 10,
    );
  });

  it("may be repeated when its answer was lost", async () => {
    const { shop, book, guest } = await guestShop();
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    await guest.put(book.id);
    const failing = between(base(), {
      after: () => {
        throw new Error("the answer was lost");
      },
    });
    const tokenHash = readShopToken(guest.cart)?.tokenHash ?? "";
    const merge = { tenantId: shop.tenant.id, userId: buyer.id, tokenHash };
    await expect(mergeCart(failing, merge)).rejects.toThrow("lost");
    await mergeCart(base(), merge);
    expect(unitsOf(await cartOf(buyer.token))).toEqual({ [book.id]: 1 });
  });
});

describe("the merge of carts", () => {
  it("has for each product the sum of both, whatever they hold, and the funnel counts one cart with its lines", async () => {
    const shop = await newShop();
    const products: string[] = [];
    for (let each = 0; each < 6; each += 1) products.push((await newProduct(shop, { price: each * 7 })).id);
    const lines = fc.array(fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 999 })), { maxLength: 6 });
    const fill = async (put: Guest["put"], list: [number, number][]): Promise<Map<string, number>> => {
      const held = new Map<string, number>();
      for (const [index, quantity] of list) {
        const id = products[index] ?? "";
        const sum = (held.get(id) ?? 0) + quantity;
        if (sum > 999) continue;
        held.set(id, sum);
        expect((await put(id, quantity)).status).toBe(201);
      }
      return held;
    };
    for (const [mine, theirs] of fc.sample(fc.tuple(lines, lines), { seed: 17, numRuns: 15 })) {
      await change("DELETE FROM daily_carts WHERE tenant_id = ?", shop.tenant.id);
      await change("DELETE FROM daily_cart_lines WHERE tenant_id = ?", shop.tenant.id);
      const [buyer, guest] = [await newPerson(shop.tenant, "CUSTOMER"), await newGuest(shop)];
      const own = await fill((id, quantity) => putInCart(buyer.token, id, quantity), mine);
      const other = await fill(guest.put, theirs);
      await signIn(shop, buyer, guest.cart);
      const expected = new Map(own);
      for (const [id, quantity] of other) expected.set(id, Math.min(999, (own.get(id) ?? 0) + quantity));
      expect(unitsOf(await cartOf(buyer.token))).toEqual(Object.fromEntries(expected));
      const [carts, added] = await counts(shop);
      expect([carts ?? 0, added ?? 0]).toEqual([expected.size > 0 ? 1 : 0, expected.size]);
    }
  }, 120_000);
});

it("signing in brings the lines of the guest to the day of the account's cart, where they count until they are ordered", async () => {
  const { shop, book, guest } = await guestShop();
  const [both, buyer] = [await newProduct(shop, { price: 300 }), await newPerson(shop.tenant, "CUSTOMER")];
  for (const { id } of [book, both]) await guest.put(id);
  for (const table of ["cart_items SET cart_day", "daily_cart_lines SET day"])
    await change(`UPDATE ${table} = '2026-01-01' WHERE tenant_id = ?`, shop.tenant.id);
  await putInCart(buyer.token, both.id);
  await signIn(shop, buyer, guest.cart);
  const linesOfDays = () =>
    rowsOf("SELECT added, ordered FROM daily_cart_lines WHERE tenant_id = ? ORDER BY day", shop.tenant.id);
  const ofGuest = { added: 0, ordered: 0 };
  expect(await linesOfDays()).toEqual([ofGuest, { added: 2, ordered: 0 }]);
  expect((await checkOut(buyer.token)).status).toBe(201);
  expect(await linesOfDays()).toEqual([ofGuest, { added: 2, ordered: 2 }]);
});

it("signing in keeps the order of the lines, those of the guest in theirs, and the price at which each was added last", async () => {
  const { shop, guest } = await guestShop();
  const buyer = await newPerson(shop.tenant, "CUSTOMER");
  const [first, second, third] = [
    await newProduct(shop, { price: 100 }),
    await newProduct(shop, { price: 100 }),
    await newProduct(shop, { price: 100 }),
  ];
  await putInCart(buyer.token, third.id);
  await change("UPDATE products SET price = 200 WHERE tenant_id = ?", shop.tenant.id);
  for (const { id } of [second, first, third]) await guest.put(id);
  for (const [at, id] of [second.id, first.id, third.id].entries())
    await change(
      "UPDATE cart_items SET added_at = ? WHERE product_id = ? AND cart_id <> ?",
      `2026-01-0${at + 1}T00:00:00.000Z`,
      id,
      buyer.id,
    );
  await signIn(shop, buyer, guest.cart);
  const { items } = await cartOf(buyer.token);
  expect(
    items.map((item: { product_id: string; price_when_added: number }) => [
      item.product_id,
      item.price_when_added,
    ]),
  ).toEqual([
    [second.id, 200],
    [first.id, 200],
    [third.id, 200],
  ]);
});

it("signing in keeps a fraction of what is sold by weight", async () => {
  const { shop, guest } = await guestShop();
  const rice = await newProduct(shop, { price: 300, unit: "kg", stock: 10 });
  const buyer = await newPerson(shop.tenant, "CUSTOMER");
  await guest.put(rice.id, 1.5);
  const { body } = await signIn(shop, buyer, guest.cart);
  expect(unitsOf(await cartOf(body.access_token))).toEqual({ [rice.id]: 1.5 });
});

it("signing in takes what fits into a line of the account, and the rest of the cart with it", async () => {
  const { shop, book, guest } = await guestShop();
  const buyer = await newPerson(shop.tenant, "CUSTOMER");
  const weighed = { price: 300, unit: "kg", stock: 10 };
  const [saffron, gold, dear] = [
    await newProduct(shop, weighed),
    await newProduct(shop, weighed),
    await newProduct(shop, { price: 300 }),
  ];
  await guest.put(saffron.id, 0.001);
  await guest.put(gold.id, 0.001);
  await guest.put(dear.id, 500);
  await guest.put(book.id, 1);
  // A thousandth of it costs as much as a line may cost.
  await change("UPDATE cart_items SET price = ? WHERE product_id = ?", 10 ** 15, gold.id);
  await change("UPDATE cart_items SET price = ? WHERE product_id = ?", 2 * 10 ** 9, dear.id);
  const { body } = await signIn(shop, buyer, guest.cart);
  expect(unitsOf(await cartOf(body.access_token))).toEqual({
    [saffron.id]: 0.001,
    [dear.id]: 499,
    [book.id]: 1,
  });
});

it("a cart is merged until the moment at which it expires", async () => {
  const { shop, book, guest } = await guestShop();
  const buyer = await newPerson(shop.tenant, "CUSTOMER");
  await guest.put(book.id);
  const [cart] = await rowsOf("SELECT expires_at FROM carts WHERE tenant_id = ?", shop.tenant.id);
  const end = Date.parse(String(cart?.["expires_at"]));
  const token = readShopToken(guest.cart);
  if (!token) throw new Error("The cart has no token.");
  const merge = { tenantId: shop.tenant.id, userId: buyer.id, tokenHash: token.tokenHash };
  const idAt = async (at: number) => (await findCart(base(new Date(at)), token))?.cartId;
  expect([await idAt(end), typeof (await idAt(end - 1))]).toEqual([null, "string"]);
  await mergeCart(base(new Date(end)), merge);
  expect((await cartOf(buyer.token)).items).toEqual([]);
  await mergeCart(base(new Date(end - 1)), merge);
  expect(unitsOf(await cartOf(buyer.token))).toEqual({ [book.id]: 1 });
});
