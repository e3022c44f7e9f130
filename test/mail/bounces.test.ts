// Addresses that Email Service does not deliver to.
import { describe, expect, it } from "vitest";
import { createToken } from "../../src/auth/links/tokens.ts";
import { composers } from "../../src/mail-composers.ts";
import { MailJob, sendLateMails } from "../../src/mail/jobs.ts";
import { storeMail } from "../../src/mail/outbox.ts";
import { retryMail } from "../../src/mail/retry.ts";
import type { MailKind } from "../../src/mail/schema.ts";
import { sendMail, type Composers } from "../../src/mail/send.ts";
import { newId } from "../../src/values/ids.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { recording } from "../support/queues.ts";
import { base, newPerson, newShop, type Shop } from "../support/shops.ts";

const says = () => Promise.resolve({ subject: "Hola", paragraphs: ["Hola."] });
const saying: Composers = { ...composers, "order.placed": says, "password.reset": says, receipt: says };

/** Stores a mail and attempts it at a provider that answers with this error code, or accepts it. */
async function attempt(shop: Shop, recipient: string, kind: MailKind, code = "") {
  const ctx = base();
  const id = newId();
  await ctx.db.batch([storeMail(ctx, shop.tenant.id, { id, kind, subjectId: shop.admin.id, recipient })]);
  const handedOver: unknown[] = [];
  const EMAIL = {
    send: (message: unknown) => {
      handedOver.push(message);
      return code === ""
        ? Promise.resolve({ messageId: "1" })
        : Promise.reject(Object.assign(new Error(code), { code }));
    },
  };
  const env = { ...ctx.env, MAIL_PROVIDER: "cloudflare", MAIL_FROM: "no-reply@example.com", EMAIL };
  const job = MailJob.parse({ kind: "mail", tenant_id: shop.tenant.id, mail_id: id, attempts: 0 });
  await sendMail({ ...ctx, env }, saying, job);
  const [row] = await rowsOf("SELECT status, last_error FROM mails WHERE id = ?", id);
  return { id, status: row?.["status"], error: row?.["last_error"], handedOver };
}

const bounces = ({ tenant }: Shop) =>
  rowsOf("SELECT recipient, reason FROM mail_bounces WHERE tenant_id = ?", tenant.id);

const me = async ({ admin }: Shop) => (await call("GET", `${API}/users/me`, { token: admin.token })).body;

describe("an address to which a mail bounced", () => {
  it("is marked, and gets only what the person or the staff ask for", async () => {
    const shop = await newShop();
    const { email } = shop.admin;
    expect(await attempt(shop, email, "order.placed", "E_RECIPIENT_SUPPRESSED")).toMatchObject({
      status: "failed",
      error: "E_RECIPIENT_SUPPRESSED",
    });
    expect(await bounces(shop)).toEqual([{ recipient: email, reason: "E_RECIPIENT_SUPPRESSED" }]);
    const skipped = await attempt(shop, email, "order.placed");
    expect(skipped).toMatchObject({ status: "skipped", handedOver: [] });
    expect(skipped.error).toContain("bounced");
    expect((await attempt(shop, email, "receipt", "E_RECIPIENT_SUPPRESSED")).handedOver).toHaveLength(1);
    expect((await me(shop)).email_bounced_at).toEqual(expect.any(String));
    const users = await call("GET", `${API}/users`, { token: shop.admin.token });
    expect(users.body.data[0].email_bounced_at).toEqual(expect.any(String));
    const log = await call("GET", `${API}/mails?status=skipped`, { token: shop.admin.token });
    expect(log.body.data).toMatchObject([{ id: skipped.id }]);
    await attempt(shop, "eva@example.com", "order.placed", "E_RECIPIENT_SUPPRESSED");
    // It accepts mail again.
    expect((await attempt(shop, email, "password.reset")).status).toBe("sent");
    expect(await bounces(shop)).toMatchObject([{ recipient: "eva@example.com" }]);
    expect((await attempt(shop, email, "order.placed")).status).toBe("sent");
  });

  it("is marked with the time of the last mail that bounced", async () => {
    const shop = await newShop();
    const { email } = shop.admin;
    await attempt(shop, email, "receipt", "E_RECIPIENT_SUPPRESSED");
    const first = (await me(shop)).email_bounced_at;
    const past = "2026-01-01T00:00:00.000Z";
    await change("UPDATE mail_bounces SET at = ? WHERE tenant_id = ?", past, shop.tenant.id);
    await attempt(shop, email, "receipt", "E_RECIPIENT_SUPPRESSED");
    expect((await me(shop)).email_bounced_at >= first).toBe(true);
  });

  it("is marked in its shop only, and not by errors that are not about it", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    await attempt(shop, "ana@example.com", "order.placed", "E_RECIPIENT_SUPPRESSED");
    expect((await attempt(other, "ana@example.com", "order.placed")).status).toBe("sent");
    for (const code of [
      "E_VALIDATION_ERROR",
      "E_RECIPIENT_NOT_ALLOWED",
      "E_TOO_MANY_RECIPIENTS",
      "E_FIELD_MISSING",
      "E_HEADERS_TOO_LARGE",
      "E_CONTENT_TOO_LARGE",
    ])
      expect((await attempt(other, "ana@example.com", "order.placed", code)).status).toBe("failed");
    for (const code of [
      "E_DELIVERY_FAILED",
      "E_DAILY_LIMIT_EXCEEDED",
      "E_INTERNAL_SERVER_ERROR",
      "E_SENDER_NOT_VERIFIED",
    ])
      expect((await attempt(other, "ana@example.com", "order.placed", code)).status).toBe("pending");
    expect(await bounces(other)).toEqual([]);
  });

  it("is not marked any more once the person has confirmed it", async () => {
    const shop = await newShop();
    for (const address of [shop.admin.email, "eva@example.com"])
      await attempt(shop, address, "order.placed", "E_RECIPIENT_SUPPRESSED");
    const token = await createToken(base(), shop.tenant.id, "email", shop.admin.id, shop.admin.email);
    await call("POST", `${API}/auth/email/confirm`, { json: { token } });
    expect((await me(shop)).email_bounced_at).toBeNull();
    expect(await bounces(shop)).toMatchObject([{ recipient: "eva@example.com" }]);
  });

  it("stays marked if the person confirms another one, which is not marked any more", async () => {
    const shop = await newShop();
    const { id, email } = shop.admin;
    for (const address of [email, "new@example.com"])
      await attempt(shop, address, "order.placed", "E_RECIPIENT_SUPPRESSED");
    const token = await createToken(base(), shop.tenant.id, "email", id, "new@example.com");
    await call("POST", `${API}/auth/email/confirm`, { json: { token } });
    expect(await me(shop)).toMatchObject({ email: "new@example.com", email_bounced_at: null });
    expect(await bounces(shop)).toMatchObject([{ recipient: email }]);
  });

  it("is not marked any more once it becomes the address of a customer", async () => {
    const shop = await newShop();
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    for (const address of ["nora@example.com", "eva@example.com"])
      await attempt(shop, address, "order.placed", "E_RECIPIENT_SUPPRESSED");
    await change("UPDATE customers SET email = 'nora@example.com' WHERE id = ?", customer.id);
    expect(await bounces(shop)).toMatchObject([{ recipient: "eva@example.com" }]);
  });

  it("is shown with an account from the moment of its creation on", async () => {
    const shop = await newShop();
    await attempt(shop, shop.admin.email, "order.placed", "E_RECIPIENT_SUPPRESSED");
    const created = (offset: string) =>
      change(
        "UPDATE users SET created_at = strftime('%Y-%m-%dT%H:%M:%fZ', (SELECT at FROM mail_bounces WHERE tenant_id = ?1), ?3) WHERE id = ?2",
        shop.tenant.id,
        shop.admin.id,
        offset,
      );
    await created("+0 seconds");
    expect((await me(shop)).email_bounced_at).toEqual(expect.any(String));
    await created("+1 seconds");
    expect((await me(shop)).email_bounced_at).toBeNull();
  });

  it("is shown with the customer until staff enter another address", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const added = await call("POST", `${API}/customers`, {
      token,
      json: { name: "Nora", email: "nora@example.com" },
    });
    expect(added.body.email_bounced_at).toBeNull();
    await attempt(shop, "nora@example.com", "order.placed", "E_RECIPIENT_SUPPRESSED");
    const path = `${API}/customers/${added.body.id}`;
    const read = await call("GET", path, { token });
    expect(read.body.customer?.email_bounced_at ?? read.body.email_bounced_at).toEqual(expect.any(String));
    for (const list of ["", "?q=nora"]) {
      const { body } = await call("GET", `${API}/customers${list}`, { token });
      expect(body.data).toMatchObject([{ email_bounced_at: expect.any(String) }]);
    }
    const headers = { "if-match": read.headers.get("etag") ?? "" };
    const changed = await call("PATCH", path, { token, headers, json: { email: "nora.vega@example.com" } });
    expect([changed.status, changed.body.email_bounced_at]).toEqual([200, null]);
  });

  it("is shown with the customer, too, whose account has not confirmed it", async () => {
    const shop = await newShop();
    const { id, email } = await newPerson(shop.tenant, "CUSTOMER");
    await attempt(shop, email, "password.reset", "E_RECIPIENT_SUPPRESSED");
    const { body } = await call("GET", `${API}/customers`, { token: shop.admin.token });
    expect(body.data).toMatchObject([
      { id, email, email_confirmed: false, email_bounced_at: expect.any(String) },
    ]);
  });

  it("does not tell who registers with it later that the shop knows it", async () => {
    const shop = await newShop();
    await attempt(shop, "eva@example.com", "order.placed", "E_RECIPIENT_SUPPRESSED");
    const person = {
      email: "eva@example.com",
      password: "correct horse battery",
      first_name: "Eva",
      last_name: "Mar",
    };
    const { body } = await call("POST", `${API}/auth/register`, {
      json: { tenant: shop.tenant.slug, ...person },
    });
    expect(body.email_bounced_at).toBeNull();
    const { email, password } = person;
    const login = await call("POST", `${API}/auth/login`, {
      json: { tenant: shop.tenant.slug, email, password },
    });
    expect(login.body.user.email_bounced_at).toBeNull();
  });

  it("is forgotten with the account", async () => {
    const shop = await newShop();
    const { email } = shop.admin;
    const other = await newShop();
    await attempt(other, email, "order.placed", "E_RECIPIENT_SUPPRESSED");
    await attempt(shop, "nora@example.com", "order.placed", "E_RECIPIENT_SUPPRESSED");
    const person = {
      email: "nora@example.com",
      password: "correct horse battery",
      first_name: "Nora",
      last_name: "Mar",
    };
    const { body } = await call("POST", `${API}/auth/register`, {
      json: { tenant: shop.tenant.slug, ...person },
    });
    await call("DELETE", `${API}/users/${body.id}`, { token: shop.admin.token });
    expect(await bounces(shop)).toEqual([]);
    expect(await bounces(other)).toHaveLength(1);
  });
});

describe("a failed mail", () => {
  it("can be sent again, to an address that bounced too, and no other can", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const { id } = await attempt(shop, "ana@example.com", "order.placed", "E_RECIPIENT_SUPPRESSED");
    await attempt(shop, "eva@example.com", "order.placed", "E_RECIPIENT_SUPPRESSED");
    const retry = () => call("POST", `${API}/mails/${id}/retry`, { token });
    const first = await retry();
    expect([first.status, first.body]).toMatchObject([
      202,
      { id, status: "pending", attempts: 0, last_error: null },
    ]);
    expect((await retry()).body.type).toBe("/problems/mail-not-failed");
    expect(await bounces(shop)).toMatchObject([{ recipient: "eva@example.com" }]);
    const other = await newShop();
    expect((await call("POST", `${API}/mails/${id}/retry`, { token: other.admin.token })).status).toBe(404);
  });

  it("that is sent again has its message in the queue", async () => {
    const shop = await newShop();
    const { id } = await attempt(shop, "ana@example.com", "order.placed", "E_RECIPIENT_SUPPRESSED");
    const ctx = shop.admin.ctx();
    await retryMail(ctx, id);
    expect(ctx.mails).toEqual([{ kind: "mail", tenant_id: shop.tenant.id, mail_id: id, attempts: 0 }]);
    const audited = "SELECT entity_id FROM audit_log WHERE tenant_id = ? AND action = 'mail.retried'";
    expect(await rowsOf(audited, shop.tenant.id)).toEqual([{ entity_id: id }]);
    const again = shop.admin.ctx();
    await expect(retryMail(again, id)).rejects.toThrow("this one is pending");
    expect(again.mails).toEqual([]);
  });

  it("that is sent again is due from then on, and not late since it was stored", async () => {
    const shop = await newShop();
    const { id } = await attempt(shop, "ana@example.com", "order.placed", "E_RECIPIENT_SUPPRESSED");
    await change("UPDATE mails SET due_at = '2026-01-01T00:00:00.000Z' WHERE id = ?", id);
    await retryMail(shop.admin.ctx(), id);
    const queuedIn = async (minutes: number) => {
      const { ctx, sent } = recording(base(new Date(Date.now() + minutes * 60_000)), "MAILS");
      await sendLateMails(ctx);
      return sent.filter((job) => MailJob.parse(job).mail_id === id).length;
    };
    expect([await queuedIn(0), await queuedIn(2)]).toEqual([0, 1]);
  });

  it("is one that failed: a request to send another again leaves its address marked", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const { id } = await attempt(shop, "ana@example.com", "receipt");
    await attempt(shop, "ana@example.com", "order.placed", "E_RECIPIENT_SUPPRESSED");
    await attempt(shop, "eva@example.com", "order.placed", "E_RECIPIENT_SUPPRESSED");
    const retried = await call("POST", `${API}/mails/${id}/retry`, { token });
    expect([retried.status, retried.body.type]).toEqual([409, "/problems/mail-not-failed"]);
    expect(
      (await bounces(shop))
        .map(({ recipient }) => recipient)
        .toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
    ).toEqual(["ana@example.com", "eva@example.com"]);
    const audited = "SELECT id FROM audit_log WHERE tenant_id = ? AND action = 'mail.retried'";
    expect(await rowsOf(audited, shop.tenant.id)).toEqual([]);
  });
});
