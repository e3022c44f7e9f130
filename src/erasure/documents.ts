// What documents say of a person besides his id: where a sale went, from which device a shift was worked.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { sqlBoolean } from "../platform/d1.ts";
import { behind, ids, keysOf, type ErasureStep } from "./batch.ts";

const SALES = 1000;
const saleRow = z.object({ id: z.string(), day: z.string(), placed_at: z.string(), has_address: sqlBoolean });

export const sales: ErasureStep = async (ctx, { tenant_id, user_id, after }) => {
  const [day, placedAt, id] = keysOf(after);
  const found = await ctx.db.all(
    saleRow,
    sql`SELECT id, day, placed_at, shipping_address IS NOT NULL AS has_address FROM sales INDEXED BY sales_customer
      WHERE tenant_id = ${tenant_id} AND customer_key = ${user_id} AND (day, placed_at, id) > (${day}, ${placedAt}, ${id})
      ORDER BY day, placed_at, id LIMIT CAST(${SALES} AS INTEGER)`,
  );
  const addressed = found.filter((sale) => sale.has_address);
  const last = found.at(-1);
  return {
    statements: [
      sql`UPDATE sales SET shipping_address = NULL WHERE tenant_id = ${tenant_id} AND customer_id = ${user_id}
        AND id IN (SELECT value FROM json_each(${ids(addressed)}))`,
    ],
    after: behind(found, SALES, () => [last?.day, last?.placed_at, last?.id]),
  };
};

// A shift may have thousands of activities.
const SHIFTS = 10;
const shiftRow = z.object({ id: z.string(), day: z.string(), start_at: z.string() });

export const shifts: ErasureStep = async (ctx, { tenant_id, user_id, after }) => {
  const [day, startAt, id] = keysOf(after);
  const found = await ctx.db.all(
    shiftRow,
    sql`SELECT id, day, start_at FROM shifts INDEXED BY shifts_user
      WHERE tenant_id = ${tenant_id} AND user_id = ${user_id} AND (day, start_at, id) > (${day}, ${startAt}, ${id})
      ORDER BY day, start_at, id LIMIT CAST(${SHIFTS} AS INTEGER)`,
  );
  const last = found.at(-1);
  const ofThese = sql`WHERE tenant_id = ${tenant_id} AND shift_id IN (SELECT value FROM json_each(${ids(found)}))`;
  return {
    statements: [
      sql`UPDATE work_sessions SET device_label = NULL ${ofThese} AND device_label IS NOT NULL`,
      sql`UPDATE activity SET detail = NULL ${ofThese} AND detail IS NOT NULL`,
    ],
    after: behind(found, SHIFTS, () => [last?.day, last?.start_at, last?.id]),
  };
};

const BOUGHT = 2000;
const boughtRow = z.object({ product_id: z.string(), sale_id: z.string(), line_no: z.number() });

export const bought: ErasureStep = async (ctx, { tenant_id, user_id }) => {
  const ofCustomer = sql`FROM customer_products WHERE tenant_id = ${tenant_id} AND customer_id = ${user_id}`;
  const found = await ctx.db.all(
    boughtRow,
    sql`SELECT product_id, sale_id, line_no ${ofCustomer} LIMIT CAST(${BOUGHT} AS INTEGER)`,
  );
  return {
    statements: [
      sql`DELETE ${ofCustomer} AND (product_id, sale_id, line_no) IN (SELECT value ->> 'product_id', value ->> 'sale_id',
        value ->> 'line_no' FROM json_each(${JSON.stringify(found)}))`,
    ],
    after: behind(found, BOUGHT, () => "more"),
  };
};
