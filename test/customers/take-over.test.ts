import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { moveMergedSales } from "../../src/sales/merged-customers.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { mailsTo, tokenIn } from "../support/mails.ts";
import { until } from "../support/queues.ts";
import { base, newPerson, newProduct, newShop, PASSWORD, type Shop } from "../support/shops.ts";

const add = async (shop: Shop, json: Record<string, unknown>): Promise<string> =>
  (await call("POST", `${API}/customers`, { token: shop.admin.token, json })).body.id;

const get = async (shop: Shop, id: string) =>
  (await call("GET", `${API}/customers/${id}`, { token: shop.admin.token })).body;

async function sellTo(shop: Shop, customer_id: string): Promise<string> {
  const { id } = await newProduct(shop, { price: 1000 });
  const json = { items: [{ product_id: id, quantity: 1 }], customer_id };
  return (await call("POST", `${API}/sales`, { token: shop.admin.token, json })).body.id;
}

const register = async (shop: Shop, email: string) => {
  const json = { tenant: shop.tenant.slug, email, password: PASSWORD, first_name: "Ana", last_name: "Sol" };
  return call("POST", `${API}/auth/register`, { json });
};

const signIn = async (shop: Shop, email: string): Promise<string> =>
  (await call("POST", `${API}/auth/login`, { json: { tenant: shop.tenant.slug, email, password: PASSWORD } }))
    .body.access_token;

const lastToken = async (shop: Shop, email: string): Promise<string> => {
  const mail = (await mailsTo(shop, email)).findLast(({ text }) => text.includes("?token="));
  if (!mail) throw new Error("no mail has a link");
  return tokenIn(mail);
};

const confirm = async (shop: Shop, email: string) =>
  call("POST", `${API}/auth/email/confirm`, { json: { token: await lastToken(shop, email) } });

const move = () => moveMergedSales(base(new Date(Date.now() + 1000)));

const purchasesOf = async (token: string): Promise<string[]> =>
  (await call("GET", `${API}/purchases`, { token })).body.data.map(({ id }: { id: string }) => id);

const EMAIL = "ana@example.com";

describe("an account takes over the record of its address", () => {
  it("with its sales before the next cron trigger", async () => {
    const shop = await newShop();
    const sale = await sellTo(shop, await add(shop, { name: "Ana S.", email: EMAIL }));
    await register(shop, EMAIL);
    const token = await signIn(shop, EMAIL);
    expect((await confirm(shop, EMAIL)).status).toBe(204);
    await until(async () => (await purchasesOf(token)).length > 0);
    expect(await purchasesOf(token)).toEqual([sale]);
  });

  it("only after the address is confirmed, with its sales", async () => {
    const shop = await newShop();
    const record = await add(shop, { name: "Ana S.", email: EMAIL, phone: "600112233", external_ref: "17" });
    const sale = await sellTo(shop, record);
    const unknown = await register(shop, "other@example.com");
    const known = await register(shop, EMAIL);
    // The response does not tell that the shop knows the address.
    expect(Object.keys(known.body)).toEqual(Object.keys(unknown.body));
    expect([known.status, known.body.id === record]).toEqual([201, false]);
    const token = await signIn(shop, EMAIL);
    await move();
    expect(await purchasesOf(token)).toEqual([]);
    expect(await get(shop, record)).toMatchObject({ id: record, has_login: false, email: EMAIL });
    expect(await get(shop, known.body.id)).toMatchObject({
      email: EMAIL,
      email_confirmed: false,
      phone: null,
    });

    expect((await confirm(shop, EMAIL)).status).toBe(204);
    const customer = await get(shop, known.body.id);
    expect(customer).toMatchObject({
      id: known.body.id,
      name: "Ana Sol",
      email: EMAIL,
      email_confirmed: true,
      phone: "600112233",
      has_login: true,
      figures: { orders: 1 },
    });
    await move();
    expect(await purchasesOf(token)).toEqual([sale]);
    expect((await get(shop, record)).id).toBe(known.body.id);
    const again = await call("POST", `${API}/customers`, {
      token: shop.admin.token,
      json: { name: "Eva", email: EMAIL },
    });
    expect(again.body.customer_id).toBe(known.body.id);
  });

  it("when it chooses a password by a link, and when its address changes", async () => {
    const shop = await newShop();
    const first = await add(shop, { name: "Ana", email: EMAIL });
    const second = await add(shop, { name: "Ana at work", email: "work@example.com" });
    const sales = [await sellTo(shop, first), await sellTo(shop, second)];
    const { id } = (await register(shop, EMAIL)).body;
    await call("POST", `${API}/auth/password/forgot`, { json: { tenant: shop.tenant.slug, email: EMAIL } });
    await expect.poll(async () => (await mailsTo(shop, EMAIL)).length, { timeout: 5000 }).toBe(2);
    const reset = { token: await lastToken(shop, EMAIL), password: PASSWORD };
    expect((await call("POST", `${API}/auth/password/reset`, { json: reset })).status).toBe(204);
    expect((await get(shop, first)).id).toBe(id);
    const token = await signIn(shop, EMAIL);
    const change = { email: "work@example.com", password: PASSWORD };
    expect((await call("PUT", `${API}/users/me/email`, { token, json: change })).status).toBe(202);
    expect((await get(shop, second)).id).toBe(second);
    await confirm(shop, "work@example.com");
    expect(await get(shop, second)).toMatchObject({ id, email: "work@example.com", figures: { orders: 2 } });
    await move();
    expect((await purchasesOf(token)).toSorted()).toEqual(sales.toSorted());
    // The old address is free.
    expect((await get(shop, await add(shop, { name: "Eva", email: EMAIL }))).email).toBe(EMAIL);
  });

  it("if it belongs to staff, and if they buy later", async () => {
    const shop = await newShop();
    const record = await add(shop, { name: "Luz", email: "luz@example.com" });
    await sellTo(shop, record);
    const invited = { email: "luz@example.com", role: "EMPLOYEE", first_name: "Luz", last_name: "Mar" };
    await call("POST", `${API}/users/invitations`, { token: shop.admin.token, json: invited });
    const { body } = await call("POST", `${API}/invitations/accept`, {
      json: { token: await lastToken(shop, "luz@example.com"), password: PASSWORD },
    });
    expect(await get(shop, record)).toMatchObject({
      id: body.user.id,
      has_login: true,
      email: "luz@example.com",
    });

    const employee = await newPerson(shop.tenant, "EMPLOYEE", "eva@example.com");
    await base().db.run(sql`UPDATE users SET email_confirmed_at = created_at WHERE id = ${employee.id}`);
    const eva = await add(shop, { name: "Eva", email: "eva@example.com" });
    expect((await get(shop, eva)).id).toBe(eva);
    await sellTo(shop, employee.id);
    expect(await get(shop, eva)).toMatchObject({ id: employee.id, email: "eva@example.com" });
  });

  it("of which the address is that of a merged record, with the record that replaced it", async () => {
    const shop = await newShop();
    const main = await add(shop, { name: "Ana", email: "main@example.com" });
    const alias = await add(shop, { name: "Ana", email: EMAIL });
    await call("POST", `${API}/customers/${alias}/merge`, { token: shop.admin.token, json: { into: main } });
    const { id } = (await register(shop, EMAIL)).body;
    await confirm(shop, EMAIL);
    for (const record of [main, alias]) expect((await get(shop, record)).id).toBe(id);
    const addresses = await rowsOf(
      "SELECT id, email FROM customers WHERE tenant_id = ? AND email IS NOT NULL ORDER BY email",
      shop.tenant.id,
    );
    expect(addresses).toEqual([
      { id, email: EMAIL },
      { id: main, email: "main@example.com" },
    ]);
    // The other address of the same person, confirmed by another account, is taken without what that account has.
    const other = (await register(shop, "main@example.com")).body.id;
    await confirm(shop, "main@example.com");
    expect((await get(shop, main)).id).toBe(id);
    expect(await get(shop, other)).toMatchObject({ id: other, email: "main@example.com" });
  });

  it("of the same shop only", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const record = await add(other, { name: "Ana", email: EMAIL });
    await register(shop, EMAIL);
    await confirm(shop, EMAIL);
    expect(await get(other, record)).toMatchObject({ id: record, has_login: false });
  });
});
