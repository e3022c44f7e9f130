import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { audit } from "../../../src/audit/log.ts";
import { confirmEmail } from "../../../src/auth/accounts/email.ts";
import { selectApprover } from "../../../src/auth/approvals/approve.ts";
import { createToken } from "../../../src/auth/links/tokens.ts";
import { personalData } from "../../../src/auth/personal-data.ts";
import { eraseUser } from "../../../src/erasure/account.ts";
import { storePin } from "../../support/approvals.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { between, failureOf, rowsOf } from "../../support/d1.ts";
import { decide, newDevice } from "../../support/devices.ts";
import { mailsTo } from "../../support/mails.ts";
import { base, newPerson, newShop, PASSWORD, type Person, type Shop } from "../../support/shops.ts";
import { addTwins, twinRows } from "../../support/twins.ts";

const approverOf = async (shop: Shop, { id }: Person) => {
  const { shape, statement } = selectApprover(shop.admin.ctx(), id);
  return base().db.all(shape, statement);
};

/** A customer who has been invited, has a link, a PIN and a device that they denied. */
async function newCustomer(shop: Shop, email: string): Promise<Person> {
  const json = { email, role: "EMPLOYEE", first_name: "Luz", last_name: "Mar" };
  await call("POST", `${API}/users/invitations`, { token: shop.admin.token, json });
  const person = await newPerson(shop.tenant, "CUSTOMER", email);
  await createToken(base(), shop.tenant.id, "password", person.id, email);
  await storePin(shop.tenant, person);
  await decide(await newDevice(shop), "deny", person);
  return person;
}

const rowsOfPeople = ({ tenant }: Shop) =>
  rowsOf(
    `SELECT 'link' what, subject_id whose FROM link_tokens WHERE tenant_id = ?1
      UNION ALL SELECT 'invitation', email FROM invitations WHERE tenant_id = ?1
      UNION ALL SELECT 'device', user_id FROM device_grants WHERE tenant_id = ?1
      UNION ALL SELECT 'pin', user_id FROM approval_pins WHERE tenant_id = ?1`,
    tenant.id,
  );

describe("beside shops whose people have the same ids", () => {
  it("an erased account leaves theirs, and what others of the shop have", async () => {
    const shop = await newShop();
    const ana = await newCustomer(shop, "ana@example.com");
    const eva = await newCustomer(shop, "eva@example.com");
    await addTwins(shop.tenant);
    const before = await twinRows();
    await eraseUser(shop.admin.ctx(), ana.id);
    expect(await rowsOfPeople(shop)).toEqual([
      { what: "link", whose: eva.id },
      { what: "invitation", whose: eva.email },
      { what: "device", whose: eva.id },
      { what: "pin", whose: eva.id },
    ]);
    expect(await twinRows()).toEqual(before);
  });

  it("an inactive ADMIN approves nothing, though theirs is active", async () => {
    const shop = await newShop();
    const other = await newPerson(shop.tenant, "ADMIN");
    await storePin(shop.tenant, other);
    await addTwins(shop.tenant);
    expect(await approverOf(shop, other)).toHaveLength(1);
    await change("UPDATE users SET is_active = 0 WHERE tenant_id = ? AND id = ?", shop.tenant.id, other.id);
    expect(await approverOf(shop, other)).toEqual([]);
  });

  it("an expired invitation opens no account, though theirs is valid", async () => {
    const shop = await newShop();
    const json = { email: "luz@example.com", role: "EMPLOYEE", first_name: "Luz", last_name: "Mar" };
    const { body } = await call("POST", `${API}/users/invitations`, { token: shop.admin.token, json });
    const token = await createToken(base(), shop.tenant.id, "invitation", body.id, json.email);
    await addTwins(shop.tenant);
    await change("UPDATE invitations SET expires_at = '2026-01-01' WHERE tenant_id = ?", shop.tenant.id);
    const accepted = await call("POST", `${API}/invitations/accept`, { json: { token, password: PASSWORD } });
    expect(accepted.body.type).toBe("/problems/invalid-link");
  });
});

it("a new address is confirmed for the account of this shop, not for those of the same id", async () => {
  const shop = await newShop();
  const ana = await newPerson(shop.tenant, "CUSTOMER");
  const token = await createToken(base(), shop.tenant.id, "email", ana.id, "new@example.com");
  await addTwins(shop.tenant);
  const before = await twinRows();
  await confirmEmail(base(), token);
  expect(
    await rowsOf("SELECT email FROM users WHERE tenant_id = ? AND id = ?", shop.tenant.id, ana.id),
  ).toEqual([{ email: "new@example.com" }]);
  expect(await twinRows()).toEqual(before);
});

describe("beside others of the shop", () => {
  it("wrong PINs of one ADMIN do not count for another", async () => {
    const shop = await newShop();
    const other = await newPerson(shop.tenant, "ADMIN");
    await storePin(shop.tenant, shop.admin);
    await base().db.batch([audit(other.ctx(), "user.pin_failed", other.id)]);
    expect(await approverOf(shop, shop.admin)).toMatchObject([{ failures: 0 }]);
  });

  it("a person may confirm the address that they have", async () => {
    const shop = await newShop();
    const { email, token } = await newPerson(shop.tenant, "CUSTOMER");
    await call("PUT", `${API}/users/me/email`, { token, json: { email, password: PASSWORD } });
    expect(await mailsTo(shop, email)).toHaveLength(1);
  });

  it("an address is not confirmed by a link that was used just now, though another has a link", async () => {
    const shop = await newShop();
    const [ana, eva] = [await newPerson(shop.tenant, "CUSTOMER"), await newPerson(shop.tenant, "CUSTOMER")];
    const token = await createToken(base(), shop.tenant.id, "email", ana.id, "new@example.com");
    await createToken(base(), shop.tenant.id, "email", eva.id, eva.email);
    await createToken(base(), shop.tenant.id, "password", ana.id, ana.email);
    const before = () => change("DELETE FROM link_tokens WHERE subject_id = ? AND purpose = 'email'", ana.id);
    await failureOf(confirmEmail(between(base(), { before }), token));
    expect(await rowsOf("SELECT purpose FROM link_tokens WHERE subject_id = ?", ana.id)).toEqual([
      { purpose: "password" },
    ]);
    expect(await rowsOf("SELECT email FROM users WHERE id = ?", ana.id)).toEqual([{ email: ana.email }]);
  });

  it("an address that is confirmed is in the audit log, and the links of others stay", async () => {
    const shop = await newShop();
    const [ana, eva] = [await newPerson(shop.tenant, "CUSTOMER"), await newPerson(shop.tenant, "CUSTOMER")];
    const token = await createToken(base(), shop.tenant.id, "email", ana.id, "new@example.com");
    await createToken(base(), shop.tenant.id, "password", ana.id, ana.email);
    await createToken(base(), shop.tenant.id, "password", eva.id, eva.email);
    await confirmEmail(base(), token);
    expect(await rowsOfPeople(shop)).toEqual([{ what: "link", whose: eva.id }]);
    expect(
      await rowsOf(
        "SELECT action, entity_id FROM audit_log WHERE tenant_id = ? AND action = 'user.email_changed'",
        shop.tenant.id,
      ),
    ).toEqual([{ action: "user.email_changed", entity_id: ana.id }]);
  });

  it("a link confirms the address of its own account", async () => {
    const shop = await newShop();
    const tokenOf = ({ id }: { id: string }, email: string) =>
      createToken(base(), shop.tenant.id, "email", id, email);
    const others = [];
    for (let nth = 0; nth < 6; nth += 1) others.push(await newPerson(shop.tenant, "CUSTOMER"));
    for (const other of others) await tokenOf(other, other.email);
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    await confirmEmail(base(), await tokenOf(ana, "new@example.com"));
    expect(await rowsOf("SELECT email FROM users WHERE id = ?", ana.id)).toEqual([
      { email: "new@example.com" },
    ]);
  });

  it("an address does not replace one that was confirmed just now", async () => {
    const shop = await newShop();
    const { id } = await newPerson(shop.tenant, "CUSTOMER");
    const token = await createToken(base(), shop.tenant.id, "email", id, "new@example.com");
    const before = () => change("UPDATE users SET email = 'newer@example.com' WHERE id = ?", id);
    await failureOf(confirmEmail(between(base(), { before }), token));
    expect(await rowsOf("SELECT email FROM users WHERE id = ?", id)).toEqual([
      { email: "newer@example.com" },
    ]);
  });

  it("an export ends after the last login", async () => {
    const shop = await newShop();
    const owner = { tenant_id: shop.tenant.id, user_id: shop.admin.id, email: sql`NULL` };
    const { session } = shop.admin.ctx().actor;
    const keysAfter = async (part: "sessions" | "account", after: string) => {
      const rows = personalData.exported?.[part]?.rows(owner, after) ?? sql`SELECT 'none' AS key`;
      return (await base().db.all(z.object({ key: z.string() }), rows)).map(({ key }) => key);
    };
    expect([await keysAfter("sessions", ""), await keysAfter("sessions", session)]).toEqual([[session], []]);
    expect([await keysAfter("account", ""), await keysAfter("account", owner.user_id)]).toEqual([
      [owner.user_id],
      [],
    ]);
    // The token of a login that was refreshed is no login.
    await change("UPDATE auth_sessions SET used_at = '2026' WHERE family = ?", session);
    expect(await keysAfter("sessions", "")).toEqual([]);
  });
});
