// Sales by customer country. Distinct customers over several days are counted from the list of customers of each day.
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { returning } from "../platform/d1.ts";
import { countryCode } from "../values/countries.ts";
import { ratio } from "../values/money.ts";
import { Problem } from "../platform/problem.ts";
import { dailyTables } from "../rollups/daily-tables.ts";
import { changes, comparedWith, comparisonOf } from "./comparison/comparison.ts";
import {
  dailyRows,
  customersRow,
  type DayCustomers,
  distinctCustomers,
  type Range,
  sumOf,
  unitsSold,
} from "./days.ts";
import { periodsOf } from "./periods.ts";
import type { Plan } from "../platform/plan.ts";
import type { Countries, CountriesQuery, Country } from "./schema.ts";

const countryRow = customersRow.extend({ country: z.string() });

function countryFigures(days: DayCustomers[], total: number) {
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

const daysByCountry = (days: z.infer<typeof countryRow>[]) => ({
  countries: Map.groupBy(days, (day) => day.country),
  total: sumOf(days, "revenue"),
});

const countryTotals = (ctx: Ctx, range: Range) =>
  returning(countryRow, dailyRows(ctx, dailyTables.countries, range));

/** The countries with the most or least revenue or units; ties are sorted by name. */
export function topCountries(
  ctx: Ctx,
  query: z.infer<typeof CountriesQuery>,
): Plan<z.infer<typeof Countries>> {
  const comparison = comparisonOf(ctx, query);
  const days = countryTotals(ctx, query);
  const before = comparison && countryTotals(ctx, comparison.range);
  const sign = query.order === "asc" ? 1 : -1;
  return {
    statements: before ? [days, before] : [days],
    read: (done) => {
      const { countries, total } = daysByCountry(done.of(days));
      const earlier = before && daysByCountry(done.of(before));
      const data = [...countries]
        .map(([name, own]) => ({ country: name, figures: countryFigures(own, total) }))
        .toSorted(
          (a, b) =>
            sign * (a.figures[query.sort] - b.figures[query.sort]) || (a.country < b.country ? -1 : 1),
        )
        .slice(0, query.limit)
        .map(({ country, figures }) => ({
          country,
          country_code: countryCode(country),
          ...figures,
          ...(earlier &&
            changes(figures, countryFigures(earlier.countries.get(country) ?? [], earlier.total))),
        }));
      return {
        currency: ctx.tenant.currency,
        data,
        ...(comparison && { compared_with: comparedWith(comparison) }),
        as_of: ctx.now.toISOString(),
      };
    },
  };
}

/** One country with its monthly series. Reading throws Problem unknown-country. */
export function getCountry(ctx: Ctx, name: string, range: Range): Plan<z.infer<typeof Country>> {
  const totals = countryTotals(ctx, range);
  return {
    statements: [totals],
    read: (done) => {
      const { countries, total } = daysByCountry(done.of(totals));
      const days = countries.get(name);
      if (!days)
        throw new Problem("unknown-country", `There were no sales to ${name} in this range of days.`);
      return {
        currency: ctx.tenant.currency,
        country: name,
        country_code: countryCode(name),
        ...countryFigures(days, total),
        series: periodsOf(ctx, {}, "month", days).map(({ period, partial, rows }) => ({
          period,
          partial,
          revenue: sumOf(rows, "revenue"),
          units: unitsSold(rows),
          sales: sumOf(rows, "sales"),
          refunds: sumOf(rows, "refunds"),
        })),
        as_of: ctx.now.toISOString(),
      };
    },
  };
}
