import { sql } from "drizzle-orm";
import type { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { periodOf } from "../values/days.ts";
import { mean, ratio } from "../values/money.ts";
import { customersColumn, totalColumns } from "../rollups/rebuild.ts";
import {
  cleanDays,
  type DayTotals,
  dayRow,
  dirtySales,
  distinctCustomers,
  type Range,
  sumOf,
  unitsSold,
} from "./days.ts";
import type { Kpis, SalesSummary, Series, SeriesQuery } from "./schema.ts";

/** The totals of each day with sales. One round trip, which reads one row per clean day. */
const dayTotals = (ctx: Ctx, range: Range, withCustomers = false): Promise<DayTotals[]> =>
  ctx.db.all(
    dayRow,
    sql`SELECT t.day, t.sales, t.refunds, t.lines, t.units, t.revenue, ${withCustomers ? sql.raw("t.customers") : sql.raw("'[]' AS customers")}
        ${cleanDays(ctx, sql.raw("daily_sales"), range)}
      UNION ALL SELECT s.day, ${totalColumns}, ${withCustomers ? customersColumn : sql.raw("'[]' AS customers")} ${dirtySales(ctx, range)} GROUP BY s.day
      ORDER BY day`,
  );

/** The shop's key figures over a range of days. One round trip. */
export async function kpis(ctx: Ctx, range: Range): Promise<z.infer<typeof Kpis>> {
  const days = await dayTotals(ctx, range, true);
  const revenue = sumOf(days, "revenue");
  const units = unitsSold(days);
  const lines = sumOf(days, "lines");
  const sales = sumOf(days, "sales");
  return {
    currency: ctx.tenant.currency,
    total_revenue: revenue,
    total_products_sold: units,
    average_products_sold: lines === 0 ? 0 : ratio(units / lines),
    sales,
    refunds: sumOf(days, "refunds"),
    average_sale: mean(revenue, sales),
    customers: distinctCustomers(days),
    as_of: ctx.now.toISOString(),
  };
}

/**
 * Sales by period. `growth_rate` is 100 * (revenue - previous) / |previous|, and null in the first period and after one without
 * revenue. One round trip.
 */
export async function series(ctx: Ctx, query: z.infer<typeof SeriesQuery>): Promise<z.infer<typeof Series>> {
  const periods = Map.groupBy(await dayTotals(ctx, query), (day) => periodOf(day.day, query.interval));
  let previous: number | null = null;
  const data = [...periods].map(([period, days]) => {
    const revenue = sumOf(days, "revenue");
    const growth =
      previous === null || previous === 0 ? null : ratio((100 * (revenue - previous)) / Math.abs(previous));
    previous = revenue;
    return {
      period,
      sales: sumOf(days, "sales"),
      refunds: sumOf(days, "refunds"),
      units: unitsSold(days),
      revenue,
      growth_rate: growth,
    };
  });
  return { currency: ctx.tenant.currency, interval: query.interval, data, as_of: ctx.now.toISOString() };
}

/** Sales and revenue per day. One round trip. */
export async function salesSummary(ctx: Ctx, range: Range): Promise<z.infer<typeof SalesSummary>> {
  const days = await dayTotals(ctx, range);
  return {
    currency: ctx.tenant.currency,
    data: days.map((day) => ({ date: day.day, num_sales: day.sales, total_sales: day.revenue })),
    as_of: ctx.now.toISOString(),
  };
}
