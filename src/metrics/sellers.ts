import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { returning, sqlBoolean } from "../platform/d1.ts";
import { quantityColumn } from "../values/quantities.ts";
import { mean } from "../values/money.ts";
import { totalColumns, shiftSalesColumn } from "../rollups/rebuild.ts";
import { hoursOf } from "../shifts/hours/hours.ts";
import { onShift, workedSeconds } from "../shifts/hours/worked.ts";
import { cleanDays, dirtySales, type Range } from "./days.ts";
import type { SellerDashboard } from "./schema.ts";

const sellerRow = z.object({
  user_id: z.string(),
  name: z.string(),
  role: z.enum(["ADMIN", "EMPLOYEE", "CUSTOMER"]),
  is_active: sqlBoolean,
  orders: z.number(),
  shift_orders: z.number(),
  units: quantityColumn,
  revenue: z.number(),
  seconds: z.number(),
  on_break: sqlBoolean.nullable(),
});

const totalsRow = z.object({ orders: z.number(), revenue: z.number() });

type Seller = z.infer<typeof sellerRow>;

function statusOf({ is_active, on_break }: Seller): "working" | "on_break" | "off" | "disabled" {
  if (!is_active) return "disabled";
  if (on_break === null) return "off";
  return on_break ? "on_break" : "working";
}

// Less than a minute of work says nothing about an hour.
const salesPerHour = (orders: number, seconds: number): number | null =>
  seconds < 60 ? null : Math.round((orders * 360_000) / seconds) / 100;

/**
 * The dashboard: all staff, and everybody else who has sold or worked in the range, by revenue in descending order. One round
 * trip.
 */
export async function sellerDashboard(ctx: Ctx, range: Range): Promise<z.infer<typeof SellerDashboard>> {
  const sellerRows = returning(
    sellerRow,
    sql`SELECT u.id AS user_id, u.first_name || ' ' || u.last_name AS name, u.role, u.is_active,
        coalesce(f.orders, 0) AS orders, coalesce(f.shift_orders, 0) AS shift_orders, coalesce(f.units, 0) AS units, coalesce(f.revenue, 0) AS revenue,
        coalesce(w.seconds, 0) AS seconds, o.on_break
      FROM users u LEFT JOIN (
        SELECT seller_id, sum(sales) AS orders, sum(shift_sales) AS shift_orders,
          CAST(total(units) AS INTEGER) AS units, CAST(total(revenue) AS INTEGER) AS revenue FROM (
          SELECT t.seller_id, t.sales, t.shift_sales, t.units, t.revenue ${cleanDays(ctx, sql.raw("daily_sellers"), range)}
          UNION ALL
          SELECT seller_id, sales, shift_sales, units, revenue FROM (
            SELECT s.seller_id AS seller_id, ${totalColumns}, ${shiftSalesColumn} ${dirtySales(ctx, range)} AND s.seller_id IS NOT NULL
            GROUP BY s.seller_id)
        ) GROUP BY seller_id
      ) f ON f.seller_id = u.id
      LEFT JOIN (${workedSeconds(ctx, range)}) w ON w.user_id = u.id
      LEFT JOIN (${onShift(ctx)}) o ON o.user_id = u.id
      WHERE u.tenant_id = ${ctx.tenant.id} AND (u.role IN ('ADMIN', 'EMPLOYEE') OR f.seller_id IS NOT NULL
        OR w.seconds > 0 OR o.user_id IS NOT NULL)
      ORDER BY revenue DESC, name`,
  );
  // Counted separately, because imported and online sales may have no seller.
  const shopTotals = returning(
    totalsRow,
    sql`SELECT coalesce(sum(sales), 0) AS orders, CAST(total(revenue) AS INTEGER) AS revenue FROM (
      SELECT t.sales, t.revenue ${cleanDays(ctx, sql.raw("daily_sales"), range)}
      UNION ALL SELECT sales, revenue FROM (SELECT ${totalColumns} ${dirtySales(ctx, range)} GROUP BY s.day))`,
  );
  const done = await ctx.db.batch([sellerRows, shopTotals]);
  const found = done.of(sellerRows);
  const [totals = { orders: 0, revenue: 0 }] = done.of(shopTotals);
  const sellers = found.map((row) => {
    const { is_active: _, on_break, seconds, shift_orders, ...seller } = row;
    return {
      ...seller,
      average_sale: mean(row.revenue, row.orders),
      hours: hoursOf(seconds),
      sales_per_hour: salesPerHour(shift_orders, seconds),
      on_shift: on_break !== null,
      status: statusOf(row),
    };
  });
  return {
    title: ctx.tenant.name,
    currency: ctx.tenant.currency,
    totals: {
      employees: sellers.filter((seller) => seller.role !== "CUSTOMER" && seller.status !== "disabled")
        .length,
      on_shift: sellers.filter((seller) => seller.on_shift).length,
      hours: hoursOf(found.reduce((total, row) => total + row.seconds, 0)),
      ...totals,
    },
    sellers,
  };
}
