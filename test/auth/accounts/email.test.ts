import { describe, expect, it } from "vitest";
import { confirmEmail, requestEmailChange } from "../../../src/auth/accounts/email.ts";
import { createToken } from "../../../src/auth/links/tokens.ts";
import { resetPassword } from "../../../src/auth/login/reset-password.ts";
import { change as write } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { between, failureOf, rowsOf } from "../../support/d1.ts";
import { mailsTo, tokenIn } from "../../support/mails.ts";
import { recording } from "../../support/queues.ts";
import { base, newPerson, newShop, PASSWORD, type Person, type Shop } from "../../support/shops.ts";

const change = ({ token }: Person, email: string, password = PASSWORD) =>
  call("PUT", `${API}/users/me/email`, { token, json: { email, password } });

const confirm = (token: string) => call("POST", `${API}/auth/email/confirm`, { json: { token } });

const me = async ({ token }: Person) => (await call("GET", `${API}/users/me`, { token })).body;

async function tokenTo(shop: Shop, email: string): Promise<string> {
  return tokenIn((await mailsTo(shop, email)).at(-1) ?? { text: "" });
}

describe("the e-mail address of an account", () => {
  it("is confirmed by the link that registration sends", async () => {
    const shop = await newShop();
    const person = { email: "ana@example.com", password: PASSWORD, first_name: "Ana", last_name: "Sol" };
    const { body } = await call("POST", `${API}/auth/register`, {
      json: { tenant: shop.tenant.slug, ...person },
    });
    expect(body.email_confirmed).toBe(false);
    expect((await confirm(await tokenTo(shop, person.email))).status).toBe(204);
    const users = await call("GET", `${API}/users?role=CUSTOMER`, { token: shop.admin.token });
    expect(users.body.data).toMatchObject([{ email: person.email, email_confirmed: true }]);
  });

  it("changes when the link at the new one is opened, and the old one is told", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    expect((await change(ana, "Ana.New@Example.com")).status).toBe(202);
    expect((await me(ana)).email).toBe(ana.email);
    expect((await confirm(await tokenTo(shop, "ana.new@example.com"))).status).toBe(204);
    expect(await me(ana)).toMatchObject({ email: "ana.new@example.com", email_confirmed: true });
    const told = await mailsTo(shop, ana.email);
    expect(told.map(({ subject }) => subject)).toEqual(["Tu correo electrónico en Test shop ha cambiado"]);
  });

  it("is not confirmed by a link for the password, nor does a link for the address set a password", async () => {
    const { tenant, admin } = await newShop();
    const newToken = (purpose: "email" | "password") =>
      createToken(base(), tenant.id, purpose, admin.id, admin.email);
    const forPassword = await newToken("password");
    expect(await failureOf(confirmEmail(base(), forPassword))).toMatchObject({ slug: "invalid-link" });
    const forAddress = await newToken("email");
    expect(
      await failureOf(resetPassword(base(), forAddress, "a new good password", "203.0.113.8")),
    ).toMatchObject({ slug: "invalid-link" });
  });

  it("leaves the link for the password if it is confirmed, and none that an old address got if it changes", async () => {
    const shop = await newShop();
    const { id, email } = await newPerson(shop.tenant, "CUSTOMER");
    const newToken = (purpose: "email" | "password", address: string) =>
      createToken(base(), shop.tenant.id, purpose, id, address);
    const left = () =>
      rowsOf(
        "SELECT purpose, email FROM link_tokens WHERE tenant_id = ? AND subject_id = ? ORDER BY email",
        shop.tenant.id,
        id,
      );
    await newToken("password", email);
    await confirmEmail(base(), await newToken("email", email));
    expect(await left()).toEqual([{ purpose: "password", email }]);
    await confirmEmail(base(), await newToken("email", "new@example.com"));
    expect(await left()).toEqual([]);
  });

  it("does not change without the password", async () => {
    const shop = await newShop();
    expect((await change(shop.admin, "new@example.com", "a wrong password")).status).toBe(401);
    expect(await mailsTo(shop, "new@example.com")).toEqual([]);
  });

  it("does not change to that of another account, and nothing says so", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    expect((await change(ana, shop.admin.email)).status).toBe(202);
    expect(await mailsTo(shop, shop.admin.email)).toEqual([]);
    await change(ana, "new@example.com");
    const token = await tokenTo(shop, "new@example.com");
    await newPerson(shop.tenant, "CUSTOMER", "new@example.com");
    expect((await confirm(token)).body.type).toBe("/problems/email-taken");
    expect((await me(ana)).email).toBe(ana.email);
  });

  it("costs the same for an address that another account has as for a free one", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    const costs = [];
    for (const email of [shop.admin.email, "free@example.com"]) {
      const { queries, read, written } = costOf(await change(ana, email));
      costs.push({ queries, read, written });
    }
    expect(costs[1]).toEqual(costs[0]);
  });

  it("is not confirmed while the account is disabled, and the link works afterwards", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    await change(ana, "new@example.com");
    const token = await tokenTo(shop, "new@example.com");
    await write("UPDATE users SET is_active = 0 WHERE id = ?", ana.id);
    expect((await confirm(token)).status).toBe(410);
    await write("UPDATE users SET is_active = 1 WHERE id = ?", ana.id);
    expect((await confirm(token)).status).toBe(204);
  });

  it("is asked for by at most three mails an hour", async () => {
    const shop = await newShop();
    for (let nth = 0; nth < 4; nth += 1)
      expect((await change(shop.admin, "new@example.com")).status).toBe(202);
    expect(await mailsTo(shop, "new@example.com")).toHaveLength(3);
  });

  it("is accepted only once the mail is stored", async () => {
    const shop = await newShop();
    const lost = new Error("lost");
    const before = () => {
      throw lost;
    };
    const ctx = between(shop.admin.ctx(), { before });
    expect(await failureOf(requestEmailChange(ctx, "new@example.com", PASSWORD, "192.0.2.7"))).toBe(lost);
  });

  it("is changed once by a link", async () => {
    const shop = await newShop();
    await change(shop.admin, "new@example.com");
    const token = await tokenTo(shop, "new@example.com");
    expect((await confirm(token)).status).toBe(204);
    expect((await confirm(token)).status).toBe(410);
  });

  it("has the sales of its customer record moved now when it is confirmed, also by a reset", async () => {
    const { tenant, admin } = await newShop();
    const { ctx, sent } = recording(base(), "SWEEPS");
    const waiting: Promise<unknown>[] = [];
    const following = { ...ctx, waitUntil: (work: Promise<unknown>) => void waiting.push(work) };
    const tokenOf = (purpose: "email" | "password") =>
      createToken(ctx, tenant.id, purpose, admin.id, admin.email);
    const move = { kind: "sweep", name: "customer-merges", after: "" };
    await confirmEmail(following, await tokenOf("email"));
    await Promise.all(waiting);
    expect(sent).toEqual([move]);
    await resetPassword(following, await tokenOf("password"), "a new good password", "192.0.2.10");
    await Promise.all(waiting);
    expect(sent).toEqual([move, move]);
  });

  it("is not confirmed for an account that was disabled just now", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    const token = await createToken(base(), shop.tenant.id, "email", ana.id, "new@example.com");
    const active = (is: number) => write("UPDATE users SET is_active = ? WHERE id = ?", is, ana.id);
    const ctx = between(base(), { before: (nth) => (nth === 1 ? active(0) : undefined) });
    expect(await failureOf(confirmEmail(ctx, token))).toMatchObject({ slug: "invalid-link" });
    await active(1);
    expect((await me(ana)).email).toBe(ana.email);
  });
});
