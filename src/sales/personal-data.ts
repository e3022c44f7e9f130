import { sql } from "drizzle-orm";
import { z } from "zod";
import { deleteMailsAbout } from "../mail/outbox.ts";
import { sqlBoolean } from "../platform/d1.ts";
import {
  decodeResumeKey,
  encodeResumeKey,
  type ErasureStep,
  idList,
  type PersonalData,
} from "../platform/personal-data.ts";
import { unitsOf } from "../platform/quantity-sql.ts";
import { saleNumber } from "./record.ts";

const SALES_PER_BATCH = 1000;
const saleRow = z.object({ id: z.string(), day: z.string(), placed_at: z.string(), has_details: sqlBoolean });

const eraseDetails: ErasureStep = async (ctx, { tenant_id, user_id, after }) => {
  const [day, placedAt, id] = decodeResumeKey(after);
  const sales = await ctx.db.all(
    saleRow,
    sql`SELECT id, day, placed_at, (shipping_address IS NOT NULL OR customer_ref IS NOT NULL) AS has_details FROM sales INDEXED BY sales_customer
      WHERE tenant_id = ${tenant_id} AND customer_key = ${user_id} AND customer_id = ${user_id} AND (day, placed_at, id) > (${day}, ${placedAt}, ${id})
      ORDER BY day, placed_at, id LIMIT CAST(${SALES_PER_BATCH} AS INTEGER)`,
  );
  const detailed = sales.filter((sale) => sale.has_details);
  const last = sales.at(-1);
  return {
    statements: [
      sql`UPDATE sales SET shipping_address = NULL, customer_ref = NULL WHERE tenant_id = ${tenant_id} AND customer_id = ${user_id}
        AND id IN (SELECT value FROM json_each(${idList(detailed)}))`,
      deleteMailsAbout(tenant_id, idList(sales)),
    ],
    after: encodeResumeKey(sales, SALES_PER_BATCH, () => [last?.day, last?.placed_at, last?.id]),
  };
};

const EXPORTED_PER_PAGE = 200;

export const personalData: PersonalData = {
  erased: {
    sales: "shipping_address and customer_ref are removed; the sale stays, by the id of the customer",
  },
  exported: {
    sales: {
      tables: ["sales", "sale_lines", "sale_payments"],
      limit: EXPORTED_PER_PAGE,
      rows: ({ tenant_id, user_id }, after) => {
        const [day, placedAt, id] = decodeResumeKey(after);
        return sql`SELECT json_array(s.day, s.placed_at, s.id) AS key, json_object('id', s.id, 'kind', s.kind, 'channel', s.channel,
            'status', s.status, 'number', iif(s.number IS NULL, s.external_ref, ${saleNumber}), 'day', s.day, 'placed_at', s.placed_at,
            'total', s.total, 'tax', s.tax, 'discount', s.discount, 'country', s.country, 'customer_ref', s.customer_ref,
            'shipping_address', json(s.shipping_address), 'reason', s.reason,
            'items', (SELECT json_group_array(json_object('product_id', l.product_id, 'sku', l.sku, 'description', l.description,
                'quantity', ${unitsOf("l.quantity")}, 'unit_price', l.unit_price, 'discount', l.discount, 'subtotal', l.subtotal)
                ORDER BY l.line_no)
              FROM sale_lines l WHERE l.tenant_id = s.tenant_id AND l.sale_id = s.id),
            'payments', (SELECT json_group_array(json_object('method', y.method, 'amount', y.amount) ORDER BY y.payment_no)
              FROM sale_payments y WHERE y.tenant_id = s.tenant_id AND y.sale_id = s.id)) AS data
          FROM sales s INDEXED BY sales_customer WHERE s.tenant_id = ${tenant_id} AND s.customer_key = ${user_id}
            AND s.customer_id = ${user_id} AND (s.day, s.placed_at, s.id) > (${day}, ${placedAt}, ${id})
          ORDER BY s.day, s.placed_at, s.id LIMIT CAST(${EXPORTED_PER_PAGE} AS INTEGER)`;
      },
    },
  },
  retained: {
    sale_lines: "products and amounts",
    sale_payments: "methods and amounts",
    stock_discrepancies: "products, quantities, and ids of staff",
    dirty_days: "days",
    late_sales: "times and ids of sales",
  },
  steps: { sales: eraseDetails },
};
