import { sql } from "drizzle-orm";
import { decodeResumeKey, type PersonalData } from "../platform/personal-data.ts";

const SALES_PER_PAGE = 1_000;

export const personalData: PersonalData = {
  erased: { order_tokens: "deleted for the orders of the customer; the rest expire after 90 days" },
  exported: {
    online_payments: {
      tables: ["payments"],
      limit: SALES_PER_PAGE,
      rows: ({ tenant_id, user_id }, after) => {
        const [day, placedAt, id] = decodeResumeKey(after);
        return sql`SELECT json_array(s.day, s.placed_at, s.id) AS key, (
            SELECT json_object('sale_id', p.sale_id, 'payments', json_group_array(json_object('provider', p.provider,
              'provider_ref', p.provider_ref, 'amount', p.amount, 'currency', p.currency, 'status', p.status,
              'refunded', p.refunded_amount, 'created_at', p.created_at)))
            FROM payments p INDEXED BY payments_sale WHERE p.tenant_id = s.tenant_id AND p.sale_id = s.id HAVING count(*) > 0) AS data
          FROM sales s INDEXED BY sales_customer WHERE s.tenant_id = ${tenant_id} AND s.customer_key = ${user_id}
            AND s.customer_id = ${user_id} AND (s.day, s.placed_at, s.id) > (${day}, ${placedAt}, ${id})
          ORDER BY s.day, s.placed_at, s.id LIMIT CAST(${SALES_PER_PAGE} AS INTEGER)`;
      },
    },
  },
  notExported: { order_tokens: "hashes of the links to orders" },
  retained: {
    payments:
      "ids and amounts; the provider holds the ids of shop and sale, and what the buyer entered there is the provider's",
  },
  withAccount: (tenantId, userId) => [
    sql`DELETE FROM order_tokens WHERE tenant_id = ${tenantId} AND sale_id IN (SELECT id FROM sales INDEXED BY sales_customer
      WHERE tenant_id = ${tenantId} AND customer_key = ${userId} AND day >= date('now', '-92 days'))`,
  ],
};
