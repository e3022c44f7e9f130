import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  acceptInvitation,
  invite as inviteAt,
  listInvitations,
} from "../../../src/auth/invitations/invitations.ts";
import { composers } from "../../../src/auth/links/composers.ts";
import { createToken } from "../../../src/auth/links/tokens.ts";
import type { MailToCompose } from "../../../src/mail/send.ts";
import { newId } from "../../../src/values/ids.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { between, count, failureOf, rowsOf } from "../../support/d1.ts";
import { mailsTo, tokenIn } from "../../support/mails.ts";
import { recordingQueue } from "../../support/queues.ts";
import { base, newPerson, newShop, type Shop } from "../../support/shops.ts";
import { callWith } from "../../support/variant.ts";

const PASSWORD = "a password of my own";
const luz = { email: "luz@example.com", role: "EMPLOYEE", first_name: "Luz", last_name: "Mar" };

const invite = ({ admin }: Shop, json: Record<string, unknown> = luz) =>
  call("POST", `${API}/users/invitations`, { token: admin.token, json });

const accept = (token: string) =>
  call("POST", `${API}/invitations/accept`, { json: { token, password: PASSWORD } });

/** Invites at this time. */
const invitedAt = ({ admin }: Shop, now: Date) =>
  inviteAt(admin.ctx(now), { ...luz, role: "EMPLOYEE" }, undefined);

const mailOf = ({ tenant: { id, slug, name } }: Shop, subjectId: string): MailToCompose => ({
  shop: { id, slug, name, email: null, brand_color: null },
  subjectId,
  causeId: "",
  recipient: luz.email,
  language: "en",
  locale: "en",
  storedAt: new Date(),
});

async function lastToken(shop: Shop): Promise<string> {
  const mail = (await mailsTo(shop, luz.email)).at(-1);
  return tokenIn(mail ?? { text: "" });
}

describe("an invitation", () => {
  it("opens an account whose password only the person knows, and signs them in", async () => {
    const shop = await newShop();
    expect((await invite(shop)).status).toBe(201);
    const { status, body } = await accept(await lastToken(shop));
    expect([status, body.user.role, body.user.email, body.user.email_confirmed]).toEqual([
      200,
      "EMPLOYEE",
      luz.email,
      true,
    ]);
    expect((await call("GET", `${API}/sales`, { token: body.access_token })).status).toBe(200);
    const setByAdmin = await call("PUT", `${API}/users/${body.user.id}/password`, {
      token: shop.admin.token,
      json: { new_password: "chosen by the admin" },
    });
    expect(setByAdmin.status).toBe(403);
  });

  it("that is accepted leaves no address with its links, and the links of others", async () => {
    const shop = await newShop();
    // The link of the other comes first, by its subject and by its hash.
    const other = await invite(shop, { ...luz, email: "eva@example.com" });
    await change(
      `INSERT INTO link_tokens (tenant_id, token_hash, purpose, subject_id, email, expires_at)
        VALUES (?, '', 'invitation', ?, 'eva@example.com', '9')`,
      shop.tenant.id,
      other.body.id,
    );
    const { body } = await invite(shop);
    const token = await lastToken(shop);
    // Sent again.
    for (const [id, email] of [
      [body.id, luz.email],
      [other.body.id, "eva@example.com"],
    ])
      await createToken(base(), shop.tenant.id, "invitation", id, email);
    const links = (email: string) =>
      count("SELECT count(*) n FROM link_tokens WHERE tenant_id = ? AND email = ?", shop.tenant.id, email);
    const before = await links("eva@example.com");
    expect((await accept(token)).status).toBe(200);
    expect([await links(luz.email), await links("eva@example.com")]).toEqual([0, before]);
    expect((await accept(token)).status).toBe(410);
  });

  it("that is withdrawn at the moment in which it is accepted opens no account", async () => {
    const shop = await newShop();
    await invite(shop);
    const input = { token: await lastToken(shop), password: PASSWORD };
    const ctx = between(base(), {
      before: () => change("DELETE FROM invitations WHERE tenant_id = ?", shop.tenant.id),
    });
    expect(await failureOf(acceptInvitation(ctx, input, "203.0.113.7", null))).toMatchObject({
      slug: "invalid-link",
    });
    const { id } = shop.tenant;
    expect(await count("SELECT count(*) n FROM users WHERE tenant_id = ? AND email = ?", id, luz.email)).toBe(
      0,
    );
    expect(
      await count("SELECT count(*) n FROM audit_log WHERE tenant_id = ? AND action = 'user.added'", id),
    ).toBe(0);
  });

  it("that another has replaced is not mailed", async () => {
    const shop = await newShop();
    await invite(shop);
    expect(await composers.invitation(base(), mailOf(shop, newId()))).toBeNull();
  });

  it("works once, and is then no longer listed", async () => {
    const shop = await newShop();
    await invite(shop);
    const token = await lastToken(shop);
    expect((await accept(token)).status).toBe(200);
    expect((await accept(token)).status).toBe(410);
    const list = await call("GET", `${API}/users/invitations`, { token: shop.admin.token });
    expect(list.body.data).toEqual([]);
    expect(await count("SELECT count(*) n FROM users WHERE tenant_id = ?", shop.tenant.id)).toBe(2);
  });

  it("opens one account if its link is opened ten times at once", async () => {
    const shop = await newShop();
    await invite(shop);
    const token = await lastToken(shop);
    const answers = await Promise.all(Array.from({ length: 10 }, () => accept(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await count("SELECT count(*) n FROM users WHERE tenant_id = ?", shop.tenant.id)).toBe(2);
  });

  it("is replaced by the next one to the same address", async () => {
    const shop = await newShop();
    await invite(shop);
    const first = await lastToken(shop);
    await invite(shop, { ...luz, role: "ADMIN" });
    expect((await accept(first)).status).toBe(410);
    expect((await accept(await lastToken(shop))).body.user.role).toBe("ADMIN");
  });

  it("can be withdrawn, in its own shop only", async () => {
    const shop = await newShop();
    const { body } = await invite(shop);
    const token = await lastToken(shop);
    const other = await newShop();
    const path = `${API}/users/invitations/${body.id}`;
    expect((await call("DELETE", path, { token: other.admin.token })).status).toBe(404);
    expect((await call("DELETE", path, { token: shop.admin.token })).status).toBe(204);
    expect((await accept(token)).status).toBe(410);
  });

  it("sends nothing when it was withdrawn before its mail", async () => {
    const shop = await newShop();
    await rowsOf(
      `INSERT INTO mails (tenant_id, id, kind, subject_id, cause_id, recipient, due_at, created_at)
        VALUES (?1, ?2, 'invitation', ?2, ?2, 'luz@example.com', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')`,
      shop.tenant.id,
      newId(),
    );
    expect(await mailsTo(shop, luz.email)).toEqual([]);
    const { body } = await call("GET", `${API}/mails`, { token: shop.admin.token });
    expect(body.data).toMatchObject([{ kind: "invitation", status: "skipped", recipient: luz.email }]);
  });

  it("is refused for an address that has an account, also when it got one in the meantime", async () => {
    const shop = await newShop();
    await newPerson(shop.tenant, "CUSTOMER", luz.email);
    expect((await invite(shop)).body.type).toBe("/problems/email-taken");
    const another = await newShop();
    await invite(another);
    const token = await lastToken(another);
    await newPerson(another.tenant, "CUSTOMER", luz.email);
    expect((await accept(token)).body.type).toBe("/problems/email-taken");
  });

  it("expires after seven days", async () => {
    const shop = await newShop();
    await invite(shop);
    const token = await lastToken(shop);
    await rowsOf(
      "UPDATE invitations SET expires_at = '2020-01-01T00:00:00.000Z' WHERE tenant_id = ?",
      shop.tenant.id,
    );
    expect((await accept(token)).status).toBe(410);
  });

  it("is open until seven days have passed since it was sent, and is listed until then", async () => {
    const shop = await newShop();
    const start = new Date();
    const at = (ms: number) => new Date(start.getTime() + 7 * 86_400_000 + ms);
    const { value } = await invitedAt(shop, start);
    const token = await createToken(base(at(-1)), shop.tenant.id, "invitation", value.id, luz.email);
    const listed = async (now: Date) =>
      (await listInvitations(shop.admin.ctx(now), { limit: 5 })).data.map(({ id }) => id);
    const mailed = async (now: Date) =>
      (await composers.invitation(base(now), mailOf(shop, value.id))) !== null;
    expect([await listed(at(-1)), await listed(at(0))]).toEqual([[value.id], []]);
    expect([await mailed(at(-1)), await mailed(at(0))]).toEqual([true, false]);
    const accepting = (now: Date) =>
      acceptInvitation(base(now), { token, password: PASSWORD }, "192.0.2.9", null);
    expect(await failureOf(accepting(at(0)))).toMatchObject({ slug: "invalid-link" });
    expect(await accepting(at(-1))).toMatchObject({ user: { email: luz.email } });
  });

  it("is listed page by page, newest first", async () => {
    const shop = await newShop();
    const ctx = shop.admin.ctx();
    const ids: string[] = [];
    for (const email of ["a@example.com", "b@example.com", "c@example.com"])
      ids.push((await invite(shop, { ...luz, email })).body.id);
    const first = await listInvitations(ctx, { limit: 2 });
    const second = await listInvitations(ctx, { limit: 2, cursor: first.next_cursor ?? undefined });
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids.toReversed());
    expect([first.data.length, second.next_cursor]).toEqual([2, null]);
  });

  it("that is open stays so if another one to the address is refused", async () => {
    const shop = await newShop();
    const { body } = await invite(shop);
    await newPerson(shop.tenant, "CUSTOMER", luz.email);
    expect((await invite(shop)).body.type).toBe("/problems/email-taken");
    const list = await call("GET", `${API}/users/invitations`, { token: shop.admin.token });
    expect(list.body.data).toMatchObject([{ id: body.id }]);
  });

  it("signs in the browser that accepts it, and moves the sales of the address's customer record now", async () => {
    const shop = await newShop();
    const { body } = await invite(shop);
    const token = await createToken(base(), shop.tenant.id, "invitation", body.id, luz.email);
    const { queue, sent } = recordingQueue();
    const answer = await callWith({ SWEEPS: queue }, "POST", `${API}/invitations/accept`, {
      json: { token, password: PASSWORD },
      headers: { "user-agent": "a till" },
    });
    const login = z.object({ access_token: z.string() }).parse(JSON.parse(answer.text));
    expect(answer.headers.getSetCookie()[0]).toMatch(`mostrador_access=${login.access_token};`);
    const { data } = (await call("GET", `${API}/auth/sessions`, { token: login.access_token })).body;
    expect(data).toMatchObject([{ device: "a till", current: true }]);
    expect(sent).toMatchObject([{ kind: "sweep", name: "customer-merges", after: "" }]);
  });
});
