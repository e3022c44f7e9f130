import { describe, expect, it } from "vitest";
import { eraseCustomer } from "../../src/erasure/account.ts";
import { moveMergedSales } from "../../src/sales/merged-customers.ts";
import { API, call } from "../support/client.ts";
import { countByStatus } from "../support/count-by-status.ts";
import { count, rowsOf } from "../support/d1.ts";
import { byLink, guestShop } from "../support/guests.ts";
import { mailsTo, tokenIn } from "../support/mails.ts";
import { confirm as pay } from "../support/purchases.ts";
import { base, newProduct, newShop, PASSWORD, type Shop } from "../support/shops.ts";

const EMAIL = "ana@example.com";

const add = async (shop: Shop, json: Record<string, unknown>): Promise<string> =>
  (await call("POST", `${API}/customers`, { token: shop.admin.token, json })).body.id;

const get = async (shop: Shop, id: string) =>
  (await call("GET", `${API}/customers/${id}`, { token: shop.admin.token })).body;

const merge = (shop: Shop, id: string, into: string) =>
  call("POST", `${API}/customers/${id}/merge`, { token: shop.admin.token, json: { into } });

const register = async (shop: Shop, email: string): Promise<string> => {
  const json = { tenant: shop.tenant.slug, email, password: PASSWORD, first_name: "Ana", last_name: "Sol" };
  return (await call("POST", `${API}/auth/register`, { json })).body.id;
};

const signIn = async (shop: Shop, email: string): Promise<string> =>
  (await call("POST", `${API}/auth/login`, { json: { tenant: shop.tenant.slug, email, password: PASSWORD } }))
    .body.access_token;

const tokensTo = async (shop: Shop, email: string): Promise<string[]> =>
  (await mailsTo(shop, email))
    .filter(({ text }) => text.includes("/confirm-email?token="))
    .map((mail) => tokenIn(mail));

const confirm = (token: string | undefined) => call("POST", `${API}/auth/email/confirm`, { json: { token } });

const sellTo = async (shop: Shop, customer_id: string, product: string): Promise<void> => {
  const json = { items: [{ product_id: product, quantity: 1 }], customer_id };
  expect((await call("POST", `${API}/sales`, { token: shop.admin.token, json })).status).toBe(201);
};

const move = () => moveMergedSales(base(new Date(Date.now() + 1000)));

describe("an account that takes over a record", () => {
  it("gets the guest's orders of before and after, paid or pending, once the address is confirmed", async () => {
    const { shop, book, guest } = await guestShop();
    await guest.put(book.id);
    const { body: first } = await guest.checkOut({ email: EMAIL });
    const id = await register(shop, EMAIL);
    const token = await signIn(shop, EMAIL);
    await guest.send("POST", "/cart/items", { product_id: book.id, quantity: 1 });
    const { body: second } = await guest.checkOut({ email: EMAIL });
    const purchases = async (): Promise<string[]> =>
      (await call("GET", `${API}/purchases`, { token })).body.data.map((each: { id: string }) => each.id);
    expect(await purchases()).toEqual([]);
    expect((await confirm((await tokensTo(shop, EMAIL)).at(-1))).status).toBe(204);
    await move();
    expect(new Set(await purchases())).toEqual(new Set([first.id, second.id]));
    await pay(shop, first.id);
    // The links of the guest still work.
    expect((await byLink("GET", `/purchases/${first.id}`, first.order_token)).body.status).toBe("completed");
    expect((await byLink("GET", `/purchases/${second.id}`, second.order_token)).body.status).toBe("pending");
    expect((await get(shop, id)).figures).toMatchObject({ orders: 1, spend: 1000 });
  });

  it("takes none by a link to an address that it has changed since", async () => {
    const shop = await newShop();
    const record = await add(shop, { name: "Ana", email: EMAIL });
    const id = await register(shop, EMAIL);
    const [link] = await tokensTo(shop, EMAIL);
    const token = await signIn(shop, EMAIL);
    await call("PUT", `${API}/users/me/email`, {
      token,
      json: { email: "new@example.com", password: PASSWORD },
    });
    const [changed] = await tokensTo(shop, "new@example.com");
    expect((await confirm(changed)).status).toBe(204);
    expect((await confirm(link)).status).not.toBe(204);
    expect(await get(shop, record)).toMatchObject({ id: record, has_login: false, email: EMAIL });
    expect(await get(shop, id)).toMatchObject({ email: "new@example.com", email_confirmed: true });
  });

  it("is the one that confirms the address first, of two that want it", async () => {
    const shop = await newShop();
    const record = await add(shop, { name: "Ana", email: EMAIL });
    const accounts = [await register(shop, "one@example.com"), await register(shop, "two@example.com")];
    for (const email of ["one@example.com", "two@example.com"]) {
      const token = await signIn(shop, email);
      await call("PUT", `${API}/users/me/email`, { token, json: { email: EMAIL, password: PASSWORD } });
    }
    const tokens = await tokensTo(shop, EMAIL);
    expect(tokens).toHaveLength(2);
    const answers = await Promise.all(tokens.map(confirm));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    const owner = (await get(shop, record)).id;
    expect(accounts).toContain(owner);
    expect(await get(shop, owner)).toMatchObject({ email: EMAIL, email_confirmed: true, has_login: true });
    expect(
      await count(
        "SELECT count(*) n FROM customers WHERE tenant_id = ? AND email = ?",
        shop.tenant.id,
        EMAIL,
      ),
    ).toBe(1);
  });
});

describe("a merge", () => {
  it("of chains, circles and both ways at once ends with one record that has every sale", async () => {
    const shop = await newShop();
    const product = (await newProduct(shop, { price: 1000 })).id;
    const ids = [];
    for (const name of ["A", "B", "C", "D"]) ids.push(await add(shop, { name, external_ref: name }));
    const [a = "", b = "", c = "", d = ""] = ids;
    for (const id of ids) await sellTo(shop, id, product);
    const kpis = async () => {
      const { body } = await call("GET", `${API}/metrics/kpis`, { token: shop.admin.token });
      return [body.total_revenue, body.sales, body.customers];
    };
    expect((await merge(shop, a, a)).status).toBe(409);
    const both = await Promise.all([merge(shop, a, b), merge(shop, b, a)]);
    const remaining = (await get(shop, a)).id;
    expect((await get(shop, b)).id).toBe(remaining);
    expect(countByStatus(both)).toEqual({ 200: 1, 409: 1 });
    expect((await merge(shop, remaining, c)).status).toBe(200);
    expect((await merge(shop, c, a)).status).toBe(409);
    // While the sweep moves the sales, the target is merged and sells.
    await moveMergedSales(base(new Date(Date.now() + 1000)), { batches: 1, sales: 1, lines: 1 });
    expect((await merge(shop, c, d)).status).toBe(200);
    await sellTo(shop, d, product);
    expect((await get(shop, a)).figures).toMatchObject({ orders: 5, spend: 5000 });
    for (let at = 0; at < 5; at += 1) await move();
    for (const id of ids)
      expect(await get(shop, id)).toMatchObject({ id: d, figures: { orders: 5, spend: 5000 } });
    expect(await kpis()).toEqual([5000, 5, 1]);
    const top = await call("GET", `${API}/metrics/top-customers`, { token: shop.admin.token });
    expect(top.body.data).toMatchObject([{ customer_id: d, revenue: 5000 }]);
    expect(
      await rowsOf(
        "SELECT DISTINCT coalesce(merged_into, id) AS id FROM customers WHERE tenant_id = ?",
        shop.tenant.id,
      ),
    ).toEqual([{ id: d }]);
    expect(await count("SELECT count(*) n FROM customer_merges WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  });

  it("into an erased customer or that of another shop is refused", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const [a, b] = [await add(shop, { name: "A" }), await add(shop, { name: "B" })];
    const theirs = await add(other, { name: "C" });
    await eraseCustomer(shop.admin.ctx(), b);
    for (const into of [b, theirs, crypto.randomUUID()])
      expect((await merge(shop, a, into)).status).toBe(409);
    for (const from of [b, theirs]) expect((await merge(shop, from, a)).status).toBe(404);
    expect(await get(shop, a)).toMatchObject({ id: a, version: 1 });
  });
});
