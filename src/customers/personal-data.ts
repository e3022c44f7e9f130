import { sql } from "drizzle-orm";
import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  erased: {
    customers: "everything but the id and the dates",
    customer_search: "the words of the record",
    customer_merges: "only ids, deleted when the merge is complete",
  },
  withAccount: (tenantId, userId) => [
    sql`UPDATE customers SET name = NULL, email = NULL, phone = NULL, tax_id = NULL, addresses = '[]', note = NULL, language = NULL,
        accepts_mail_at = NULL, external_ref = NULL, version = version + 1
      WHERE tenant_id = ${tenantId} AND (id = ${userId} OR merged_into = ${userId})`,
  ],
};
