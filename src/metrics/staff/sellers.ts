import { sql } from "drizzle-orm";
import { z } from "zod";
import { type ActorCtx, type Ctx, seesColleagues } from "../../platform/context.ts";
import { returning, sqlBoolean } from "../../platform/d1.ts";
import { quantityColumn } from "../../values/quantities.ts";
import { mean } from "../../values/money.ts";
import { dailyTables } from "../../rollups/daily-tables.ts";
import { hoursOf } from "../../shifts/hours/hours.ts";
import { onShift, workedSeconds } from "../../shifts/hours/worked.ts";
import { changes, comparedWith, comparisonOf } from "../comparison/comparison.ts";
import type { Range } from "../days.ts";
import { monthlyRows } from "../months.ts";
import type { Plan } from "../../platform/plan.ts";
import type { DashboardQuery, SellerDashboard } from "./schema.ts";

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

const sellerRows = (ctx: ActorCtx, range: Range) =>
  returning(
    sellerRow,
    sql`WITH f AS MATERIALIZED (
        SELECT seller_id AS user_id, sum(sales) AS orders, sum(shift_sales) AS shift_orders,
          CAST(total(units) AS INTEGER) AS units, CAST(total(revenue) AS INTEGER) AS revenue FROM (
          ${monthlyRows(ctx, dailyTables.sellers, range, ["sales", "shift_sales", "units", "revenue"])}) GROUP BY seller_id
      ), w AS MATERIALIZED (${workedSeconds(ctx, range)}), o AS MATERIALIZED (${onShift(ctx)}), listed AS (
        SELECT id AS user_id FROM users INDEXED BY users_role WHERE tenant_id = ${ctx.tenant.id} AND role IN ('ADMIN', 'EMPLOYEE') AND has_login = 1
        UNION SELECT user_id FROM f UNION SELECT user_id FROM w WHERE seconds > 0 UNION SELECT user_id FROM o
      )
      SELECT u.id AS user_id, u.first_name || ' ' || u.last_name AS name, u.role, u.is_active,
        coalesce(f.orders, 0) AS orders, coalesce(f.shift_orders, 0) AS shift_orders, coalesce(f.units, 0) AS units, coalesce(f.revenue, 0) AS revenue,
        coalesce(w.seconds, 0) AS seconds, o.on_break
      FROM listed CROSS JOIN users u ON u.tenant_id = ${ctx.tenant.id} AND u.id = listed.user_id
      LEFT JOIN f ON f.user_id = u.id LEFT JOIN w ON w.user_id = u.id LEFT JOIN o ON o.user_id = u.id
      ${seesColleagues(ctx) ? sql`` : sql`WHERE u.id = ${ctx.actor.id}`}
      ORDER BY revenue DESC, name`,
  );

// Counted separately, because imported and online sales may have no seller.
const shopTotals = (ctx: Ctx, range: Range) =>
  returning(
    totalsRow,
    sql`SELECT coalesce(sum(sales), 0) AS orders, CAST(total(revenue) AS INTEGER) AS revenue
      FROM (${monthlyRows(ctx, dailyTables.sales, range, ["sales", "revenue"])})`,
  );

const sellerFigures = (row: Pick<Seller, "orders" | "shift_orders" | "units" | "revenue" | "seconds">) => ({
  orders: row.orders,
  units: row.units,
  revenue: row.revenue,
  average_sale: mean(row.revenue, row.orders),
  hours: hoursOf(row.seconds),
  sales_per_hour: salesPerHour(row.shift_orders, row.seconds),
});

const NOTHING = { orders: 0, shift_orders: 0, units: 0, revenue: 0, seconds: 0 };

const sumOf = (rows: Seller[], field: "seconds" | "orders" | "revenue"): number =>
  rows.reduce((total, row) => total + row[field], 0);

/** The totals of the shop, or of the rows where those are not read. */
const totalFigures = (rows: Seller[], [totals]: z.infer<typeof totalsRow>[]) => ({
  hours: hoursOf(sumOf(rows, "seconds")),
  ...(totals ?? { orders: sumOf(rows, "orders"), revenue: sumOf(rows, "revenue") }),
});

/**
 * The dashboard: all staff, and everybody else who has sold or worked in the range, by revenue in descending order; the actor
 * only, if they do not see colleagues.
 */
export function sellerDashboard(
  ctx: ActorCtx,
  query: z.infer<typeof DashboardQuery>,
): Plan<z.infer<typeof SellerDashboard>> {
  const comparison = comparisonOf(ctx, query);
  const readOf = (range: Range) => ({
    rows: sellerRows(ctx, range),
    totals: seesColleagues(ctx) ? shopTotals(ctx, range) : null,
  });
  const present = readOf(query);
  const before = comparison && readOf(comparison.range);
  return {
    statements: [present, before].flatMap((each) =>
      each ? [each.rows, ...(each.totals ? [each.totals] : [])] : [],
    ),
    read: (done) => {
      const found = done.of(present.rows);
      const earlier = before && new Map(done.of(before.rows).map((row) => [row.user_id, row]));
      const totals = totalFigures(found, present.totals ? done.of(present.totals) : []);
      const sellers = found.map((row) => {
        const figures = sellerFigures(row);
        return {
          user_id: row.user_id,
          name: row.name,
          role: row.role,
          ...figures,
          ...(earlier && changes(figures, sellerFigures(earlier.get(row.user_id) ?? NOTHING))),
          on_shift: row.on_break !== null,
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
          ...totals,
          ...(before &&
            changes(totals, totalFigures(done.of(before.rows), before.totals ? done.of(before.totals) : []))),
        },
        sellers,
        ...(comparison && { compared_with: comparedWith(comparison) }),
      };
    },
  };
}
