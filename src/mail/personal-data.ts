import { sql } from "drizzle-orm";
import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  erased: { mails: "the log of mails to the account's address" },
  withAccount: (tenantId, _userId, email) => [
    sql`DELETE FROM mails WHERE tenant_id = ${tenantId} AND recipient = ${email}`,
  ],
};
