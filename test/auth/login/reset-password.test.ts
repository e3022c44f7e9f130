import { sql } from "drizzle-orm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { createToken, deleteExpiredTokens, readToken } from "../../../src/auth/links/tokens.ts";
import { requestPasswordReset, resetPassword } from "../../../src/auth/login/reset-password.ts";
import { storeMail } from "../../../src/mail/outbox.ts";
import { readShopToken } from "../../../src/platform/secret-tokens.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { between, count, failureOf, rowsOf } from "../../support/d1.ts";
import { mailsTo, tokenIn } from "../../support/mails.ts";
import { recording, until } from "../../support/queues.ts";
import { base, newPerson, newShop, PASSWORD, type Person, type Shop } from "../../support/shops.ts";

afterEach(() => void vi.restoreAllMocks());

const NEW_PASSWORD = "a new good password";

const forgot = ({ tenant }: Shop, email: string) =>
  call("POST", `${API}/auth/password/forgot`, { json: { tenant: tenant.slug, email } });

const reset = (token: string, password = NEW_PASSWORD) =>
  call("POST", `${API}/auth/password/reset`, { json: { token, password } });

const signIn = ({ tenant }: Shop, { email }: Person, password: string) =>
  call("POST", `${API}/auth/login`, { json: { tenant: tenant.slug, email, password } });

const mailsOf = ({ tenant }: Shop): Promise<number> =>
  count("SELECT count(*) n FROM mails WHERE tenant_id = ? AND kind = 'password.reset'", tenant.id);

/** A shop and a customer, and the token that their request was mailed. */
async function requested(): Promise<{ shop: Shop; person: Person; token: string }> {
  const shop = await newShop();
  const person = await newPerson(shop.tenant, "CUSTOMER");
  await forgot(shop, person.email);
  await until(async () => (await mailsOf(shop)) === 1);
  const [mail] = await mailsTo(shop, person.email);
  return { shop, person, token: tokenIn(mail ?? { text: "" }) };
}

describe("a forgotten password", () => {
  it("is replaced by the link in the mail, which ends all logins", async () => {
    const { shop, person, token } = await requested();
    expect((await reset(token)).status).toBe(204);
    expect((await call("GET", `${API}/users/me`, { token: person.token })).status).toBe(401);
    expect((await signIn(shop, person, PASSWORD)).status).toBe(401);
    const { status, body } = await signIn(shop, person, NEW_PASSWORD);
    expect([status, body.user.email_confirmed]).toEqual([200, true]);
  });

  it("that is replaced by a link leaves the time at which the address was confirmed first", async () => {
    const { person, shop, token } = await requested();
    const first = "2026-01-02T03:04:05.006Z";
    await change("UPDATE users SET email_confirmed_at = ? WHERE id = ?", first, person.id);
    expect((await reset(token)).status).toBe(204);
    const { body } = await signIn(shop, person, NEW_PASSWORD);
    const exported = await call("GET", `${API}/customers/me/export`, { token: body.access_token });
    expect(exported.body.account).toMatchObject([{ email_confirmed_at: first }]);
  });

  it("needs a link that works once and leaves the other accounts of the shop alone", async () => {
    const { shop, token } = await requested();
    expect((await reset(token)).status).toBe(204);
    const again = await reset(token, "yet another password");
    expect([again.status, again.body.type]).toEqual([410, "/problems/invalid-link"]);
    expect((await signIn(shop, shop.admin, PASSWORD)).status).toBe(200);
    expect((await call("GET", `${API}/users/me`, { token: shop.admin.token })).status).toBe(200);
  });

  it("ends the earlier links of the account when one is used, and not those of others", async () => {
    const { shop, person, token } = await requested();
    const other = await newPerson(shop.tenant, "CUSTOMER");
    await forgot(shop, person.email);
    await forgot(shop, other.email);
    await until(async () => (await mailsOf(shop)) === 3);
    const [, second] = await mailsTo(shop, person.email);
    const [mailOfOther] = await mailsTo(shop, other.email);
    expect((await reset(tokenIn(second ?? { text: "" }))).status).toBe(204);
    expect((await reset(token)).status).toBe(410);
    expect((await reset(tokenIn(mailOfOther ?? { text: "" }))).status).toBe(204);
  });

  it.each([
    ["of another shop", (token: string, other: Shop) => `${other.tenant.id}.${token.split(".")[1]}`],
    ["with another secret", (token: string) => `${token.split(".")[0]}.${"A".repeat(43)}`],
    ["that is no token", () => "' OR 1=1 --"],
  ])("is not replaced by a token %s", async (_, change) => {
    const { token } = await requested();
    expect((await reset(change(token, await newShop()))).status).toBe(410);
  });

  it("is not replaced by a link that has expired, or whose account has been disabled or has another address", async () => {
    for (const change of [
      "UPDATE link_tokens SET expires_at = '2020-01-01T00:00:00.000Z' WHERE tenant_id = ?",
      "UPDATE users SET is_active = 0 WHERE tenant_id = ? AND role = 'CUSTOMER'",
      "UPDATE users SET email = 'other@example.com' WHERE tenant_id = ? AND role = 'CUSTOMER'",
    ]) {
      const { shop, token } = await requested();
      await rowsOf(change, shop.tenant.id);
      expect((await reset(token)).status).toBe(410);
    }
  });

  it("is replaced by a link that was tried while the account was disabled, once it is enabled again", async () => {
    const { shop, person, token } = await requested();
    await change("UPDATE users SET is_active = 0 WHERE id = ?", person.id);
    expect((await reset(token)).status).toBe(410);
    const resets = "SELECT count(*) n FROM audit_log WHERE tenant_id = ? AND action = 'user.password_reset'";
    expect(await count(resets, shop.tenant.id)).toBe(0);
    await change("UPDATE users SET is_active = 1 WHERE id = ?", person.id);
    expect((await reset(token)).status).toBe(204);
    expect(await count(resets, shop.tenant.id)).toBe(1);
  });

  it("is not replaced by the link that confirms an address", async () => {
    const shop = await newShop();
    const json = { email: "new@example.com", password: PASSWORD };
    await call("PUT", `${API}/users/me/email`, { token: shop.admin.token, json });
    const [mail] = await mailsTo(shop, "new@example.com");
    expect((await reset(tokenIn(mail ?? { text: "" }))).status).toBe(410);
  });

  it("answers an unknown address and a known one alike, without asking the database", async () => {
    const shop = await newShop();
    const known = await forgot(shop, shop.admin.email);
    const unknown = await forgot(shop, "nobody@example.com");
    for (const answer of [known, unknown]) {
      expect([answer.status, answer.text]).toEqual([202, ""]);
      expect(costOf(answer)).toEqual({ queries: 0, read: 0, written: 0 });
    }
    await until(async () => (await mailsOf(shop)) === 1);
  });

  it("is looked up only after a delay that is longer than the response takes", async () => {
    const shop = await newShop();
    const done: string[] = [];
    vi.spyOn(scheduler, "wait").mockImplementation((ms) => {
      done.push(`waited ${ms} ms`);
      return Promise.resolve();
    });
    const ctx = between(base(), { before: () => void done.push("stored a mail") });
    await requestPasswordReset(ctx, shop.tenant.slug, shop.admin.email);
    expect(done).toEqual(["waited 250 ms", "stored a mail"]);
  });

  it("is not mailed to an account that was disabled since it was requested", async () => {
    const shop = await newShop();
    const person = await newPerson(shop.tenant, "CUSTOMER");
    const ctx = base();
    const mail = { kind: "password.reset" as const, subjectId: person.id, recipient: person.email };
    await ctx.db.batch([storeMail(ctx, shop.tenant.id, mail)]);
    await change("UPDATE users SET is_active = 0 WHERE id = ?", person.id);
    expect(await mailsTo(shop, person.email)).toEqual([]);
    expect(await rowsOf("SELECT status FROM mails WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { status: "skipped" },
    ]);
  });

  it("sends at most three mails an hour to an address", async () => {
    const shop = await newShop();
    for (let sent = 1; sent <= 3; sent += 1) {
      await forgot(shop, shop.admin.email);
      await until(async () => (await mailsOf(shop)) === sent);
    }
    await forgot(shop, shop.admin.email);
    const other = await newPerson(shop.tenant, "EMPLOYEE");
    await forgot(shop, other.email);
    await until(async () => (await mailsOf(shop)) === 4);
    const recipients = await rowsOf("SELECT recipient FROM mails WHERE tenant_id = ?", shop.tenant.id);
    expect(recipients.filter(({ recipient }) => recipient === shop.admin.email)).toHaveLength(3);
  });

  it("is mailed although the address has just got many mails of another kind", async () => {
    const shop = await newShop();
    const { email, id } = shop.admin;
    const ctx = base();
    const mail = { kind: "email.changed" as const, subjectId: id, recipient: email };
    await ctx.db.batch(
      ["1", "2", "3"].map((causeId) => storeMail(ctx, shop.tenant.id, { ...mail, causeId })),
    );
    expect(await count("SELECT count(*) n FROM mails WHERE tenant_id = ?", shop.tenant.id)).toBe(3);
    await forgot(shop, email);
    await until(async () => (await mailsOf(shop)) === 1);
  });

  it("leaves the token in no table and in no log of mails", async () => {
    const { shop, token } = await requested();
    const secret = token.split(".")[1] ?? "";
    for (const table of ["mails", "link_tokens", "audit_log", "events"])
      expect(
        JSON.stringify(await rowsOf(`SELECT * FROM ${table} WHERE tenant_id = ?`, shop.tenant.id)),
      ).not.toContain(secret);
  });
});

it("a password is not reset by a link that has just been used", async () => {
  const { shop, person, token } = await requested();
  const hash = () => rowsOf("SELECT password_hash FROM users WHERE id = ?", person.id);
  const before = await hash();
  const ctx = between(base(), {
    before: async (nth) => {
      if (nth === 1) await change("DELETE FROM link_tokens WHERE tenant_id = ?", shop.tenant.id);
    },
  });
  expect(await failureOf(resetPassword(ctx, token, NEW_PASSWORD, "203.0.113.80"))).toMatchObject({
    slug: "invalid-link",
  });
  expect(await hash()).toEqual(before);
});

it("a password is not reset for an account that was disabled just now", async () => {
  const { tenant } = await newShop();
  const person = await newPerson(tenant, "CUSTOMER");
  const token = await createToken(base(), tenant.id, "password", person.id, person.email);
  const disable = () => change("UPDATE users SET is_active = 0 WHERE id = ?", person.id);
  const ctx = between(base(), { before: (nth) => (nth === 1 ? disable() : undefined) });
  expect(await failureOf(resetPassword(ctx, token, NEW_PASSWORD, "203.0.113.81"))).toMatchObject({
    slug: "invalid-link",
  });
});

it("a reset leaves the links of other kinds, and one that fails leaves all others", async () => {
  const shop = await newShop();
  const person = await newPerson(shop.tenant, "CUSTOMER");
  const linkTo = (purpose: "password" | "email") =>
    createToken(base(), shop.tenant.id, purpose, person.id, person.email);
  const [used, left, confirming] = [
    await linkTo("password"),
    await linkTo("password"),
    await linkTo("email"),
  ];
  const hash = readShopToken(used)?.tokenHash;
  const ctx = between(base(), {
    before: (nth) => (nth === 1 ? change("DELETE FROM link_tokens WHERE token_hash = ?", hash) : undefined),
  });
  await failureOf(resetPassword(ctx, used, NEW_PASSWORD, "203.0.113.82"));
  expect((await reset(left)).status).toBe(204);
  const { status } = await call("POST", `${API}/auth/email/confirm`, { json: { token: confirming } });
  expect(status).toBe(204);
});

it("a reset is mailed at once to an active account of the open shop that is named, and to no other", async () => {
  vi.spyOn(scheduler, "wait").mockResolvedValue(undefined);
  const [other, shop] = [await newShop(), await newShop()];
  const email = "ana@example.com";
  const ana = await newPerson(shop.tenant, "CUSTOMER", email);
  await newPerson(other.tenant, "CUSTOMER", email);
  const { ctx, sent } = recording(base(), "MAILS");
  const request = () => requestPasswordReset(ctx, shop.tenant.slug, email);
  await request();
  expect([await mailsOf(shop), await mailsOf(other)]).toEqual([1, 0]);
  expect(sent).toMatchObject([{ kind: "mail", tenant_id: shop.tenant.id }]);
  for (const [table, id] of [
    ["users", ana.id],
    ["tenants", shop.tenant.id],
  ] as const) {
    await change(`UPDATE ${table} SET is_active = 0 WHERE id = ?`, id);
    await request();
    expect(await mailsOf(shop)).toBe(1);
    await change(`UPDATE ${table} SET is_active = 1 WHERE id = ?`, id);
  }
});

it.each([
  ["password", 30 * 60_000],
  ["email", 3 * 86_400_000],
  ["invitation", 7 * 86_400_000],
] as const)("a link for %s is valid for %d ms", async (purpose, lifetime) => {
  const { tenant, admin } = await newShop();
  const start = Date.now();
  const token = await createToken(base(new Date(start)), tenant.id, purpose, admin.id, admin.email);
  const isValid = async (ms: number) => {
    const ctx = base(new Date(start + ms));
    const { isToken } = readToken(ctx, purpose, token);
    const row = z.object({ purpose: z.string() });
    return (await ctx.db.all(row, sql`SELECT purpose FROM link_tokens WHERE ${isToken}`)).length === 1;
  };
  expect([await isValid(lifetime - 1), await isValid(lifetime)]).toEqual([true, false]);
  // The sweep deletes it then, and not before.
  for (const [ms, left] of [
    [lifetime, 1],
    [lifetime + 1, 0],
  ] as const) {
    await deleteExpiredTokens(base(new Date(start + ms)));
    expect(await count("SELECT count(*) n FROM link_tokens WHERE tenant_id = ?", tenant.id)).toBe(left);
  }
});
