import { sql } from "drizzle-orm";
import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  erased: {
    users: "e-mail, names, password and preferences are replaced; the row, the role and the dates stay",
    auth_sessions:
      "sessions end and their device texts are removed; token hashes are deleted when they expire",
    approval_pins: "deleted with the account",
  },
  retained: { tenants: "belongs to the shop" },
  withAccount: (tenantId, userId) => [
    sql`DELETE FROM approval_pins WHERE tenant_id = ${tenantId} AND user_id = ${userId}`,
  ],
};
