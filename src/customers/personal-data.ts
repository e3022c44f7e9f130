import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ErasureStep, PersonalData } from "../platform/personal-data.ts";

const mergeRow = z.object({ from_id: z.string() });

// The steps after it find sales by the customer, so those of merged records have to be moved before.
const awaitMerges: ErasureStep = async (ctx, { tenant_id, user_id }) => {
  const [merge] = await ctx.db.all(
    mergeRow,
    sql`SELECT from_id FROM customer_merges WHERE tenant_id = ${tenant_id} AND into_id = ${user_id} LIMIT 1`,
  );
  return merge ? null : { statements: [], after: null };
};

// A trigger on users erases the record with the account.
export const personalData: PersonalData = {
  erased: {
    customers: "everything but the id and the dates, also of records that were merged into it",
    customer_search: "the words of the record",
    customer_merges: "only ids, deleted when the merge is complete",
  },
  exported: {
    customer: {
      tables: ["customers"],
      limit: 100,
      rows: (
        { tenant_id, user_id },
        after,
      ) => sql`SELECT id AS key, json_object('id', id, 'name', name, 'email', coalesce(email,
          account_email), 'phone', phone, 'tax_id', tax_id, 'addresses', json(addresses), 'note', note, 'language', language,
          'accepts_mail_at', accepts_mail_at, 'external_ref', external_ref, 'merged_into', merged_into, 'created_at', created_at) AS data
        FROM customers WHERE tenant_id = ${tenant_id} AND id IN (SELECT ${user_id}
          UNION ALL SELECT id FROM customers INDEXED BY customers_merged WHERE tenant_id = ${tenant_id} AND merged_into = ${user_id}
            AND merged_into IS NOT NULL) AND id > ${after}
        ORDER BY id LIMIT 100`,
    },
  },
  notExported: {
    customer_search: "words of the record",
    customer_merges: "ids, until the merge is complete",
  },
  steps: { merges: awaitMerges },
};
