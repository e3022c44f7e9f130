// Sales by customer country.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { type BatchResult, type Returning, returning, sqlBoolean } from "../platform/d1.ts";
import { countryCode } from "../values/countries.ts";
import { ratio } from "../values/money.ts";
import { Problem } from "../platform/problem.ts";
import { dailyTables, withCustomers } from "../rollups/daily-tables.ts";
import { changes, comparedWith, comparisonOf } from "./comparison/comparison.ts";
import { type DayTotals, dayRow, type Range, sumOf, unitsSold } from "./days.ts";
import {
  countByCountry,
  hasFewCustomers,
  setsOfAllCountries,
  setsOfCountries,
  ofCustomers,
} from "./distinct-customers.ts";
import { periodsOf } from "./periods.ts";
import { type Plan, runPlan } from "../platform/plan.ts";
import { tableRows } from "./totals.ts";
import type { Countries, CountriesQuery, Country } from "./schema.ts";

type Query = z.infer<typeof CountriesQuery>;

const countryRow = dayRow.extend({ country: z.string() });
const customersRow = z.object({ country: z.string(), ...ofCustomers });

function totalsOf(days: DayTotals[], total: number) {
  const revenue = sumOf(days, "revenue");
  return {
    revenue,
    units: unitsSold(days),
    sales: sumOf(days, "sales"),
    refunds: sumOf(days, "refunds"),
    share: total === 0 ? 0 : ratio(revenue / total),
  };
}

type Totals = ReturnType<typeof totalsOf>;

const withCount = ({ share, ...totals }: Totals, customers: number) => ({ ...totals, customers, share });

/** The totals of each country. */
function byCountry(ctx: Ctx, range: Range) {
  const rows = tableRows(ctx, dailyTables.countries, range, countryRow);
  return {
    statements: rows.statements,
    read: (done: BatchResult) => {
      const days = rows.read(done);
      const total = sumOf(days, "revenue");
      const countries = Map.groupBy(days, ({ country }) => country);
      return { countries, totalsOf: (country: string) => totalsOf(countries.get(country) ?? [], total) };
    },
  };
}

/** A set of a country takes up to a megabyte for three years of a large shop. */
const COUNTRIES_PER_BATCH = 10;

/** The distinct customers of countries; undefined for those whose sets were not read. */
type CountOf = (country: string) => number | undefined;

const customersSold = (ctx: Ctx, range: Range) =>
  tableRows(ctx, dailyTables.countries, range, customersRow, { columns: [], ...withCustomers });

/** The distinct customers of at most ten countries. */
function customersOf(ctx: Ctx, range: Range, countries: string[]): Plan<CountOf> {
  const sold = customersSold(ctx, range);
  const sets = setsOfCountries(ctx, range, countries);
  return {
    statements: [...sold.statements, sets],
    read: (done) => {
      const counts = countByCountry(done.of(sets), sold.read(done));
      const isRead = new Set(countries);
      return (country) => (isRead.has(country) ? (counts.get(country) ?? 0) : undefined);
    },
  };
}

const fewRow = z.object({ few: sqlBoolean });

const isFewIn = (done: BatchResult, few: Returning<z.infer<typeof fewRow>>): boolean =>
  done.of(few)[0]?.few === true;

/** The distinct customers of all countries in a shop with few customers; of none in others, whose sets would be too much for one batch. */
function customersOfFew(ctx: Ctx, range: Range, few: Returning<z.infer<typeof fewRow>>): Plan<CountOf> {
  const sold = customersSold(ctx, range);
  const all = setsOfAllCountries(ctx, range);
  return {
    statements: [...sold.statements, all],
    read: (done) => {
      const isFew = isFewIn(done, few);
      const counts = countByCountry(done.of(all), sold.read(done));
      return (country) => (isFew ? (counts.get(country) ?? 0) : undefined);
    },
  };
}

type Ranked = { country: string; totals: Totals; before: Totals | null };

type Customers = { present: CountOf; before: CountOf | null };

/** The countries of a ranking, and their customers in a shop with few. */
export type RankedCountries = { query: Query; ranked: Ranked[]; customers: Customers };

/** The first step of a ranking; ties are sorted by name. */
export function rankCountries(ctx: Ctx, query: Query): Plan<RankedCountries> {
  const comparison = comparisonOf(ctx, query);
  const few = returning(fewRow, sql`SELECT ${hasFewCustomers(ctx)} AS few`);
  const read = (range: Range) => ({
    totals: byCountry(ctx, range),
    customers: customersOfFew(ctx, range, few),
  });
  const present = read(query);
  const before = comparison && read(comparison.range);
  const sign = query.order === "asc" ? 1 : -1;
  return {
    statements: [
      few,
      ...[present, before].flatMap((each) =>
        each ? [...each.totals.statements, ...each.customers.statements] : [],
      ),
    ],
    read: (done) => {
      const found = present.totals.read(done);
      const earlier = before?.totals.read(done);
      const ranked = [...found.countries.keys()]
        .map((country): Ranked => ({
          country,
          totals: found.totalsOf(country),
          before: earlier?.totalsOf(country) ?? null,
        }))
        .toSorted(
          (a, b) => sign * (a.totals[query.sort] - b.totals[query.sort]) || (a.country < b.country ? -1 : 1),
        );
      return {
        query,
        ranked: ranked.slice(0, query.limit),
        customers: { present: present.customers.read(done), before: before?.customers.read(done) ?? null },
      };
    },
  };
}

type Rows = z.infer<typeof Countries>["data"];

/** The rows of a ranking, of which at most ten countries have customers that were not read yet. Without statements if there are none. */
export function countryRows(ctx: Ctx, { query, ranked, customers }: RankedCountries): Plan<Rows> {
  const names = ranked.map(({ country }) => country);
  const missing = names.filter((country) => customers.present(country) === undefined);
  const comparison = comparisonOf(ctx, query);
  const plans =
    missing.length === 0
      ? null
      : {
          present: customersOf(ctx, query, missing),
          before: comparison && customersOf(ctx, comparison.range, missing),
        };
  return {
    statements: [...(plans?.present.statements ?? []), ...(plans?.before?.statements ?? [])],
    read: (done) => {
      const [present, before] = [plans?.present.read(done), plans?.before?.read(done)];
      const customersIn = (country: string) => customers.present(country) ?? present?.(country) ?? 0;
      const customersBefore = (country: string) => customers.before?.(country) ?? before?.(country) ?? 0;
      return ranked.map(({ country, totals, before: earlier }) => {
        const figures = withCount(totals, customersIn(country));
        return {
          country,
          country_code: countryCode(country),
          ...figures,
          ...(earlier && changes(figures, withCount(earlier, customersBefore(country)))),
        };
      });
    },
  };
}

/** The rows of the ranking. One round trip in a shop with few customers, otherwise one more for ten countries. */
async function rankedRows(ctx: Ctx, query: Query): Promise<Rows> {
  const { ranked, customers } = await runPlan(ctx, rankCountries(ctx, query));
  const data: Rows = [];
  for (let at = 0; at < ranked.length; at += COUNTRIES_PER_BATCH) {
    const page = { query, ranked: ranked.slice(at, at + COUNTRIES_PER_BATCH), customers };
    data.push(...(await runPlan(ctx, countryRows(ctx, page))));
  }
  return data;
}

/** The countries with the most or least revenue or units. */
export async function topCountries(ctx: Ctx, query: Query): Promise<z.infer<typeof Countries>> {
  const comparison = comparisonOf(ctx, query);
  const data = await rankedRows(ctx, query);
  return {
    currency: ctx.tenant.currency,
    data,
    ...(comparison && { compared_with: comparedWith(comparison) }),
    as_of: ctx.now.toISOString(),
  };
}

/** One country with its monthly series. Reading throws Problem unknown-country. */
export function getCountry(ctx: Ctx, name: string, range: Range): Plan<z.infer<typeof Country>> {
  const totals = byCountry(ctx, range);
  const customers = customersOf(ctx, range, [name]);
  return {
    statements: [...totals.statements, ...customers.statements],
    read: (done) => {
      const { countries, totalsOf: totalsIn } = totals.read(done);
      const days = countries.get(name);
      if (!days)
        throw new Problem("unknown-country", `There were no sales to ${name} in this range of days.`);
      return {
        currency: ctx.tenant.currency,
        country: name,
        country_code: countryCode(name),
        ...withCount(totalsIn(name), customers.read(done)(name) ?? 0),
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
