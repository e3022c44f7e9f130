import { sql } from "drizzle-orm";
import { z } from "zod";
import {
  decodeResumeKey,
  encodeResumeKey,
  type ErasureStep,
  idList,
  type PersonalData,
} from "../platform/personal-data.ts";
import { refundedAmount } from "./payments/payments.ts";

const SALES_PER_PAGE = 1000;
const saleRow = z.object({ id: z.string(), day: z.string(), placed_at: z.string() });

// Every mail about an order has a link of its own, so that an old order may have one that works.
const eraseNotesAndLinks: ErasureStep = async (ctx, { tenant_id, user_id, after }) => {
  const [day, placedAt, id] = decodeResumeKey(after);
  const sales = await ctx.db.all(
    saleRow,
    sql`SELECT id, day, placed_at FROM sales INDEXED BY sales_customer
      WHERE tenant_id = ${tenant_id} AND customer_key = ${user_id} AND (day, placed_at, id) > (${day}, ${placedAt}, ${id})
      ORDER BY day, placed_at, id LIMIT CAST(${SALES_PER_PAGE} AS INTEGER)`,
  );
  const last = sales.at(-1);
  const ids = idList(sales);
  return {
    statements: [
      sql`UPDATE order_details SET note = NULL WHERE tenant_id = ${tenant_id} AND note IS NOT NULL
        AND sale_id IN (SELECT value FROM json_each(${ids}))`,
      sql`DELETE FROM order_tokens WHERE tenant_id = ${tenant_id} AND sale_id IN (SELECT value FROM json_each(${ids}))`,
    ],
    after: encodeResumeKey(sales, SALES_PER_PAGE, () => [last?.day, last?.placed_at, last?.id]),
  };
};

export const personalData: PersonalData = {
  erased: {
    order_details: "note is removed; how the order was to be paid stays",
    order_tokens:
      "deleted for the orders of the customer: of the last three months at once, of older ones with the notes",
  },
  exported: {
    online_payments: {
      tables: ["payments"],
      limit: SALES_PER_PAGE,
      rows: ({ tenant_id, user_id }, after) => {
        const [day, placedAt, id] = decodeResumeKey(after);
        return sql`SELECT json_array(s.day, s.placed_at, s.id) AS key, (
            SELECT json_object('sale_id', p.sale_id, 'payments', json_group_array(json_object('provider', p.provider,
              'provider_ref', p.provider_ref, 'amount', p.amount, 'currency', p.currency, 'status', p.status,
              'refunded', ${refundedAmount}, 'created_at', p.created_at)))
            FROM payments p INDEXED BY payments_sale WHERE p.tenant_id = s.tenant_id AND p.sale_id = s.id HAVING count(*) > 0) AS data
          FROM sales s INDEXED BY sales_customer WHERE s.tenant_id = ${tenant_id} AND s.customer_key = ${user_id}
            AND s.customer_id = ${user_id} AND (s.day, s.placed_at, s.id) > (${day}, ${placedAt}, ${id})
          ORDER BY s.day, s.placed_at, s.id LIMIT CAST(${SALES_PER_PAGE} AS INTEGER)`;
      },
    },
    order_notes: {
      tables: ["order_details"],
      limit: SALES_PER_PAGE,
      rows: ({ tenant_id, user_id }, after) => {
        const [day, placedAt, id] = decodeResumeKey(after);
        return sql`SELECT json_array(s.day, s.placed_at, s.id) AS key, (
            SELECT json_object('sale_id', d.sale_id, 'note', d.note) FROM order_details d
            WHERE d.tenant_id = s.tenant_id AND d.sale_id = s.id AND d.note IS NOT NULL) AS data
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
  steps: { orders: eraseNotesAndLinks },
};
