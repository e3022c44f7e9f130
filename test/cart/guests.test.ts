import { describe, expect, it } from "vitest";
import { createCart, deleteExpiredCarts } from "../../src/cart/carts.ts";
import { forgetCarts } from "../../src/cart/remembered-cart.ts";
import { newShopToken } from "../../src/platform/secret-tokens.ts";
import { newId } from "../../src/values/ids.ts";
import { change } from "../support/change.ts";
import { API, call, costOf, ORIGIN } from "../support/client.ts";
import { countByStatus } from "../support/count-by-status.ts";
import { count, failureOf, rowsOf } from "../support/d1.ts";
import { guestOf, guestShop, newCart, newGuest } from "../support/guests.ts";
import { confirm } from "../support/purchases.ts";
import { quotaState } from "../support/quotas.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";

const address = {
  name: "Greta Gast",
  lines: ["Calle Mayor 1"],
  city: "Madrid",
  postal_code: "28013",
  country: "ES",
};

const customersOf = (shop: Shop) =>
  rowsOf(
    "SELECT id, name, email, phone, language, version FROM customers WHERE tenant_id = ? ORDER BY created_at, id",
    shop.tenant.id,
  );
const stock = (product: { id: string }) =>
  count("SELECT stock / 1000.0 n FROM products WHERE id = ?", product.id);

describe("the cart of a guest", () => {
  it("has an unguessable token of which only the hash is stored, and expires after 30 days", async () => {
    const shop = await newShop();
    const { status, body } = await call("POST", `${API}/carts?tenant=${shop.tenant.slug}`);
    expect(status).toBe(201);
    const [tenant, secret] = body.cart_token.split(".");
    expect([tenant, Buffer.from(secret, "base64url").length]).toEqual([shop.tenant.id, 32]);
    const days = (Date.parse(body.expires_at) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThan(30.1);
    expect(JSON.stringify(await rowsOf("SELECT * FROM carts"))).not.toContain(secret);
  });

  it("holds products like that of an account, and each guest has their own", async () => {
    const { shop, book, guest } = await guestShop();
    const other = await newGuest(shop);
    expect((await guest.put(book.id, 2)).body).toMatchObject({ units: 2, total: 2000, currency: "EUR" });
    expect((await guest.send("PUT", `/cart/items/${book.id}`, { quantity: 3 })).body.units).toBe(3);
    expect((await other.send("GET", "/cart")).body.items).toEqual([]);
    expect((await guest.send("GET", "/cart")).body.items).toHaveLength(1);
    expect((await guest.send("DELETE", `/cart/items/${book.id}`)).body.items).toEqual([]);
    await guest.put(book.id);
    expect((await guest.send("DELETE", "/cart")).body.items).toEqual([]);
  });

  it("is one round trip to create, and one to use", async () => {
    const { shop, book, guest } = await guestShop();
    const created = await call("POST", `${API}/carts`, { headers: { "x-tenant": shop.tenant.slug } });
    expect(costOf(created).queries).toBe(1);
    await guest.send("GET", "/cart");
    expect(costOf(await guest.put(book.id)).queries).toBe(1);
    expect(costOf(await guest.send("GET", "/cart")).queries).toBe(1);
  });

  it("follows the settings of its shop and ends with it, though it was used before", async () => {
    const { shop, guest } = await guestShop();
    const policy = async () => (await guest.send("GET", "/cart")).headers.get("ratelimit-policy");
    const standard = await policy();
    expect(standard).toContain('"tenant";');
    await change("UPDATE tenants SET plan = 'large' WHERE id = ?", shop.tenant.id);
    expect(await policy()).not.toBe(standard);
    await change("UPDATE tenants SET is_active = 0 WHERE id = ?", shop.tenant.id);
    expect((await guest.send("GET", "/cart")).body.type).toBe("/problems/unknown-cart");
  });

  it("counts for the quota of its shop, though its token is wrong", async () => {
    const { shop } = await guestShop();
    const wrong = guestOf(newShopToken(shop.tenant.id).token);
    const remaining = async () => quotaState(await wrong.send("GET", "/cart"), "tenant")?.remaining;
    expect(((await remaining()) ?? 0) - ((await remaining()) ?? 0)).toBe(1);
  });

  it("repeats an addition under an Idempotency-Key, which belongs to the cart", async () => {
    const { shop, book, guest } = await guestShop();
    const other = await newGuest(shop);
    const add = (who: typeof guest) =>
      who.send("POST", "/cart/items", { product_id: book.id, quantity: 1 }, { "idempotency-key": "k" });
    await add(guest);
    const again = await add(guest);
    expect([again.headers.get("idempotent-replayed"), again.body.units]).toEqual(["true", 1]);
    const others = await add(other);
    expect([others.headers.get("idempotent-replayed"), others.body.units]).toEqual([null, 1]);
  });

  it("stores three hundred keys a day of a few bytes each, and refuses more without changing the cart", async () => {
    const { shop, book, guest } = await guestShop();
    const add = (key: string) =>
      guest.send("POST", "/cart/items", { product_id: book.id, quantity: 1 }, { "idempotency-key": key });
    expect((await add("k")).status).toBe(201);
    expect(await rowsOf("SELECT body FROM idempotency_keys WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { body: "null" },
    ]);
    await change(
      `INSERT INTO idempotency_keys (tenant_id, actor, key, fingerprint, body, created_at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 299)
        SELECT tenant_id, actor, key || i, fingerprint, body, created_at FROM n CROSS JOIN idempotency_keys WHERE tenant_id = ?`,
      shop.tenant.id,
    );
    const refused = await add("one-too-many");
    expect([refused.status, refused.body.type]).toEqual([429, "/problems/too-many-attempts"]);
    expect(refused.headers.get("retry-after")).toBe("86400");
    expect((await add("k")).headers.get("idempotent-replayed")).toBe("true");
    expect((await guest.send("GET", "/cart")).body.units).toBe(1);
    expect((await guest.put(book.id)).status).toBe(201);
  });

  it("is not used by somebody who is signed in", async () => {
    const { shop, book, guest } = await guestShop();
    await guest.put(book.id);
    const { token } = await newPerson(shop.tenant, "CUSTOMER");
    const headers = { "x-cart": guest.cart };
    expect((await call("GET", `${API}/cart`, { token, headers })).body.items).toEqual([]);
    expect((await call("DELETE", `${API}/cart`, { token, headers })).status).toBe(200);
    expect((await guest.send("GET", "/cart")).body.units).toBe(1);
  });

  it("is used in a browser whose login has ended", async () => {
    const { shop, book, guest } = await guestShop();
    await guest.put(book.id);
    const person = await newPerson(shop.tenant, "CUSTOMER");
    const headers = { cookie: `mostrador_access=${person.token}`, origin: ORIGIN };
    const units = async () => (await guest.send("GET", "/cart", undefined, headers)).body.units;
    expect(await units()).toBe(0);
    await change("UPDATE auth_sessions SET revoked_at = created_at WHERE user_id = ?", person.id);
    expect(await units()).toBe(1);
  });

  it("is created 200 times a day from one address, from a /64 of IPv6 together, and then refused until tomorrow", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const create = (in_: Shop, ip: string) =>
      call("POST", `${API}/carts`, { headers: { "x-tenant": in_.tenant.slug, "cf-connecting-ip": ip } });
    await create(shop, "2001:db8:1:2::1");
    await change(
      `INSERT INTO carts (tenant_id, id, token_hash, created_from, created_at, expires_at)
        SELECT tenant_id, value, value, created_from, created_at, expires_at FROM carts
        CROSS JOIN json_each(?) WHERE tenant_id = ?`,
      JSON.stringify(Array.from({ length: 198 }, (_, index) => `cart-${index}`)),
      shop.tenant.id,
    );
    const [one, two] = await Promise.all([
      create(shop, "2001:db8:1:2::2"),
      create(shop, "2001:db8:1:2:3:4:5:6"),
    ]);
    expect(countByStatus([one, two])).toEqual({ 201: 1, 429: 1 });
    const refused = await create(shop, "2001:db8:1:2:ffff::");
    expect([refused.status, refused.body.type]).toEqual([429, "/problems/too-many-carts"]);
    const untilMidnight = 86_400 - (Math.floor(Date.now() / 1000) % 86_400);
    expect(Math.abs(Number(refused.headers.get("retry-after")) - untilMidnight)).toBeLessThan(60);
    expect((await create(shop, "2001:db8:1:3::1")).status).toBe(201);
    expect((await create(other, "2001:db8:1:2::2")).status).toBe(201);
    // With the colon, which no random id has.
    expect(JSON.stringify(await rowsOf("SELECT * FROM carts"))).not.toContain("db8:");
  });

  it("is refused after the last of the day until midnight (UTC), and not to the customers of a secret key", async () => {
    const { tenant } = await newShop();
    const ctx = { ...base(new Date("2027-03-01T23:59:58.500Z")), tenant, actor: null };
    const repeatLast = () =>
      change(
        `INSERT INTO carts (tenant_id, id, token_hash, created_from, created_at, expires_at)
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
          SELECT tenant_id, id || i, id || i, created_from, created_at, expires_at FROM n
          CROSS JOIN (SELECT * FROM carts WHERE tenant_id = ? ORDER BY id DESC LIMIT 1)`,
        tenant.id,
      );
    const address = "192.0.2.7";
    const actor = { kind: "key" as const, keyId: newId(), name: "shop front", scopes: ["carts:write"] };
    await createCart({ ...ctx, actor }, address);
    await repeatLast();
    const { expires_at } = await createCart({ ...ctx, actor }, address);
    expect(expires_at).toBe("2027-03-31T23:59:58.500Z");
    await createCart(ctx, address);
    await repeatLast();
    expect(await failureOf(createCart(ctx, address))).toMatchObject({
      slug: "too-many-carts",
      headers: { "retry-after": "2" },
    });
    expect((await createCart({ ...ctx, now: new Date("2027-03-02T00:00:00Z") }, address)).cart_token).toMatch(
      /^[\w-]+\.[\w-]+$/,
    );
  });

  it("is deleted with its lines when it has expired, and those of accounts stay", async () => {
    const { shop, book, guest } = await guestShop();
    const { token } = await newPerson(shop.tenant, "CUSTOMER");
    const current = await newGuest(shop);
    await guest.put(book.id);
    await current.put(book.id);
    await call("POST", `${API}/cart/items`, { token, json: { product_id: book.id, quantity: 1 } });
    const days = (n: number) => new Date(Date.now() + n * 86_400_000);
    await change(
      "UPDATE carts SET expires_at = ? WHERE tenant_id = ? AND token_hash IS NOT NULL AND id = (SELECT min(id) FROM carts WHERE tenant_id = ?2)",
      new Date().toISOString(),
      shop.tenant.id,
    );
    for (let after: string | null = ""; after !== null;)
      after = await deleteExpiredCarts(base(days(1)), after);
    expect(await count("SELECT count(*) n FROM cart_items WHERE tenant_id = ?", shop.tenant.id)).toBe(2);
    expect((await guest.send("GET", "/cart")).body.type).toBe("/problems/unknown-cart");
    expect((await current.send("GET", "/cart")).body.units).toBe(1);
  });
});

describe("a guest's checkout", () => {
  it("makes a pending sale of a new customer, with a token to follow it and a shorter hold", async () => {
    const { shop, book, guest } = await guestShop();
    await guest.put(book.id, 2);
    const { status, body } = await guest.checkOut({
      email: " Greta@Example.COM ",
      phone: "+34 600 000 000",
      language: "de",
      name: "Greta Maria Gast",
      shipping_address: address,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: "pending",
      channel: "online",
      number: "A-10001",
      total: 2000,
      customer_id: null,
      shipping_address: address,
      payment: { provider: "manual", status: "pending" },
    });
    expect(Date.parse(body.hold_expires_at) - Date.parse(body.placed_at)).toBe(15 * 60_000);
    expect(body.order_token).toMatch(new RegExp(`^${shop.tenant.id}\\.${body.id}\\.[\\w-]{43}$`));
    const [customer] = await customersOf(shop);
    expect(customer).toMatchObject({
      name: "Greta Maria Gast",
      email: "greta@example.com",
      phone: "+34 600 000 000",
      language: "de",
    });
    const sale = await call("GET", `${API}/sales/${body.id}`, { token: shop.admin.token });
    expect(sale.body.customer_id).toBe(customer?.["id"]);
    expect(await stock(book)).toBe(8);
    expect((await guest.send("GET", "/cart")).body.items).toEqual([]);
    const secret = body.order_token.split(".")[2];
    for (const table of ["order_tokens", "idempotency_keys", "events", "sales"])
      expect(JSON.stringify(await rowsOf(`SELECT * FROM ${table}`)), table).not.toContain(secret);
  });

  it("takes the name of the address for a guest who gives no other, and none where there is no address", async () => {
    const { shop, book, guest } = await guestShop();
    const names = [];
    for (const [email, shipping_address] of [
      ["eva@example.com", { ...address, name: "Eva Sol" }],
      ["ana@example.com", undefined],
    ] as const) {
      await guest.put(book.id);
      expect((await guest.checkOut({ email, name: undefined, shipping_address })).status).toBe(201);
      const [customer] = (await customersOf(shop)).filter((each) => each["email"] === email);
      names.push(customer?.["name"]);
    }
    expect(names).toEqual(["Eva Sol", null]);
  });

  it("takes one round trip, or two where the cart is not remembered", async () => {
    const { book, guest } = await guestShop();
    await guest.put(book.id);
    expect(costOf(await guest.checkOut()).queries).toBe(1);
    await guest.put(book.id);
    forgetCarts();
    expect(costOf(await guest.checkOut()).queries).toBe(2);
  });

  it("counts in the figures once it is paid", async () => {
    const { shop, book, guest } = await guestShop();
    await guest.put(book.id);
    const { body } = await guest.checkOut();
    await confirm(shop, body.id);
    const kpis = await call("GET", `${API}/metrics/kpis`, { token: shop.admin.token });
    expect(kpis.body).toMatchObject({ sales: 1, total_revenue: 1000, customers: 1 });
  });

  it("finds the customer of the e-mail address and changes nothing of their record", async () => {
    const { shop, book, guest } = await guestShop();
    await guest.put(book.id);
    await guest.checkOut({ name: "Greta Gast" });
    const before = await customersOf(shop);
    const other = await newGuest(shop);
    await other.put(book.id);
    const second = await other.checkOut({
      email: "GUEST@example.com",
      name: "Somebody Else",
      phone: "123456",
    });
    expect(second.text).not.toContain("Greta Gast");
    expect(await customersOf(shop)).toEqual(before);
    expect(
      await count("SELECT count(DISTINCT customer_id) n FROM sales WHERE tenant_id = ?", shop.tenant.id),
    ).toBe(1);
  });

  it("finds the record into which that of the e-mail address was merged", async () => {
    const { shop, book, guest } = await guestShop();
    const target = await newPerson(shop.tenant, "CUSTOMER");
    await guest.put(book.id);
    await guest.checkOut();
    await change(
      "UPDATE customers SET merged_into = ? WHERE tenant_id = ? AND email = 'guest@example.com'",
      target.id,
      shop.tenant.id,
    );
    await guest.put(book.id);
    const { body } = await guest.checkOut();
    expect(
      await count("SELECT count(*) n FROM sales WHERE id = ? AND customer_id = ?", body.id, target.id),
    ).toBe(1);
  });

  it("does not give the order to an account that has not confirmed the address", async () => {
    const { shop, book, guest } = await guestShop();
    const buyer = await newPerson(shop.tenant, "CUSTOMER", "claimed@example.com");
    await guest.put(book.id);
    await guest.checkOut({ email: "claimed@example.com" });
    expect((await call("GET", `${API}/purchases`, { token: buyer.token })).body.data).toEqual([]);
  });

  it("belongs to an account that has confirmed the address", async () => {
    const { shop, book, guest } = await guestShop();
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    await change("UPDATE customers SET email = 'mine@example.com' WHERE id = ?", buyer.id);
    await guest.put(book.id);
    const { body } = await guest.checkOut({ email: "mine@example.com" });
    const { data } = (await call("GET", `${API}/purchases`, { token: buyer.token })).body;
    expect(data).toMatchObject([{ id: body.id }]);
  });

  it("answers a known and an unknown address alike: body, headers and cost", async () => {
    const { shop, book, guest } = await guestShop({ stock: null });
    await newPerson(shop.tenant, "CUSTOMER");
    const shapes: string[] = [];
    for (const email of ["known@example.com", "known@example.com", "unknown@example.com"]) {
      await guest.put(book.id);
      const { body, headers, status } = await guest.checkOut({ email });
      const cost = (headers.get("server-timing") ?? "").replaceAll(/;dur=[\d.]+/g, "");
      const plain = JSON.stringify(body, (key, value: unknown) =>
        /^(id|number|order_token|.*_at)$/.test(key) ? typeof value : value,
      );
      shapes.push(JSON.stringify([status, cost, [...headers.keys()].toSorted(), plain]));
      expect(JSON.stringify(body)).not.toContain(email);
      await confirm(shop, body.id);
    }
    // The first one also added a tax rate, a day and the like.
    expect(shapes[2]).toBe(shapes[1]);
  });

  it("makes one record of two guests who order at the same time with the same new address", async () => {
    const { shop, book } = await guestShop();
    const guests = await Promise.all([newGuest(shop), newGuest(shop), newGuest(shop)]);
    for (const guest of guests) await guest.put(book.id);
    const answers = await Promise.all(guests.map((guest) => guest.checkOut({ email: "new@example.com" })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(await customersOf(shop)).toHaveLength(1);
    expect(await stock(book)).toBe(7);
  });

  it("is repeated by its Idempotency-Key with a new token, also when the cart is gone", async () => {
    const { shop, book, guest } = await guestShop();
    await guest.put(book.id);
    const first = await guest.checkOut({}, "k");
    const again = await guest.checkOut({}, "k");
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(again.body.order_token).toMatch(new RegExp(`^${shop.tenant.id}\\.${first.body.id}\\.[\\w-]{43}$`));
    expect(again.body.order_token).not.toBe(first.body.order_token);
    expect({ ...again.body, order_token: "" }).toEqual({ ...first.body, order_token: "" });
    await change("DELETE FROM carts WHERE tenant_id = ?", shop.tenant.id);
    const last = await guest.checkOut({}, "k");
    expect([last.status, last.body.id]).toEqual([201, first.body.id]);
    expect((await guest.checkOut({ email: "other@example.com" }, "k")).body.type).toBe(
      "/problems/idempotency-mismatch",
    );
    expect((await guest.checkOut({}, "another")).body.type).toBe("/problems/unknown-cart");
    expect(await stock(book)).toBe(9);
  });

  it("runs once of many at the same time under one key", async () => {
    const { book, guest } = await guestShop();
    await guest.put(book.id);
    const answers = await Promise.all(Array.from({ length: 8 }, () => guest.checkOut({}, "k")));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201));
    expect(await stock(book)).toBe(9);
  });

  it("needs a key and an e-mail address, and those who are signed in send no address", async () => {
    const { shop, book, guest } = await guestShop();
    await guest.put(book.id);
    const json = { payment_method: "card", email: "a@example.com" };
    expect((await guest.send("POST", "/purchases/checkout", json)).body.type).toBe(
      "/problems/idempotency-key-missing",
    );
    const without = await guest.checkOut({ email: undefined });
    expect([without.status, without.body.errors[0].pointer]).toEqual([422, "#/email"]);
    for (const email of ["not an address", "x@no-login.invalid"])
      expect((await guest.checkOut({ email })).body.errors[0].pointer).toBe("#/email");
    const { token } = await newPerson(shop.tenant, "CUSTOMER");
    const contact = { email: "a@example.com", name: "A", phone: "600112233", language: "es" };
    for (const sent of [contact, { language: "es" }]) {
      const signedIn = await call("POST", `${API}/purchases/checkout`, {
        token,
        headers: { "idempotency-key": newId(), "x-cart": guest.cart },
        json: { payment_method: "card", ...sent },
      });
      expect(signedIn.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
        Object.keys(sent).map((field) => `#/${field}`),
      );
    }
    expect(await stock(book)).toBe(10);
  });

  it("of an expired cart is refused, and buys nothing", async () => {
    const { shop, book, guest } = await guestShop();
    await guest.put(book.id);
    await change(
      "UPDATE carts SET expires_at = ? WHERE tenant_id = ?",
      new Date().toISOString(),
      shop.tenant.id,
    );
    expect((await guest.checkOut()).body.type).toBe("/problems/unknown-cart");
    expect(await stock(book)).toBe(10);
  });

  it("is listed as the cart of a guest if it never comes", async () => {
    const { shop, book, guest } = await guestShop();
    await guest.put(book.id, 2);
    await change(
      "UPDATE cart_items SET added_at = '2026-01-01T00:00:00.000Z' WHERE tenant_id = ?",
      shop.tenant.id,
    );
    const { body } = await call("GET", `${API}/metrics/carts`, { token: shop.admin.token });
    expect(body.data).toMatchObject([{ customer_id: null, name: null, lines: 1, units: 2, value: 2000 }]);
  });

  it("of a cart in another shop is refused", async () => {
    const [one, two] = [await guestShop(), await newShop()];
    await one.guest.put(one.book.id);
    const answer = await one.guest.send("GET", "/cart", undefined, { "x-tenant": two.tenant.slug });
    expect([answer.status, answer.body.type]).toEqual([404, "/problems/unknown-cart"]);
    const forged = guestOf(`${two.tenant.id}.${one.guest.cart.split(".")[1]}`);
    expect((await forged.send("GET", "/cart")).body.type).toBe("/problems/unknown-cart");
    const same = await one.guest.send("GET", "/cart", undefined, { "x-tenant": one.shop.tenant.slug });
    expect(same.body.units).toBe(1);
    expect(await newProduct(two)).toBeDefined();
    expect(await newCart(two)).toContain(two.tenant.id);
  });
});

it("the token of a cart in a shop that does not exist is unknown", async () => {
  const { token } = newShopToken(newId());
  const { status, body } = await call("GET", `${API}/cart`, { headers: { "x-cart": token } });
  expect([status, body.type]).toEqual([404, "/problems/unknown-cart"]);
});
