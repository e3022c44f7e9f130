import { sql } from "drizzle-orm";
import type { PersonalData } from "../platform/personal-data.ts";

const SESSIONS_PER_PAGE = 500;

export const personalData: PersonalData = {
  erased: {
    users: "e-mail, names, password and preferences are replaced; the row, the role and the dates stay",
    auth_sessions:
      "sessions end and their device texts are removed; token hashes are deleted when they expire",
    approval_pins: "deleted with the account",
    link_tokens: "deleted with the account",
    device_grants: "deleted with the account of the person who decided, and the day after they expire",
    invitations: "deleted when they are accepted or withdrawn, or with the account of their address",
  },
  retained: { tenants: "belongs to the shop" },
  exported: {
    account: {
      tables: ["users"],
      limit: 2,
      rows: ({ tenant_id, user_id }, after) => sql`SELECT id AS key, json_object('id', id, 'email', email,
          'email_confirmed_at', email_confirmed_at, 'first_name', first_name, 'last_name', last_name, 'role', role,
          'preferences', json(preferences), 'created_at', created_at) AS data
        FROM users WHERE tenant_id = ${tenant_id} AND id = ${user_id} AND id > ${after}`,
    },
    sessions: {
      tables: ["auth_sessions"],
      limit: SESSIONS_PER_PAGE,
      rows: (
        { tenant_id, user_id },
        after,
      ) => sql`SELECT family AS key, json_object('id', family, 'device', device,
          'last_used_at', created_at, 'expires_at', expires_at) AS data
        FROM auth_sessions INDEXED BY auth_sessions_live WHERE tenant_id = ${tenant_id} AND user_id = ${user_id}
          AND used_at IS NULL AND revoked_at IS NULL AND family > ${after}
        ORDER BY family LIMIT CAST(${SESSIONS_PER_PAGE} AS INTEGER)`,
    },
  },
  notExported: {
    approval_pins: "a hash",
    link_tokens: "hashes of links, and the address to which they were sent",
    device_grants: "hashes of codes; the login that they begin is exported",
    invitations: "deleted when the account is opened",
  },
  withAccount: (tenantId, userId, email) => [
    sql`DELETE FROM link_tokens WHERE tenant_id = ${tenantId}
      AND (subject_id = ${userId} OR (purpose = 'invitation' AND email = ${email}))`,
    sql`DELETE FROM invitations WHERE tenant_id = ${tenantId} AND email = ${email}`,
    sql`DELETE FROM device_grants WHERE tenant_id = ${tenantId} AND user_id = ${userId}`,
    sql`DELETE FROM approval_pins WHERE tenant_id = ${tenantId} AND user_id = ${userId}`,
  ],
};
