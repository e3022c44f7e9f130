// The totals of customers over all time, from one row per customer.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { sqlBoolean } from "../../platform/d1.ts";
import { columnsOf } from "../../rollups/daily-table.ts";
import { dailyTables } from "../../rollups/daily-tables.ts";
import { unreadRows, inRange } from "../days.ts";

/** The columns that identify a customer. */
export const customerKey = { customer_key: z.string(), is_account: sqlBoolean };

type CustomerKey = { customer_key: string; is_account: boolean };

/** A customer as the wire names them: an account by `customer_id`, a customer of imported sales by `customer_ref`. */
export const customerIds = ({ customer_key, is_account }: CustomerKey) => ({
  customer_id: is_account ? customer_key : null,
  customer_ref: is_account ? null : customer_key,
});

/** A key that sorts customers and is unique among them. */
export const CUSTOMER_SORT_KEY = "is_account || customer_key";

/**
 * SQL for rows of customer_key, is_account, sales, refunds, units, revenue and last_day, several a customer, whose sums are the
 * totals up to this day. `lastDay` selects last_day from customer_totals `c`. Reads one row per customer, and those of days
 * that need a rebuild and of the days after `to`.
 */
export function customersUntil(ctx: Ctx, to: string | undefined, lastDay: SQL = sql`NULL`): SQL {
  const tenantId = ctx.tenant.id;
  const removed = sql`t.customer_key, t.is_account, -t.sales, -t.refunds, -t.units, -t.revenue, NULL`;
  const later = sql`UNION ALL SELECT ${removed} FROM daily_customers t WHERE t.tenant_id = ${tenantId} AND t.day > ${to}`;
  return sql`SELECT c.customer_key, c.is_account, c.sales, c.refunds, c.units, c.revenue, ${lastDay} AS last_day
      FROM customer_totals c WHERE c.tenant_id = ${tenantId}
    ${to === undefined ? sql`` : later}
    UNION ALL SELECT ${removed} FROM dirty_days d CROSS JOIN daily_customers t ON t.tenant_id = d.tenant_id AND t.day = d.day
      WHERE d.tenant_id = ${tenantId} AND d.needs_rebuild = 1 ${inRange("d.day", { to })}
    UNION ALL SELECT customer_key, is_account, sales, refunds, units, revenue, iif(sales > 0, day, NULL)
      FROM (${unreadRows(ctx, dailyTables.customers, { to }, columnsOf(dailyTables.customers))})`;
}
