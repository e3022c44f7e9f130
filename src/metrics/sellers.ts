// Who sells how much: every member of staff, and whoever else has sold.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../context.ts";
import { flag } from "../db.ts";
import { mean } from "../money.ts";
import { measures } from "../rollups/rebuild.ts";
import { cleanDays, dirtySales, type Range } from "./days.ts";
import type { SellerDashboard } from "./schema.ts";

const sellerRow = z.object({
  user_id: z.string(),
  name: z.string(),
  role: z.enum(["ADMIN", "EMPLOYEE", "CUSTOMER"]),
  is_active: flag,
  orders: z.number(),
  units: z.number(),
  revenue: z.number(),
});

/** The dashboard of the shop's sellers, best first. One round trip. */
export async function sellerDashboard(ctx: Ctx, range: Range): Promise<z.infer<typeof SellerDashboard>> {
  const found = await ctx.db.all(
    sellerRow,
    sql`SELECT u.id AS user_id, u.first_name || ' ' || u.last_name AS name, u.role, u.is_active,
        coalesce(f.orders, 0) AS orders, coalesce(f.units, 0) AS units, coalesce(f.revenue, 0) AS revenue
      FROM users u LEFT JOIN (
        SELECT seller_id, sum(sales) AS orders, sum(units) AS units, sum(revenue) AS revenue FROM (
          SELECT t.seller_id, t.sales, t.units, t.revenue ${cleanDays(ctx, sql.raw("daily_sellers"), range)}
          UNION ALL
          SELECT seller_id, sales, units, revenue FROM (
            SELECT s.seller_id AS seller_id, ${measures} ${dirtySales(ctx, range)} AND s.seller_id IS NOT NULL
            GROUP BY s.seller_id)
        ) GROUP BY seller_id
      ) f ON f.seller_id = u.id
      WHERE u.tenant_id = ${ctx.tenant.id} AND (u.role IN ('ADMIN', 'EMPLOYEE') OR f.seller_id IS NOT NULL)
      ORDER BY revenue DESC, name`,
  );
  const sellers = found.map(({ is_active, ...row }) => ({
    ...row,
    average_sale: mean(row.revenue, row.orders),
    hours: 0,
    on_shift: false,
    status: is_active ? ("off" as const) : ("disabled" as const),
  }));
  return {
    title: ctx.tenant.name,
    currency: ctx.tenant.currency,
    totals: {
      employees: sellers.filter((seller) => seller.role !== "CUSTOMER" && seller.status !== "disabled")
        .length,
      on_shift: 0,
      orders: sellers.reduce((total, seller) => total + seller.orders, 0),
      revenue: sellers.reduce((total, seller) => total + seller.revenue, 0),
    },
    sellers,
  };
}
