// Sales by customer country.
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import type { BatchResult } from "../platform/d1.ts";
import { countryCode } from "../values/countries.ts";
import { ratio } from "../values/money.ts";
import { Problem } from "../platform/problem.ts";
import { dailyTables } from "../rollups/daily-tables.ts";
import { changes, comparedWith, comparisonOf } from "./comparison/comparison.ts";
import { type DayTotals, dayRow, type Range, sumOf, unitsSold } from "./days.ts";
import { countByCountry, setsOfCountries, ofCustomers, withCustomers } from "./distinct-customers.ts";
import { periodsOf } from "./periods.ts";
import type { Plan } from "../platform/plan.ts";
import { tableRows } from "./totals.ts";
import type { Countries, CountriesQuery, Country } from "./schema.ts";

const countryRow = dayRow.extend({ country: z.string(), ...ofCustomers });

function countryFigures(days: DayTotals[], total: number, customers: number) {
  const revenue = sumOf(days, "revenue");
  return {
    revenue,
    units: unitsSold(days),
    sales: sumOf(days, "sales"),
    refunds: sumOf(days, "refunds"),
    customers,
    share: total === 0 ? 0 : ratio(revenue / total),
  };
}

/** The statements of the totals and customers of each country, and the function that reads them. */
function byCountry(ctx: Ctx, range: Range) {
  const totals = tableRows(ctx, dailyTables.countries, range, countryRow, withCustomers);
  const sets = setsOfCountries(ctx, range);
  return {
    statements: [...totals.statements, sets],
    read: (done: BatchResult) => {
      const days = totals.read(done);
      const total = sumOf(days, "revenue");
      const countries = Map.groupBy(days, ({ country }) => country);
      const counts = countByCountry(done.of(sets), days);
      return {
        countries,
        figuresOf: (country: string) =>
          countryFigures(countries.get(country) ?? [], total, counts.get(country) ?? 0),
      };
    },
  };
}

/** The countries with the most or least revenue or units; ties are sorted by name. */
export function topCountries(
  ctx: Ctx,
  query: z.infer<typeof CountriesQuery>,
): Plan<z.infer<typeof Countries>> {
  const comparison = comparisonOf(ctx, query);
  const present = byCountry(ctx, query);
  const before = comparison && byCountry(ctx, comparison.range);
  const sign = query.order === "asc" ? 1 : -1;
  return {
    statements: [...present.statements, ...(before?.statements ?? [])],
    read: (done) => {
      const { countries, figuresOf } = present.read(done);
      const earlier = before?.read(done);
      const data = [...countries.keys()]
        .map((country) => ({ country, figures: figuresOf(country) }))
        .toSorted(
          (a, b) =>
            sign * (a.figures[query.sort] - b.figures[query.sort]) || (a.country < b.country ? -1 : 1),
        )
        .slice(0, query.limit)
        .map(({ country, figures }) => ({
          country,
          country_code: countryCode(country),
          ...figures,
          ...(earlier && changes(figures, earlier.figuresOf(country))),
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
  const plan = byCountry(ctx, range);
  return {
    statements: plan.statements,
    read: (done) => {
      const { countries, figuresOf } = plan.read(done);
      const days = countries.get(name);
      if (!days)
        throw new Problem("unknown-country", `There were no sales to ${name} in this range of days.`);
      return {
        currency: ctx.tenant.currency,
        country: name,
        country_code: countryCode(name),
        ...figuresOf(name),
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
