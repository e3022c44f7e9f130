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

const SALES_PER_BATCH = 1000;
const saleRow = z.object({ id: z.string(), day: z.string(), placed_at: z.string(), has_address: sqlBoolean });

const eraseAddresses: ErasureStep = async (ctx, { tenant_id, user_id, after }) => {
  const [day, placedAt, id] = decodeResumeKey(after);
  const sales = await ctx.db.all(
    saleRow,
    sql`SELECT id, day, placed_at, shipping_address IS NOT NULL AS has_address FROM sales INDEXED BY sales_customer
      WHERE tenant_id = ${tenant_id} AND customer_key = ${user_id} AND (day, placed_at, id) > (${day}, ${placedAt}, ${id})
      ORDER BY day, placed_at, id LIMIT CAST(${SALES_PER_BATCH} AS INTEGER)`,
  );
  const addressed = sales.filter((sale) => sale.has_address);
  const last = sales.at(-1);
  return {
    statements: [
      sql`UPDATE sales SET shipping_address = NULL WHERE tenant_id = ${tenant_id} AND customer_id = ${user_id}
        AND id IN (SELECT value FROM json_each(${idList(addressed)}))`,
      deleteMailsAbout(tenant_id, idList(sales)),
    ],
    after: encodeResumeKey(sales, SALES_PER_BATCH, () => [last?.day, last?.placed_at, last?.id]),
  };
};

export const personalData: PersonalData = {
  erased: { sales: "shipping_address is removed; the sale stays, by the account's id" },
  retained: {
    sale_lines: "products and amounts",
    sale_payments: "methods and amounts",
    stock_discrepancies: "products, quantities, and ids of staff",
    dirty_days: "days",
    late_sales: "times and ids of sales",
  },
  steps: { sales: eraseAddresses },
};
