import { describe, expect, it } from "vitest";
import { tenantById } from "../../src/auth/shops/tenants.ts";
import { eraseUser } from "../../src/erasure/account.ts";
import { resumeErasures } from "../../src/erasure/sweep.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { guestShop } from "../support/guests.ts";
import { fileOf, uploadFile, waitForImport } from "../support/imports.ts";
import { takeOrder } from "../support/orders.ts";
import { bookshop, confirm } from "../support/purchases.ts";
import { base, newPerson, newProduct, newShop, PASSWORD, sellOne, type Shop } from "../support/shops.ts";
import { addTwins, twinRows } from "../support/twins.ts";

const key = { "idempotency-key": "k" };

const keysOf = ({ tenant }: Shop) =>
  count("SELECT count(*) n FROM idempotency_keys WHERE tenant_id = ?", tenant.id);

const twinKeys = async () => (await twinRows())["idempotency_keys"];

/** Sets a member of the payloads of events of other shops, which are then older than those of this one. */
const changeTheirEvents = ({ tenant }: Shop, path: string, value: string) =>
  change(
    "UPDATE events SET seq = -abs(seq), payload = json_set(payload, ?, ?) WHERE tenant_id <> ?",
    path,
    value,
    tenant.id,
  );

/** A shop with a guest's order, which is confirmed, and the customer of it. */
async function guestOrder() {
  const { shop, book, guest } = await guestShop();
  await guest.put(book.id);
  const { body } = await guest.checkOut({ email: "ana@example.com" }, "k");
  await confirm(shop, body.id);
  const [row] = await rowsOf("SELECT customer_id FROM sales WHERE tenant_id = ?", shop.tenant.id);
  return { shop, book, customer: String(row?.["customer_id"]) };
}

const erase = async ({ admin }: Shop, id: string): Promise<void> => {
  const { status } = await call("DELETE", `${API}/customers/${id}`, { token: admin.token });
  expect(status).toBe(204);
};

describe("beside shops whose keys and events have the same ids", () => {
  it("a repeated sale is that of this shop", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const first = await sellOne(shop.admin.token, id, 1, key);
    await addTwins(shop.tenant);
    await changeTheirEvents(shop, "$.number", "theirs");
    expect((await sellOne(shop.admin.token, id, 1, key)).text).toBe(first.text);
  });

  it("a repeated order is that of this shop", async () => {
    const { shop, book } = await bookshop();
    const { body: other } = await takeOrder(shop.admin.token, book.id);
    const { body: order } = await takeOrder(shop.admin.token, book.id, {}, key);
    await addTwins(shop.tenant);
    await changeTheirEvents(shop, "$.id", other.id);
    expect((await takeOrder(shop.admin.token, book.id, {}, key)).body.id).toBe(order.id);
  });

  it("erasing a customer deletes what guests got about their orders, and leaves theirs", async () => {
    const { shop, customer } = await guestOrder();
    await addTwins(shop.tenant);
    const before = await twinKeys();
    await erase(shop, customer);
    expect(await keysOf(shop)).toBe(0);
    expect(await twinKeys()).toEqual(before);
  });

  it("erasing another customer leaves what guests got, though in theirs it is about that customer", async () => {
    const { shop, book } = await guestOrder();
    const json = { name: "Eva", email: "eva@example.com" };
    const { body: eva } = await call("POST", `${API}/customers`, { token: shop.admin.token, json });
    const sale = { items: [{ product_id: book.id, quantity: 1 }], customer_id: eva.id };
    await call("POST", `${API}/sales`, { token: shop.admin.token, json: sale });
    await addTwins(shop.tenant);
    await changeTheirEvents(shop, "$.customer_id", eva.id);
    await erase(shop, eva.id);
    expect(await keysOf(shop)).toBe(1);
  });

  it("the keys of guests are searched only for a customer who has bought here recently", async () => {
    const { shop, customer } = await guestOrder();
    await addTwins(shop.tenant);
    await change("UPDATE sales SET day = '2026-01-01' WHERE tenant_id = ?", shop.tenant.id);
    await erase(shop, customer);
    expect(await keysOf(shop)).toBe(1);
  });

  it("the erasure of a customer who was added under a key leaves theirs", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const { body } = await call("POST", `${API}/customers`, { token, headers: key, json: { name: "Ana" } });
    await addTwins(shop.tenant);
    const before = await twinKeys();
    await erase(shop, body.id);
    await resumeErasures(base(new Date(Date.now() + 120_000)), 100);
    expect(await keysOf(shop)).toBe(0);
    expect(await twinKeys()).toEqual(before);
  });

  it("the erasure of who opened the shop leaves theirs", async () => {
    const admin = { email: "ana@example.com", password: PASSWORD, first_name: "Ana", last_name: "Sol" };
    const json = { slug: "opened", name: "Opened", currency: "EUR", timezone: "UTC", admin };
    const { body } = await call("POST", `${API}/tenants`, { headers: key, json });
    const tenant = await tenantById(base(), body.tenant.id);
    if (!tenant) throw new Error("The shop was not opened.");
    const shop = { tenant, admin: await newPerson(tenant, "ADMIN") };
    await addTwins(tenant);
    const before = await twinKeys();
    expect(await keysOf(shop)).toBe(1);
    await eraseUser(shop.admin.ctx(), body.user.id);
    await resumeErasures(base(new Date(Date.now() + 120_000)), 100);
    expect(await keysOf(shop)).toBe(0);
    expect(await twinKeys()).toEqual(before);
  });

  it("the undo of an import leaves theirs", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const { body } = await uploadFile(token, fileOf([{}]), key);
    await waitForImport(token, body.id);
    await addTwins(shop.tenant);
    const before = await twinKeys();
    await call("DELETE", `${API}/imports/${body.id}`, { token });
    await waitForImport(token, body.id);
    expect(await keysOf(shop)).toBe(0);
    expect(await twinKeys()).toEqual(before);
  });
});

describe("beside others of the shop", () => {
  it("a repeated order is that of the person, though another has used the same key", async () => {
    const { shop, book } = await bookshop();
    const employee = await newPerson(shop.tenant, "EMPLOYEE");
    for (const { token } of [shop.admin, employee]) {
      const { body } = await takeOrder(token, book.id, {}, key);
      expect((await takeOrder(token, book.id, {}, key)).body.id).toBe(body.id);
    }
  });

  it("a repeated order is that of its key, though the person has sent others", async () => {
    const { shop, book } = await bookshop();
    const place = async (text: string): Promise<string> =>
      (await takeOrder(shop.admin.token, book.id, {}, { "idempotency-key": text })).body.id;
    const keys = ["a", "b", "c"];
    const ids: string[] = [];
    for (const text of keys) ids.push(await place(text));
    for (const [nth, text] of keys.entries()) expect(await place(text)).toBe(ids[nth]);
  });

  it("erasing a customer leaves the keys of staff who sold to them", async () => {
    const { shop, book, customer } = await guestOrder();
    const json = { items: [{ product_id: book.id, quantity: 1 }], customer_id: customer };
    await call("POST", `${API}/sales`, { token: shop.admin.token, headers: key, json });
    await erase(shop, customer);
    expect(await rowsOf("SELECT actor FROM idempotency_keys WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { actor: shop.admin.id },
    ]);
  });
});
