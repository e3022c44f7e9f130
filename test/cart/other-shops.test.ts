import { describe, expect, it } from "vitest";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { type Guest, guestShop, newGuest } from "../support/guests.ts";
import { putInCart } from "../support/purchases.ts";
import { newPerson, PASSWORD, type Person, type Shop } from "../support/shops.ts";
import { addTwins, twinRows } from "../support/twins.ts";

const signIn = (shop: Shop, person: Person, cart: string) =>
  call("POST", `${API}/auth/login`, {
    json: { tenant: shop.tenant.slug, email: person.email, password: PASSWORD },
    headers: { "x-cart": cart },
  });

const unitsOf = async ({ token }: Person) =>
  (await call("GET", `${API}/cart`, { token })).body.items.map(
    ({ quantity }: { quantity: number }) => quantity,
  );

const addWithKey = ({ send }: Guest, product_id: string) =>
  send("POST", "/cart/items", { product_id, quantity: 1 }, { "idempotency-key": crypto.randomUUID() });

/** Repeats the keys that guests have used in a shop until there are `times` as many. */
const repeatKeys = ({ tenant }: Shop, times: number) =>
  change(
    `INSERT INTO idempotency_keys (tenant_id, actor, key, fingerprint, body, created_at)
      WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      SELECT tenant_id, actor, key || i, fingerprint, body, created_at FROM n CROSS JOIN idempotency_keys WHERE tenant_id = ?`,
    times,
    tenant.id,
  );

describe("beside shops whose carts have the same ids", () => {
  it("a guest's keys are counted in this shop", async () => {
    const { shop, book, guest } = await guestShop();
    await addWithKey(guest, book.id);
    await repeatKeys(shop, 120);
    await addTwins(shop.tenant);
    expect((await addWithKey(guest, book.id)).status).toBe(201);
  });

  it("an expired cart is not merged, though theirs is valid", async () => {
    const { shop, book, guest } = await guestShop();
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    await guest.put(book.id, 3);
    await addTwins(shop.tenant);
    await change("UPDATE carts SET expires_at = '2026-01-01' WHERE tenant_id = ?", shop.tenant.id);
    const before = await twinRows();
    expect((await signIn(shop, buyer, guest.cart)).status).toBe(200);
    expect(await unitsOf(buyer)).toEqual([]);
    expect(await twinRows()).toEqual(before);
  });

  it("a cart is paid by the methods of this shop", async () => {
    const { shop, book, guest } = await guestShop();
    await guest.put(book.id);
    await addTwins(shop.tenant);
    const methods = await rowsOf("SELECT payment_methods FROM tenants WHERE payment_methods LIKE '%twin%'");
    expect(methods.length).toBe(2);
    expect((await guest.checkOut({ payment_method: "twin" })).body.type).toBe("/problems/invalid");
  });

  it("a merged line is counted once", async () => {
    const { shop, book, guest } = await guestShop();
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    await guest.put(book.id, 3);
    await addTwins(shop.tenant);
    expect((await signIn(shop, buyer, guest.cart)).status).toBe(200);
    expect(
      await rowsOf("SELECT sum(added) n FROM daily_cart_lines WHERE tenant_id = ?", shop.tenant.id),
    ).toEqual([{ n: 1 }]);
  });

  it("a merged line is added to that of the account in this shop", async () => {
    const { shop, book, guest } = await guestShop();
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    await guest.put(book.id, 3);
    await putInCart(buyer.token, book.id, 2);
    await addTwins(shop.tenant);
    await call("DELETE", `${API}/cart/items/${book.id}`, { token: buyer.token });
    const before = await twinRows();
    expect((await signIn(shop, buyer, guest.cart)).status).toBe(200);
    expect(await unitsOf(buyer)).toEqual([3]);
    expect(await twinRows()).toEqual(before);
  });
});

describe("beside other guests of the shop", () => {
  it("a guest may use keys, though another has used all of theirs", async () => {
    const { shop, book, guest } = await guestShop();
    await addWithKey(guest, book.id);
    await repeatKeys(shop, 300);
    expect((await addWithKey(guest, book.id)).status).toBe(429);
    expect((await addWithKey(await newGuest(shop), book.id)).status).toBe(201);
  });

  it("a wrong token merges nobody's cart", async () => {
    const { shop, book, guest } = await guestShop();
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    await guest.put(book.id, 3);
    expect((await signIn(shop, buyer, `${shop.tenant.id}.${"A".repeat(43)}`)).status).toBe(200);
    expect(await unitsOf(buyer)).toEqual([]);
    expect((await guest.send("GET", "/cart")).body.units).toBe(3);
  });
});
