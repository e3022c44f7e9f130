import { describe, expect, it, vi } from "vitest";
import { cancelExpired } from "../../src/purchases/cancel.ts";
import { countUnpaid } from "../../src/purchases/unpaid-orders.ts";
import { dayOf } from "../../src/values/days.ts";
import { newSecretKey } from "../support/api-keys.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { countByStatus } from "../support/count-by-status.ts";
import { count, rowsOf } from "../support/d1.ts";
import { byLink, guestShop, newGuest } from "../support/guests.ts";
import { bookshop, buyOne, checkOut, confirm, putInCart } from "../support/purchases.ts";
import { base, newPerson, type Person, type Shop } from "../support/shops.ts";
import { addTwins } from "../support/twins.ts";

const TOO_MANY = "/problems/too-many-pending-orders";

const setLimits = (shop: Shop, json: Record<string, number>) =>
  call("PATCH", `${API}/settings`, { token: shop.admin.token, json });

/** Buys from an address. */
async function buyFrom(ip: string, buyer: Person, productId: string, quantity = 1) {
  await putInCart(buyer.token, productId, quantity);
  return call("POST", `${API}/purchases/checkout`, {
    token: buyer.token,
    headers: { "idempotency-key": crypto.randomUUID(), "cf-connecting-ip": ip },
    json: { payment_method: "card" },
  });
}

const stock = (product: { id: string }) =>
  count("SELECT stock / 1000.0 n FROM products WHERE id = ?", product.id);

describe("the unpaid orders of a customer", () => {
  it("are limited to five, and one that is paid or cancelled makes room", async () => {
    const { shop, buyer, book } = await bookshop();
    const ids: string[] = [];
    for (let each = 0; each < 5; each += 1) ids.push((await buyOne(buyer.token, book.id)).body.id);
    const refused = await buyOne(buyer.token, book.id);
    expect([refused.status, refused.body.type]).toEqual([409, TOO_MANY]);
    expect(await stock(book)).toBe(5);
    await confirm(shop, ids[0] ?? "");
    expect((await checkOut(buyer.token)).status).toBe(201);
    await call("POST", `${API}/purchases/${ids[1]}/cancel`, { token: buyer.token });
    expect((await buyOne(buyer.token, book.id)).status).toBe(201);
    expect((await buyOne(buyer.token, book.id)).body.type).toBe(TOO_MANY);
  });

  it("count for two days of the shop, after which their holds have expired, cancelled or not", async () => {
    const { shop, buyer, book } = await bookshop();
    await setLimits(shop, { pending_orders_per_customer: 1 });
    const { id } = (await buyOne(buyer.token, book.id)).body;
    await putInCart(buyer.token, book.id);
    const statusAfter = async (days: number): Promise<number> => {
      const day = dayOf(new Date(Date.now() - days * 86_400_000), shop.tenant.timezone);
      await change("UPDATE sales SET day = ? WHERE id = ?", day, id);
      return (await checkOut(buyer.token)).status;
    };
    expect(await statusAfter(1)).toBe(409);
    expect(await statusAfter(2)).toBe(409);
    expect(await statusAfter(3)).toBe(201);
  });

  it("reserve at most so many units, the order itself included", async () => {
    const { shop, buyer, book } = await bookshop();
    await setLimits(shop, { pending_units_per_customer: 4 });
    expect((await buyOne(buyer.token, book.id, 5)).body.type).toBe(TOO_MANY);
    await call("DELETE", `${API}/cart`, { token: buyer.token });
    expect((await buyOne(buyer.token, book.id, 3)).status).toBe(201);
    expect((await buyOne(buyer.token, book.id, 2)).body.type).toBe(TOO_MANY);
    expect(await stock(book)).toBe(7);
  });

  it("do not count by the address of a server with a secret key, which sends those of many guests", async () => {
    const { shop, book, guest } = await guestShop();
    await setLimits(shop, { pending_orders_per_address: 1 });
    const { key } = await newSecretKey(shop, "carts:write");
    const headers = { authorization: `Bearer ${key}`, "cf-connecting-ip": "192.0.2.1" };
    for (const each of [guest, await newGuest(shop)]) {
      await each.put(book.id);
      expect((await each.checkOut({}, undefined, headers)).status).toBe(201);
    }
  });

  it("stay within the limit when they are placed at the same time", async () => {
    const { shop, buyer, book } = await bookshop();
    await setLimits(shop, { pending_orders_per_address: 2 });
    const others = [
      buyer,
      await newPerson(shop.tenant, "CUSTOMER"),
      await newPerson(shop.tenant, "CUSTOMER"),
    ];
    const answers = await Promise.all(others.map((each) => buyFrom("192.0.2.1", each, book.id)));
    expect(countByStatus(answers)).toEqual({ 201: 2, 409: 1 });
    expect(await stock(book)).toBe(8);
  });

  it("do not count those that staff have placed, and staff are not limited", async () => {
    const { shop, buyer, book } = await bookshop();
    await setLimits(shop, { pending_orders_per_customer: 1 });
    await buyOne(buyer.token, book.id);
    await change("UPDATE sales SET placed_from = NULL WHERE tenant_id = ?", shop.tenant.id);
    expect((await buyOne(buyer.token, book.id)).status).toBe(201);
    for (let each = 0; each < 3; each += 1)
      expect((await buyOne(shop.admin.token, book.id)).status).toBe(201);
  });

  it("are those of one customer of one shop, though another shop has the same ids", async () => {
    const { shop, buyer, book } = await bookshop();
    await setLimits(shop, { pending_orders_per_customer: 2 });
    const other = await newPerson(shop.tenant, "CUSTOMER");
    for (let each = 0; each < 2; each += 1) expect((await buyOne(other.token, book.id)).status).toBe(201);
    expect((await buyOne(buyer.token, book.id)).status).toBe(201);
    await addTwins(shop.tenant);
    expect((await buyOne(buyer.token, book.id)).status).toBe(201);
    expect((await buyOne(buyer.token, book.id)).body.type).toBe(TOO_MANY);
  });

  it("are counted by shop", async () => {
    const [one, two] = [await bookshop(), await bookshop()];
    for (const { shop } of [one, two]) await setLimits(shop, { pending_orders_per_address: 1 });
    for (const { buyer, book } of [one, two])
      expect((await buyFrom("192.0.2.9", buyer, book.id)).status).toBe(201);
  });
});

describe("the unpaid orders from one address", () => {
  it("are limited together, of accounts and guests, by /64 of IPv6", async () => {
    const { shop, buyer, book } = await bookshop();
    await setLimits(shop, { pending_orders_per_address: 2 });
    const guest = await newGuest(shop);
    expect((await buyFrom("2001:db8:1:2::1", buyer, book.id)).status).toBe(201);
    await guest.put(book.id);
    expect((await guest.checkOut({}, undefined, { "cf-connecting-ip": "2001:db8:1:2::2" })).status).toBe(201);
    expect((await buyFrom("2001:db8:1:2:f::1", buyer, book.id)).body.type).toBe(TOO_MANY);
    expect((await buyFrom("2001:db8:1:3::1", buyer, book.id)).status).toBe(201);
  });

  it("reserve at most so many units", async () => {
    const { shop, book, guest } = await guestShop();
    await setLimits(shop, { pending_units_per_address: 5 });
    const from = { "cf-connecting-ip": "192.0.2.1" };
    await guest.put(book.id, 5);
    expect((await guest.checkOut({}, undefined, from)).status).toBe(201);
    await guest.put(book.id, 1);
    expect((await guest.checkOut({ email: "b@example.com" }, undefined, from)).body.type).toBe(TOO_MANY);
  });

  it("store the address only as a keyed hash, which is gone when the order is paid, cancelled or expired", async () => {
    const { shop, book, guest } = await guestShop();
    const ids: string[] = [];
    for (let each = 0; each < 2; each += 1) {
      await guest.put(book.id);
      ids.push((await guest.checkOut({}, undefined, { "cf-connecting-ip": "192.0.2.77" })).body.id);
    }
    const places = async () =>
      (await rowsOf("SELECT placed_from FROM sales WHERE tenant_id = ? ORDER BY id", shop.tenant.id)).map(
        ({ placed_from: place }) => place,
      );
    const before = await places();
    expect(before[0]).toMatch(/^guest:[\w-]{43}$/);
    expect(before[1]).toBe(before[0]);
    await confirm(shop, ids[0] ?? "");
    await call("POST", `${API}/purchases/${ids[1]}/cancel`, { token: shop.admin.token });
    expect(await places()).toEqual([null, null]);
  });
});

describe("the unpaid orders of a guest", () => {
  const from = (ip: string) => ({ "cf-connecting-ip": ip });

  it("are limited by their network alone, whatever their e-mail address", async () => {
    const { shop, book, guest } = await guestShop();
    await setLimits(shop, { pending_orders_per_customer: 1, pending_orders_per_address: 3 });
    const place = async (email: string, ip: string) => {
      await guest.put(book.id);
      return (await guest.checkOut({ email }, undefined, from(ip))).status;
    };
    for (let each = 0; each < 3; each += 1) expect(await place("a@example.com", "192.0.2.1")).toBe(201);
    // The same for an address that has ordered and one that has not.
    expect(await place("a@example.com", "192.0.2.1")).toBe(409);
    expect(await place("b@example.com", "192.0.2.1")).toBe(409);
    expect(await place("b@example.com", "192.0.2.2")).toBe(201);
  });

  it("that end unpaid are two hundred a day from one network, whose accounts and whose payments do not count", async () => {
    const { shop, buyer, book } = await bookshop();
    await setLimits(shop, { pending_orders_per_customer: 1000, pending_orders_per_address: 1000 });
    const guest = await newGuest(shop);
    const ip = from("2001:db8:7:7::1");
    const place = async (headers = ip, key = crypto.randomUUID()) => {
      await guest.put(book.id);
      return guest.checkOut({}, key, headers);
    };
    const [first, paid] = [await place(ip, "first"), await place()];
    await byLink("POST", `/purchases/${first.body.id}/cancel`, first.body.order_token);
    await confirm(shop, paid.body.id);
    const { placed_from: network } =
      (await rowsOf("SELECT placed_from FROM sales WHERE id = ?", (await place()).body.id))[0] ?? {};
    for (let each = 0; each < 198; each += 1) countUnpaid(base(), shop.tenant.id, String(network));
    const last = await place();
    expect(last.status).toBe(201);
    await change("UPDATE sales SET hold_expires_at = '2026-01-01' WHERE id = ?", last.body.id);
    await cancelExpired(base());
    await vi.waitFor(async () => {
      const refused = await place();
      expect([refused.status, refused.body.type]).toEqual([409, TOO_MANY]);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(86_000);
    });
    const sameNetwork = await place(from("2001:db8:7:7::2"));
    expect(sameNetwork.body.type).toBe(TOO_MANY);
    expect((await place(ip, "first")).headers.get("idempotent-replayed")).toBe("true");
    expect((await place(from("2001:db8:7:8::1"))).status).toBe(201);
    expect((await buyFrom("2001:db8:7:7::1", buyer, book.id)).status).toBe(201);
    const other = await guestShop();
    await other.guest.put(other.book.id);
    expect((await other.guest.checkOut({}, undefined, ip)).status).toBe(201);
  });

  it("do not tell what others have ordered with the address, and do not use up the limit of its account", async () => {
    const { shop, book, guest } = await guestShop();
    await setLimits(shop, { pending_orders_per_customer: 1 });
    const owner = await newPerson(shop.tenant, "CUSTOMER");
    await change("UPDATE customers SET email = 'owner@example.com' WHERE id = ?", owner.id);
    expect((await buyFrom("192.0.2.1", owner, book.id)).status).toBe(201);
    await guest.put(book.id);
    expect((await guest.checkOut({ email: "owner@example.com" }, undefined, from("192.0.2.2"))).status).toBe(
      201,
    );
    await change(
      "UPDATE sales SET status = 'cancelled', placed_from = NULL WHERE tenant_id = ? AND placed_from LIKE 'account:%'",
      shop.tenant.id,
    );
    expect((await buyFrom("192.0.2.3", owner, book.id)).status).toBe(201);
  });
});
