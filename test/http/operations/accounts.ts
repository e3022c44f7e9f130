// Signing in, sessions and a person's own account.
import { sql } from "drizzle-orm";
import { expect } from "vitest";
import { createToken } from "../../../src/auth/links/tokens.ts";
import { createSession } from "../../../src/auth/login/sessions.ts";
import { storeMail } from "../../../src/mail/outbox.ts";
import { newId } from "../../../src/values/ids.ts";
import { API, call } from "../../support/client.ts";
import { newDevice } from "../../support/devices.ts";
import { count } from "../../support/d1.ts";
import { storePin } from "../../support/approvals.ts";
import { base, newPerson, newShop, PASSWORD, type Shop } from "../../support/shops.ts";
import type { AuditedRequest, Entries } from "./entry.ts";

const person = { email: "ana@example.com", password: PASSWORD, first_name: "Ana", last_name: "Sol" };

const credentials = ({ tenant, admin }: Shop) => ({
  tenant: tenant.slug,
  email: admin.email,
  password: PASSWORD,
});

/** Another session of the ADMIN. */
const sessionId = async ({ tenant, admin }: Shop): Promise<string> =>
  (await createSession(base(), tenant.id, admin.id, "another device")).session;

/** A change by a customer of their own account, who is signed in on another device too. */
async function accountChange(
  json: unknown,
  of: (sessions: { current: string; other: string }) => { path: string; before?: unknown; after?: unknown },
): Promise<AuditedRequest> {
  const shop = await newShop();
  const me = await newPerson(shop.tenant, "CUSTOMER");
  const { session } = await createSession(base(), shop.tenant.id, me.id, "another device");
  const { path, ...states } = of({ current: me.ctx().actor.session, other: session });
  return {
    shop,
    path: `${API}${path}`,
    sent: { token: me.token, json },
    expected: () => ({ actor: me.id, entity_id: me.id, before: null, after: null, ...states }),
  };
}

/** A change by the ADMIN of their PIN. */
async function pinChange(json: unknown): Promise<AuditedRequest> {
  const shop = await newShop();
  return {
    shop,
    path: `${API}/users/me/pin`,
    sent: { token: shop.admin.token, json },
    expected: () => ({ entity_id: shop.admin.id, before: null, after: null }),
  };
}

const NEW_PASSWORD = "another good password";

const invited = { email: "luz@example.com", role: "EMPLOYEE", first_name: "Luz", last_name: "Mar" };

/** The token of a link to the ADMIN's account. */
const linkTo = (
  { tenant, admin }: Shop,
  purpose: "password" | "email",
  email = admin.email,
): Promise<string> => createToken(base(), tenant.id, purpose, admin.id, email);

async function invitationId({ admin }: Shop): Promise<string> {
  const { body } = await call("POST", `${API}/users/invitations`, { token: admin.token, json: invited });
  return body.id;
}

const invitationLink = async (shop: Shop): Promise<string> =>
  createToken(base(), shop.tenant.id, "invitation", await invitationId(shop), invited.email);

/** A mail that has failed. */
async function failedMail({ tenant, admin }: Shop): Promise<string> {
  const id = newId();
  const ctx = base();
  await ctx.db.batch([
    storeMail(ctx, tenant.id, { id, kind: "email.changed", subjectId: admin.id, recipient: admin.email }),
    sql`UPDATE mails SET status = 'failed' WHERE tenant_id = ${tenant.id} AND id = ${id}`,
  ]);
  return id;
}

const asForm = (fields: Record<string, string>) => ({
  raw: new URLSearchParams(fields).toString(),
  headers: { "content-type": "application/x-www-form-urlencoded" },
});

const userCode = async (shop: Shop): Promise<string> => (await newDevice(shop)).user_code;

/** The decision of the ADMIN about a new device. */
async function deviceDecision(verb: "approve" | "deny"): Promise<AuditedRequest> {
  const shop = await newShop();
  return {
    shop,
    path: `${API}/auth/device-grants/${await userCode(shop)}/${verb}`,
    sent: { token: shop.admin.token },
    expected: () => ({
      entity_id: shop.admin.id,
      before: null,
      after: verb === "deny" ? null : { session: expect.any(String) },
    }),
  };
}

const ended = (session: string) => ({ sessions: [session], count: 1 });

export const accounts: Entries = {
  createSession: {
    role: "public",
    withoutKey: "Each login is a session of its own, and tokens are not stored.",
    credentialsInBody: true,
    requires: ["objects"],
    request: async (shop) => ({ sent: { json: credentials(shop) } }),
    audit: {
      action: "user.signed_in",
      prepare: async () => {
        const shop = await newShop();
        return {
          shop,
          path: `${API}/auth/login`,
          sent: { json: credentials(shop) },
          expected: ({ user, refresh_token }) => ({
            actor: user.id,
            entity_id: user.id,
            before: null,
            after: { session: refresh_token.split(".")[1] },
          }),
        };
      },
    },
  },
  requestDeviceAuthorization: {
    role: "public",
    withoutKey: "Codes are not stored; a device whose response was lost requests others.",
    requires: ["objects"],
    request: async ({ tenant }) => ({
      path: `${API}/oauth/device_authorization?tenant=${tenant.slug}`,
      sent: asForm({ client_id: "till" }),
    }),
    audit: { none: "It changes nothing until a person approves it." },
  },
  createToken: {
    role: "public",
    withoutKey: "A device whose answer was lost gets the same tokens again.",
    credentialsInBody: true,
    request: async (shop) => {
      const { body } = await call("POST", `${API}/auth/login`, { json: credentials(shop) });
      return { sent: asForm({ grant_type: "refresh_token", refresh_token: body.refresh_token }) };
    },
    audit: { none: "The approval began the login; a refresh continues it." },
  },
  getDeviceGrant: { role: "CUSTOMER", resource: userCode, requires: ["objects"] },
  approveDevice: {
    role: "CUSTOMER",
    resource: userCode,
    requires: ["objects"],
    withoutKey: "The first decision counts.",
    audit: { action: "user.device_approved", prepare: () => deviceDecision("approve") },
  },
  denyDevice: {
    role: "CUSTOMER",
    resource: userCode,
    requires: ["objects"],
    withoutKey: "The first decision counts.",
    audit: { action: "user.device_denied", prepare: () => deviceDecision("deny") },
  },
  registerCustomer: {
    role: "public",
    credentialsInBody: true,
    requires: ["objects"],
    idempotency: {
      prepare: async () => {
        const shop = await newShop();
        const json = { tenant: shop.tenant.slug, ...person };
        return { shop, path: `${API}/auth/register`, json, otherJson: { ...json, first_name: "Eva" } };
      },
      count: ({ tenant }) =>
        count("SELECT count(*) n FROM users WHERE tenant_id = ? AND role = 'CUSTOMER'", tenant.id),
    },
    audit: {
      action: "user.registered",
      prepare: async () => {
        const shop = await newShop();
        return {
          shop,
          path: `${API}/auth/register`,
          sent: { json: { tenant: shop.tenant.slug, ...person } },
          expected: ({ id }) => ({ actor: id, entity_id: id, before: null, after: { role: "CUSTOMER" } }),
        };
      },
    },
  },
  requestPasswordReset: {
    role: "public",
    withoutKey: "Repeating it sends another mail, at most three an hour.",
    credentialsInBody: true,
    requires: ["objects"],
    request: async ({ tenant, admin }) => ({ sent: { json: { tenant: tenant.slug, email: admin.email } } }),
    isAfterResponse: true,
    audit: { none: "It only sends a mail; choosing the password is in the log." },
  },
  resetPassword: {
    role: "public",
    withoutKey: "A link works once.",
    credentialsInBody: true,
    requires: ["objects"],
    request: async (shop) => ({
      sent: { json: { token: await linkTo(shop, "password"), password: NEW_PASSWORD } },
    }),
    audit: {
      action: "user.password_reset",
      prepare: async () => {
        const shop = await newShop();
        return {
          shop,
          path: `${API}/auth/password/reset`,
          sent: { json: { token: await linkTo(shop, "password"), password: NEW_PASSWORD } },
          expected: () => ({ actor: shop.admin.id, entity_id: shop.admin.id, before: null, after: null }),
        };
      },
    },
  },
  confirmEmail: {
    role: "public",
    withoutKey: "A link works once.",
    credentialsInBody: true,
    request: async (shop) => ({ sent: { json: { token: await linkTo(shop, "email", "new@example.com") } } }),
    audit: {
      action: "user.email_changed",
      prepare: async () => {
        const shop = await newShop();
        return {
          shop,
          path: `${API}/auth/email/confirm`,
          sent: { json: { token: await linkTo(shop, "email", "new@example.com") } },
          expected: () => ({ actor: shop.admin.id, entity_id: shop.admin.id, before: null, after: null }),
        };
      },
    },
  },
  changeMyEmail: {
    role: "CUSTOMER",
    content: { json: { email: "new@example.com", password: PASSWORD } },
    requires: ["objects"],
    audit: { none: "It only sends a mail; the change is in the log when its link is opened." },
  },
  createInvitation: {
    role: "ADMIN",
    content: { json: invited },
    idempotency: {
      prepare: async () => {
        const shop = await newShop();
        const otherJson = { ...invited, first_name: "Eva" };
        return { shop, path: `${API}/users/invitations`, token: shop.admin.token, json: invited, otherJson };
      },
      count: ({ tenant }) => count("SELECT count(*) n FROM invitations WHERE tenant_id = ?", tenant.id),
    },
    audit: {
      action: "user.invited",
      prepare: async () => {
        const shop = await newShop();
        return {
          shop,
          path: `${API}/users/invitations`,
          sent: { token: shop.admin.token, json: invited },
          expected: ({ id }) => ({ entity_id: id, before: null, after: { role: "EMPLOYEE" } }),
        };
      },
    },
  },
  listApprovers: { role: "EMPLOYEE" },
  listInvitations: { role: "ADMIN" },
  withdrawInvitation: {
    role: "ADMIN",
    resource: invitationId,
    audit: {
      action: "user.invitation_withdrawn",
      prepare: async () => {
        const shop = await newShop();
        const id = await invitationId(shop);
        return {
          shop,
          path: `${API}/users/invitations/${id}`,
          sent: { token: shop.admin.token },
          expected: () => ({ entity_id: id, before: null, after: null }),
        };
      },
    },
  },
  acceptInvitation: {
    role: "public",
    withoutKey: "A link works once; afterwards the person signs in.",
    credentialsInBody: true,
    requires: ["objects"],
    request: async (shop) => ({
      sent: { json: { token: await invitationLink(shop), password: NEW_PASSWORD } },
    }),
    audit: {
      action: "user.added",
      prepare: async () => {
        const shop = await newShop();
        return {
          shop,
          path: `${API}/invitations/accept`,
          sent: { json: { token: await invitationLink(shop), password: NEW_PASSWORD } },
          expected: ({ user, refresh_token }) => ({
            actor: user.id,
            entity_id: user.id,
            before: null,
            after: { role: "EMPLOYEE", session: refresh_token.split(".")[1] },
          }),
        };
      },
    },
  },
  listMails: { role: "ADMIN" },
  retryMail: {
    role: "ADMIN",
    resource: failedMail,
    withoutKey: "A mail that is pending again is refused.",
    audit: {
      action: "mail.retried",
      prepare: async () => {
        const shop = await newShop();
        const id = await failedMail(shop);
        return {
          shop,
          path: `${API}/mails/${id}/retry`,
          sent: { token: shop.admin.token },
          expected: () => ({ entity_id: id, before: null, after: null }),
        };
      },
    },
  },
  refreshSession: {
    role: "public",
    withoutKey: "Tokens are not stored. A refresh whose response was lost is repeated with the same token.",
    credentialsInBody: true,
    request: async (shop) => {
      const { body } = await call("POST", `${API}/auth/login`, { json: credentials(shop) });
      return { sent: { json: { refresh_token: body.refresh_token } } };
    },
    audit: { none: "It continues a session whose login is in the log." },
  },
  endSession: {
    role: "CUSTOMER",
    withoutKey: "A session that has ended stays so.",
    audit: {
      action: "user.signed_out",
      prepare: () =>
        accountChange(undefined, ({ current }) => ({ path: "/auth/logout", before: ended(current) })),
    },
  },
  getIdentity: { role: "CUSTOMER" },
  listSessions: { role: "CUSTOMER" },
  endMySession: {
    role: "CUSTOMER",
    resource: sessionId,
    audit: {
      action: "user.sessions_ended",
      prepare: () =>
        accountChange(undefined, ({ other }) => ({ path: `/auth/sessions/${other}`, before: ended(other) })),
    },
  },
  endMyOtherSessions: {
    role: "CUSTOMER",
    request: async ({ tenant, admin }) => {
      await createSession(base(), tenant.id, admin.id, "another device");
      return {};
    },
    audit: {
      action: "user.sessions_ended",
      prepare: () =>
        accountChange(undefined, ({ other }) => ({ path: "/auth/sessions", before: ended(other) })),
    },
  },
  changePassword: {
    role: "CUSTOMER",
    content: { json: { current_password: PASSWORD, new_password: "another good password" } },
    requires: ["objects"],
    audit: {
      action: "user.password_changed",
      prepare: () =>
        accountChange({ current_password: PASSWORD, new_password: "another horse battery" }, () => ({
          path: "/auth/password",
        })),
    },
  },
  setPin: {
    role: "ADMIN",
    content: { json: { pin: "4821" } },
    requires: ["objects"],
    audit: { action: "user.pin_set", prepare: () => pinChange({ pin: "4821" }) },
  },
  removePin: {
    role: "ADMIN",
    audit: {
      action: "user.pin_removed",
      prepare: async () => {
        const request = await pinChange(undefined);
        await storePin(request.shop.tenant, request.shop.admin);
        return request;
      },
    },
  },
  getMyAccount: { role: "CUSTOMER" },
  updateMyAccount: {
    role: "CUSTOMER",
    content: { json: { first_name: "Eva" } },
    audit: {
      action: "user.profile_changed",
      prepare: () =>
        accountChange(
          { first_name: "Eva", last_name: "Last", preferences: { categories: ["Poetry"] } },
          () => ({ path: "/users/me", after: { fields: ["first_name", "preferences"] } }),
        ),
    },
  },
  eraseMyAccount: {
    role: "CUSTOMER",
    requires: ["objects"],
    // The last ADMIN of a shop cannot be erased.
    request: async ({ tenant }) => {
      const { token } = await newPerson(tenant, "CUSTOMER");
      return { sent: { token, json: { password: PASSWORD } } };
    },
    audit: {
      action: "user.erased",
      prepare: () => accountChange({ password: PASSWORD }, () => ({ path: "/users/me" })),
    },
  },
};
