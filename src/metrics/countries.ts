// Sales by customer country. Distinct customers over several days are counted from the list of customers of each day.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { periodOf } from "../values/days.ts";
import { ratio } from "../values/money.ts";
import { Problem } from "../platform/problem.ts";
import { countryOrUnspecified, customersColumn, totalColumns } from "../rollups/rebuild.ts";
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
import type { Countries, CountriesQuery, Country } from "./schema.ts";

/** The totals of each country and day, from the daily table for clean days and from the sales for dirty days. */
const countryDays = (ctx: Ctx, range: Range): SQL => sql`
  SELECT t.country, t.day, t.sales, t.refunds, t.lines, t.units, t.revenue, t.customers
    ${cleanDays(ctx, sql.raw("daily_countries"), range)}
  UNION ALL
  SELECT country, day, sales, refunds, lines, units, revenue, customers FROM (
    SELECT ${countryOrUnspecified} AS country, s.day AS day, ${totalColumns}, ${customersColumn} ${dirtySales(ctx, range)}
    GROUP BY s.day, ${countryOrUnspecified})`;

const countryRow = dayRow.extend({ country: z.string() });

function countryFigures(days: DayTotals[], total: number) {
  const revenue = sumOf(days, "revenue");
  return {
    revenue,
    units: unitsSold(days),
    sales: sumOf(days, "sales"),
    refunds: sumOf(days, "refunds"),
    customers: distinctCustomers(days),
    share: total === 0 ? 0 : ratio(revenue / total),
  };
}

/** The days of each country, and the revenue of all countries. One round trip. */
const daysByCountry = async (ctx: Ctx, range: Range) => {
  const days = await ctx.db.all(countryRow, countryDays(ctx, range));
  return { countries: Map.groupBy(days, (day) => day.country), total: sumOf(days, "revenue") };
};

/** The countries with the most or least revenue or units; ties are sorted by name. One round trip. */
export async function topCountries(
  ctx: Ctx,
  query: z.infer<typeof CountriesQuery>,
): Promise<z.infer<typeof Countries>> {
  const { countries, total } = await daysByCountry(ctx, query);
  const sign = query.order === "asc" ? 1 : -1;
  const data = [...countries]
    .map(([name, days]) => ({ country: name, ...countryFigures(days, total) }))
    .toSorted((a, b) => sign * (a[query.sort] - b[query.sort]) || (a.country < b.country ? -1 : 1))
    .slice(0, query.limit);
  return { currency: ctx.tenant.currency, data, as_of: ctx.now.toISOString() };
}

/** One country with its monthly series. One round trip. @throws Problem unknown-country */
export async function getCountry(ctx: Ctx, name: string, range: Range): Promise<z.infer<typeof Country>> {
  const { countries, total } = await daysByCountry(ctx, range);
  const days = countries.get(name);
  if (!days) throw new Problem("unknown-country", `There were no sales to ${name} in this range of days.`);
  const months = Map.groupBy(
    days.toSorted((a, b) => (a.day < b.day ? -1 : 1)),
    (day) => periodOf(day.day, "month"),
  );
  return {
    currency: ctx.tenant.currency,
    country: name,
    ...countryFigures(days, total),
    series: [...months].map(([period, monthDays]) => ({
      period,
      revenue: sumOf(monthDays, "revenue"),
      units: unitsSold(monthDays),
      sales: sumOf(monthDays, "sales"),
      refunds: sumOf(monthDays, "refunds"),
    })),
    as_of: ctx.now.toISOString(),
  };
}
