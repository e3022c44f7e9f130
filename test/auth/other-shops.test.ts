import { describe, expect, it } from "vitest";
import { findRecipient } from "../../src/auth/accounts/mail-preferences.ts";
import { decideDeviceGrant } from "../../src/auth/device-grants/decide.ts";
import { composers } from "../../src/auth/links/composers.ts";
import { createToken } from "../../src/auth/links/tokens.ts";
import type { MailToCompose } from "../../src/mail/send.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { failureOf, rowsOf } from "../support/d1.ts";
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
