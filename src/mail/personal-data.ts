import { sql } from "drizzle-orm";
import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  erased: {
    mails: "the log of mails to the addresses of the account and of its customer record, and about its sales",
    mail_bounces: "the marks of these addresses",
  },
  withAccount: (tenantId, userId, email) => {
    // A customer without an account has an address in their record only, and so has each record that was merged into it.
    const addresses = sql`(SELECT ${email} UNION ALL SELECT email FROM customers WHERE tenant_id = ${tenantId} AND id = ${userId}
      UNION ALL SELECT email FROM customers INDEXED BY customers_merged WHERE tenant_id = ${tenantId} AND merged_into = ${userId})`;
    return [
      sql`DELETE FROM mails WHERE tenant_id = ${tenantId} AND recipient IN ${addresses}`,
      sql`DELETE FROM mail_bounces WHERE tenant_id = ${tenantId} AND recipient IN ${addresses}`,
    ];
  },
};
