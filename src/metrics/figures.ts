// Key figures and series of a shop.
import { sql } from "drizzle-orm";
import type { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { periodOf } from "../values/days.ts";
import { mean, ratio } from "../values/money.ts";
import { customers, measures } from "../rollups/rebuild.ts";
import { cleanDays, type Day, dayRow, dirtySales, distinctCustomers, type Range, sum } from "./days.ts";
import type { Kpis, SalesSummary, Series, SeriesQuery } from "./schema.ts";

/** The figures of each day with sales; their customers where they are counted. One round trip, one row read a clean day. */
const daysOf = (ctx: Ctx, range: Range, withCustomers = false): Promise<Day[]> =>
  ctx.db.all(
    dayRow,
    sql`SELECT t.day, t.sales, t.refunds, t.lines, t.units, t.revenue, ${withCustomers ? sql.raw("t.customers") : sql.raw("'[]' AS customers")}
        ${cleanDays(ctx, sql.raw("daily_sales"), range)}
      UNION ALL SELECT s.day, ${measures}, ${withCustomers ? customers : sql.raw("'[]' AS customers")} ${dirtySales(ctx, range)} GROUP BY s.day
      ORDER BY day`,
  );

/** The shop's key figures over a range of days. */
export async function kpis(ctx: Ctx, range: Range): Promise<z.infer<typeof Kpis>> {
  const days = await daysOf(ctx, range, true);
  const revenue = sum(days, "revenue");
  const units = sum(days, "units");
  const lines = sum(days, "lines");
  const sales = sum(days, "sales");
  return {
    currency: ctx.tenant.currency,
    total_revenue: revenue,
    total_products_sold: units,
    average_products_sold: lines === 0 ? 0 : ratio(units / lines),
    sales,
    refunds: sum(days, "refunds"),
    average_sale: mean(revenue, sales),
    customers: distinctCustomers(days),
    as_of: ctx.now.toISOString(),
  };
}

/** Sales over time. growth_rate is 100 * (revenue - before) / |before|, null for the first and after a period of 0. */
export async function series(ctx: Ctx, query: z.infer<typeof SeriesQuery>): Promise<z.infer<typeof Series>> {
  const periods = Map.groupBy(await daysOf(ctx, query), (day) => periodOf(day.day, query.interval));
  let before: number | null = null;
  const data = [...periods].map(([period, days]) => {
    const revenue = sum(days, "revenue");
    const growth =
      before === null || before === 0 ? null : ratio((100 * (revenue - before)) / Math.abs(before));
    before = revenue;
    return {
      period,
      sales: sum(days, "sales"),
      refunds: sum(days, "refunds"),
      units: sum(days, "units"),
      revenue,
      growth_rate: growth,
    };
  });
  return { currency: ctx.tenant.currency, interval: query.interval, data, as_of: ctx.now.toISOString() };
}

/** Sales and revenue a day. */
export async function salesSummary(ctx: Ctx, range: Range): Promise<z.infer<typeof SalesSummary>> {
  const days = await daysOf(ctx, range);
  return {
    currency: ctx.tenant.currency,
    data: days.map((day) => ({ date: day.day, num_sales: day.sales, total_sales: day.revenue })),
    as_of: ctx.now.toISOString(),
  };
}
