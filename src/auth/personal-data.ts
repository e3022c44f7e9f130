import { sql } from "drizzle-orm";
import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  erased: {
    users: "e-mail, names, password and preferences are replaced; the row, the role and the dates stay",
    auth_sessions:
      "sessions end and their device texts are removed; token hashes are deleted when they expire",
    approval_pins: "deleted with the account",
    link_tokens: "deleted with the account",
    invitations: "deleted when they are accepted or withdrawn, or with the account of their address",
  },
  retained: { tenants: "belongs to the shop" },
  withAccount: (tenantId, userId, email) => [
    sql`DELETE FROM link_tokens WHERE tenant_id = ${tenantId} AND subject_id = ${userId}`,
    sql`DELETE FROM invitations WHERE tenant_id = ${tenantId} AND email = ${email}`,
    sql`DELETE FROM approval_pins WHERE tenant_id = ${tenantId} AND user_id = ${userId}`,
  ],
};
