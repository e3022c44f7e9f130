// Where the customers are. The distinct customers of a country over many days are counted from the days' lists of them.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { periodOf } from "../values/days.ts";
import { ratio } from "../values/money.ts";
import { Problem } from "../platform/problem.ts";
import { country, customers, measures } from "../rollups/rebuild.ts";
import { cleanDays, type Day, dayRow, dirtySales, distinctCustomers, type Range, sum } from "./days.ts";
import type { Countries, CountriesQuery, Country } from "./schema.ts";

/** The figures of each country and day: clean days as they were built, dirty ones from their sales. */
const countryDays = (ctx: Ctx, range: Range): SQL => sql`
  SELECT t.country, t.day, t.sales, t.refunds, t.lines, t.units, t.revenue, t.customers
    ${cleanDays(ctx, sql.raw("daily_countries"), range)}
  UNION ALL
  SELECT country, day, sales, refunds, lines, units, revenue, customers FROM (
    SELECT ${country} AS country, s.day AS day, ${measures}, ${customers} ${dirtySales(ctx, range)}
    GROUP BY s.day, ${country})`;

const countryRow = dayRow.extend({ country: z.string() });

function figuresOf(days: Day[], total: number) {
  const revenue = sum(days, "revenue");
  return {
    revenue,
    units: sum(days, "units"),
    sales: sum(days, "sales"),
    refunds: sum(days, "refunds"),
    customers: distinctCustomers(days),
    share: total === 0 ? 0 : ratio(revenue / total),
  };
}

const byCountry = async (ctx: Ctx, range: Range) => {
  const days = await ctx.db.all(countryRow, countryDays(ctx, range));
  return { countries: Map.groupBy(days, (day) => day.country), total: sum(days, "revenue") };
};

/** The countries with the most (or least) revenue or units; ties in order of the name. */
export async function topCountries(
  ctx: Ctx,
  query: z.infer<typeof CountriesQuery>,
): Promise<z.infer<typeof Countries>> {
  const { countries, total } = await byCountry(ctx, query);
  const sign = query.order === "asc" ? 1 : -1;
  const data = [...countries]
    .map(([name, days]) => ({ country: name, ...figuresOf(days, total) }))
    .toSorted((a, b) => sign * (a[query.sort] - b[query.sort]) || (a.country < b.country ? -1 : 1))
    .slice(0, query.limit);
  return { currency: ctx.tenant.currency, data, as_of: ctx.now.toISOString() };
}

/** One country, with its months. @throws Problem unknown-country */
export async function oneCountry(ctx: Ctx, name: string, range: Range): Promise<z.infer<typeof Country>> {
  const { countries, total } = await byCountry(ctx, range);
  const days = countries.get(name);
  if (!days) throw new Problem("unknown-country", `Nothing was sold to ${name} in these days.`);
  const months = Map.groupBy(
    days.toSorted((a, b) => (a.day < b.day ? -1 : 1)),
    (day) => periodOf(day.day, "month"),
  );
  return {
    currency: ctx.tenant.currency,
    country: name,
    ...figuresOf(days, total),
    series: [...months].map(([period, of]) => ({
      period,
      revenue: sum(of, "revenue"),
      units: sum(of, "units"),
      sales: sum(of, "sales"),
      refunds: sum(of, "refunds"),
    })),
    as_of: ctx.now.toISOString(),
  };
}
