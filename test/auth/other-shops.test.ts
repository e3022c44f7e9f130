import { describe, expect, it } from "vitest";
import { findRecipient } from "../../src/auth/accounts/mail-preferences.ts";
import { decideDeviceGrant } from "../../src/auth/device-grants/decide.ts";
import { acceptInvitation } from "../../src/auth/invitations/invitations.ts";
import { composers } from "../../src/auth/links/composers.ts";
import { createToken } from "../../src/auth/links/tokens.ts";
import { createSession } from "../../src/auth/login/sessions.ts";
import type { MailToCompose } from "../../src/mail/send.ts";
import { newShopToken } from "../../src/platform/secret-tokens.ts";
import { newId } from "../../src/values/ids.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { between, failureOf, rowsOf } from "../support/d1.ts";
import { decide, newDevice, poll } from "../support/devices.ts";
import { base, newPerson, newShop, PASSWORD, type Shop } from "../support/shops.ts";
import { addTwins, twinRows } from "../support/twins.ts";

const endLogins = ({ tenant }: Shop) =>
  change("UPDATE auth_sessions SET revoked_at = '2026' WHERE tenant_id = ?", tenant.id);

const deactivateStaff = ({ tenant }: Shop) =>
  change("UPDATE users SET is_active = 0 WHERE tenant_id = ? AND role = 'EMPLOYEE'", tenant.id);

const mailTo = ({ tenant: { id, slug, name } }: Shop, recipient: string): MailToCompose => ({
  shop: { id, slug, name, email: null, brand_color: null },
  subjectId: "",
  causeId: "",
  recipient,
  language: "es",
  locale: "es-ES",
  storedAt: new Date(),
});

describe("beside shops whose people, logins and devices have the same ids", () => {
  it.each([
    ["ended login", endLogins],
    ["inactive account", deactivateStaff],
  ])("an %s has no access", async (_, end) => {
    const shop = await newShop();
    const { token } = await newPerson(shop.tenant, "EMPLOYEE");
    await addTwins(shop.tenant);
    await end(shop);
    const { status } = await call("GET", `${API}/auth/me`, { token });
    expect(status).toBe(401);
  });

  it("an address is confirmed for the account of this shop", async () => {
    const shop = await newShop();
    const { id } = await newPerson(shop.tenant, "CUSTOMER");
    const token = await createToken(base(), shop.tenant.id, "email", id, "new@example.com");
    await addTwins(shop.tenant);
    await change("UPDATE users SET email = 'twin-' || email WHERE tenant_id <> ?", shop.tenant.id);
    const before = await twinRows();
    expect((await call("POST", `${API}/auth/email/confirm`, { json: { token } })).status).toBe(204);
    expect(
      await rowsOf("SELECT email FROM users WHERE tenant_id = ? AND id = ?", shop.tenant.id, id),
    ).toEqual([{ email: "new@example.com" }]);
    expect(await twinRows()).toEqual(before);
  });

  it("an invitation opens the account of which it says", async () => {
    const shop = await newShop();
    const json = { email: "luz@example.com", role: "EMPLOYEE", first_name: "Luz", last_name: "Mar" };
    const invited = await call("POST", `${API}/users/invitations`, { token: shop.admin.token, json });
    const token = await createToken(base(), shop.tenant.id, "invitation", invited.body.id, json.email);
    await addTwins(shop.tenant);
    const before = await twinRows();
    const path = `${API}/invitations/accept`;
    const { body } = await call("POST", path, { json: { token, password: PASSWORD } });
    expect(body.user).toMatchObject({ first_name: "Luz", last_name: "Mar" });
    expect(await twinRows()).toEqual(before);
  });

  it("an expired invitation is not mailed, though theirs is valid", async () => {
    const shop = await newShop();
    const json = { email: "luz@example.com", role: "EMPLOYEE", first_name: "Luz", last_name: "Mar" };
    const invited = await call("POST", `${API}/users/invitations`, { token: shop.admin.token, json });
    await addTwins(shop.tenant);
    await change("UPDATE invitations SET expires_at = '2026-01-01' WHERE tenant_id = ?", shop.tenant.id);
    const mail = { ...mailTo(shop, json.email), subjectId: invited.body.id };
    expect(await composers.invitation(base(), mail)).toBeNull();
  });

  it("an address is invited again", async () => {
    const shop = await newShop();
    const json = { email: "luz@example.com", role: "EMPLOYEE", first_name: "Luz", last_name: "Mar" };
    const invite = () => call("POST", `${API}/users/invitations`, { token: shop.admin.token, json });
    await invite();
    await addTwins(shop.tenant);
    const before = await twinRows();
    expect((await invite()).status).toBe(201);
    expect(await twinRows()).toEqual(before);
  });

  it("erasing an account deletes the links of invitations to its address here, and leaves theirs and other links", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    const links = [
      [shop, "invitation", ana.email],
      [shop, "invitation", "luz@example.com"],
      [shop, "email", ana.email],
      [other, "invitation", ana.email],
    ] as const;
    for (const [{ tenant }, purpose, email] of links)
      await createToken(base(), tenant.id, purpose, newId(), email);
    await call("DELETE", `${API}/users/${ana.id}`, { token: shop.admin.token });
    const left = await rowsOf(
      "SELECT tenant_id, purpose, email FROM link_tokens WHERE tenant_id IN (?, ?) ORDER BY tenant_id, purpose",
      shop.tenant.id,
      other.tenant.id,
    );
    expect(left).toEqual([
      { tenant_id: shop.tenant.id, purpose: "email", email: ana.email },
      { tenant_id: shop.tenant.id, purpose: "invitation", email: "luz@example.com" },
      { tenant_id: other.tenant.id, purpose: "invitation", email: ana.email },
    ]);
  });

  it("a mail goes to an account of this shop that wants it, whatever others with its address want", async () => {
    const shops = [await newShop(), await newShop()];
    const people = [];
    for (const { tenant } of shops) people.push(await newPerson(tenant, "ADMIN", "ana@example.com"));
    await change(
      `UPDATE users SET email_confirmed_at = created_at, preferences = '{"alerts_by_mail":1}' WHERE email = ?`,
      "ana@example.com",
    );
    for (const [at, shop] of shops.entries())
      expect(await findRecipient(base(), mailTo(shop, "ana@example.com"), "alerts_by_mail")).toBe(
        people[at]?.id,
      );
  });

  it("a device gets the login that was approved here, and leaves theirs", async () => {
    const shop = await newShop();
    const device = await newDevice(shop);
    await decide(device, "approve", shop.admin);
    await addTwins(shop.tenant);
    const before = await twinRows();
    const { status, body } = await poll(device);
    expect(status).toBe(200);
    expect(body.user).toMatchObject({ id: shop.admin.id, first_name: "First" });
    expect(await twinRows()).toEqual(before);
  });

  it("a device gets no login that has ended here, though theirs is active", async () => {
    const shop = await newShop();
    const device = await newDevice(shop);
    await decide(device, "approve", shop.admin);
    await addTwins(shop.tenant);
    await endLogins(shop);
    expect((await poll(device)).body.error).toBe("invalid_grant");
  });

  it.each([
    ["ended login", endLogins],
    ["inactive account", deactivateStaff],
  ])("an %s approves no device", async (_, end) => {
    const shop = await newShop();
    const person = await newPerson(shop.tenant, "EMPLOYEE");
    const device = await newDevice(shop);
    await addTwins(shop.tenant);
    await end(shop);
    await failureOf(decideDeviceGrant(person.ctx(), device.user_code, "approved", "192.0.2.7"));
    expect((await poll(device)).body.error).toBe("authorization_pending");
  });
});

describe("beside others of the shop", () => {
  it("an address that wants no mail gets none, though another wants it", async () => {
    const { tenant, admin } = await newShop();
    const other = await newPerson(tenant, "ADMIN");
    await change(
      `UPDATE users SET email_confirmed_at = created_at, preferences = '{"alerts_by_mail":1}' WHERE id = ?`,
      other.id,
    );
    const recipient = mailTo({ tenant, admin }, admin.email);
    expect(await findRecipient(base(), recipient, "alerts_by_mail")).toBeNull();
  });

  it("invitations to two addresses are both open", async () => {
    const { admin } = await newShop();
    const { token } = admin;
    for (const email of ["luz@example.com", "eva@example.com"]) {
      const json = { email, role: "EMPLOYEE", first_name: "Luz", last_name: "Mar" };
      await call("POST", `${API}/users/invitations`, { token, json });
    }
    expect((await call("GET", `${API}/users/invitations`, { token })).body.data).toHaveLength(2);
  });

  it("withdrawing an invitation that does not exist is not in the audit log, though another is open", async () => {
    const { tenant, admin } = await newShop();
    const { token } = admin;
    const json = { email: "luz@example.com", role: "EMPLOYEE", first_name: "Luz", last_name: "Mar" };
    await call("POST", `${API}/users/invitations`, { token, json });
    expect((await call("DELETE", `${API}/users/invitations/${newId()}`, { token })).status).toBe(404);
    const entries = "SELECT id FROM audit_log WHERE tenant_id = ? AND action = 'user.invitation_withdrawn'";
    expect(await rowsOf(entries, tenant.id)).toEqual([]);
  });

  it("an invitation is mailed to its address only", async () => {
    const shop = await newShop();
    const json = { email: "luz@example.com", role: "EMPLOYEE", first_name: "Luz", last_name: "Mar" };
    const { body } = await call("POST", `${API}/users/invitations`, { token: shop.admin.token, json });
    const compose = (recipient: string) =>
      composers.invitation(base(), { ...mailTo(shop, recipient), subjectId: body.id });
    expect(await compose(json.email)).not.toBeNull();
    expect(await compose("eva@example.com")).toBeNull();
  });

  it("an invitation that was withdrawn just now adds nobody", async () => {
    const shop = await newShop();
    const json = { email: "luz@example.com", role: "EMPLOYEE", first_name: "Luz", last_name: "Mar" };
    const { body } = await call("POST", `${API}/users/invitations`, { token: shop.admin.token, json });
    const token = await createToken(base(), shop.tenant.id, "invitation", body.id, json.email);
    const before = () => change("DELETE FROM invitations WHERE tenant_id = ?", shop.tenant.id);
    const accepting = { token, password: PASSWORD };
    await failureOf(acceptInvitation(between(base(), { before }), accepting, "192.0.2.7", null));
    expect(
      await rowsOf("SELECT id FROM audit_log WHERE tenant_id = ? AND action = 'user.added'", shop.tenant.id),
    ).toEqual([]);
  });

  it("a code that no device has gets no login, though a person has approved a device", async () => {
    const shop = await newShop();
    await decide(await newDevice(shop), "approve", shop.admin);
    const { token } = newShopToken(shop.tenant.id);
    expect((await poll({ device_code: token })).body.error).toBe("invalid_grant");
  });

  it("a device that collects its login leaves the end of all others", async () => {
    const shop = await newShop();
    const device = await newDevice(shop);
    await decide(device, "approve", shop.admin);
    const { session } = shop.admin.ctx().actor;
    await change("UPDATE auth_sessions SET expires_at = '2099-01-01' WHERE family = ?", session);
    await poll(device);
    expect(await rowsOf("SELECT expires_at FROM auth_sessions WHERE family = ?", session)).toEqual([
      { expires_at: "2099-01-01" },
    ]);
  });

  it.each(["revoked_at", "used_at"])(
    "a login whose last token has %s approves no device, though another login of the person is active",
    async (column) => {
      const shop = await newShop();
      const { session } = shop.admin.ctx().actor;
      await createSession(base(), shop.tenant.id, shop.admin.id, "phone");
      await change(`UPDATE auth_sessions SET ${column} = '2026' WHERE family = ?`, session);
      const device = await newDevice(shop);
      await failureOf(decideDeviceGrant(shop.admin.ctx(), device.user_code, "approved", "192.0.2.7"));
      expect((await poll(device)).body.error).toBe("authorization_pending");
    },
  );

  it("the login of another approves no device", async () => {
    const shop = await newShop();
    const ctx = shop.admin.ctx();
    const { session } = (await newPerson(shop.tenant, "EMPLOYEE")).ctx().actor;
    const device = await newDevice(shop);
    const asOther = { ...ctx, actor: { ...ctx.actor, session } };
    await failureOf(decideDeviceGrant(asOther, device.user_code, "approved", "192.0.2.7"));
    expect((await poll(device)).body.error).toBe("authorization_pending");
  });
});
