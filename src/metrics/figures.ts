import type { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import type { BatchResult } from "../platform/d1.ts";
import type { CsvColumns } from "../values/csv.ts";
import { mean, ratio } from "../values/money.ts";
import { dailyTables, withBuyers } from "../rollups/daily-tables.ts";
import { changes, comparedWith, comparisonOf } from "./comparison/comparison.ts";
import { type DayTotals, dayRow, type Range, sumOf, unitsSold } from "./days.ts";
import { countBuyers, countCustomers, ofBuyers, setsOfShop } from "./distinct-customers.ts";
import { dayOf, type Interval, periodOf } from "../values/days.ts";
import { type Period, periodsOf } from "./periods.ts";
import type { Plan } from "../platform/plan.ts";
import { tableRows } from "./totals.ts";
import type { Kpis, KpisQuery, SalesSummary, Series, SeriesQuery } from "./schema.ts";

/** The totals of each day with sales, in rows to be summed; reads one row per day. */
const dayTotals = (ctx: Ctx, range: Range): Plan<DayTotals[]> =>
  tableRows(ctx, dailyTables.sales, range, dayRow, { byDay: true });

/** The totals of the range; a month has a row with its first day. */
const monthTotals = (ctx: Ctx, range: Range): Plan<DayTotals[]> =>
  tableRows(ctx, dailyTables.sales, range, dayRow);

function keyFigures(days: DayTotals[], customers: number) {
  const revenue = sumOf(days, "revenue");
  const units = unitsSold(days);
  const lines = sumOf(days, "lines");
  const sales = sumOf(days, "sales");
  return {
    total_revenue: revenue,
    total_products_sold: units,
    average_products_sold: lines === 0 ? 0 : ratio(units / lines),
    sales,
    refunds: sumOf(days, "refunds"),
    average_sale: mean(revenue, sales),
    customers,
  };
}

const soldRow = dayRow.extend(ofBuyers);

function figuresOf(ctx: Ctx, range: Range) {
  const totals = tableRows(ctx, dailyTables.sales, range, soldRow, withBuyers);
  const sets = setsOfShop(ctx, range);
  return {
    statements: [...totals.statements, sets],
    read: (done: BatchResult) => {
      const rows = totals.read(done);
      return keyFigures(rows, countCustomers(done.of(sets), rows));
    },
    buyers: (done: BatchResult) => countBuyers(done.of(sets), totals.read(done)),
  };
}

/** How many distinct customers bought something in the range, and in the one before it; 0 without one. */
type Buyers = { buyers: (done: BatchResult) => { present: number; before: number } };

/** The shop's key figures over a range of days. */
export function kpis(ctx: Ctx, query: z.infer<typeof KpisQuery>): Plan<z.infer<typeof Kpis>> & Buyers {
  const comparison = comparisonOf(ctx, query);
  const present = figuresOf(ctx, query);
  const before = comparison && figuresOf(ctx, comparison.range);
  return {
    statements: [...present.statements, ...(before?.statements ?? [])],
    buyers: (done) => ({ present: present.buyers(done), before: before?.buyers(done) ?? 0 }),
    read: (done) => {
      const figures = present.read(done);
      return {
        currency: ctx.tenant.currency,
        ...figures,
        ...(before && changes(figures, before.read(done))),
        ...(comparison && { compared_with: comparedWith(comparison) }),
        as_of: ctx.now.toISOString(),
      };
    },
  };
}

const hasMonths = (interval: Interval): boolean => interval === "month" || interval === "year";

const periodFigures = (days: DayTotals[]) => ({
  sales: sumOf(days, "sales"),
  refunds: sumOf(days, "refunds"),
  units: unitsSold(days),
  revenue: sumOf(days, "revenue"),
});

/**
 * The figures of periods, compared with those of `before` by period. `growth_rate` is 100 * (revenue - previous) / |previous|, and
 * null in the first period and after one without revenue.
 */
export const seriesOf = (
  periods: Period<DayTotals>[],
  before: Map<string, DayTotals[]> | null,
): z.infer<typeof Series>["data"] =>
  periods.map(({ period, partial, rows }, nth) => {
    const figures = periodFigures(rows);
    const previous = sumOf(periods[nth - 1]?.rows ?? [], "revenue");
    return {
      period,
      partial,
      ...figures,
      growth_rate: previous === 0 ? null : ratio((100 * (figures.revenue - previous)) / Math.abs(previous)),
      ...(before && changes(figures, periodFigures(before.get(period) ?? []))),
    };
  });

/** Sales by day or a longer period. Reading throws Problem invalid if there are too many periods. */
export function daySeries(
  ctx: Ctx,
  query: z.infer<typeof SeriesQuery> & { interval: Interval },
): Plan<z.infer<typeof Series>> {
  const comparison = comparisonOf(ctx, query);
  const days = hasMonths(query.interval) ? monthTotals(ctx, query) : dayTotals(ctx, query);
  // Their days, because they count in the periods of their counterparts.
  const before = comparison && dayTotals(ctx, comparison.range);
  return {
    statements: [...days.statements, ...(before?.statements ?? [])],
    read: (done) => {
      const to = query.to ?? (comparison ? dayOf(ctx.now, ctx.tenant.timezone) : undefined);
      const periods = periodsOf(ctx, { from: query.from, to }, query.interval, days.read(done));
      const compared =
        comparison && before
          ? before.read(done).map((day) => ({ ...day, day: comparison.counterpart(day.day) }))
          : null;
      const byPeriod = compared && Map.groupBy(compared, ({ day }) => periodOf(day, query.interval));
      return {
        currency: ctx.tenant.currency,
        interval: query.interval,
        data: seriesOf(periods, byPeriod),
        ...(comparison && { compared_with: comparedWith(comparison) }),
        as_of: ctx.now.toISOString(),
      };
    },
  };
}

/** The columns of the summary as CSV. */
export const summaryColumns: CsvColumns<z.infer<typeof SalesSummary>["data"][number]> = {
  date: ({ date }, { word }) => word(date),
  num_sales: ({ num_sales }, { number }) => number(num_sales),
  total_sales: ({ total_sales }, { amount }) => amount(total_sales),
  currency: (_, { currency }) => currency(),
};

const byDay = (a: DayTotals, b: DayTotals): number => (a.day < b.day ? -1 : 1);

/** Sales and revenue per day. */
export function salesSummary(ctx: Ctx, range: Range): Plan<z.infer<typeof SalesSummary>> {
  const days = dayTotals(ctx, range);
  return {
    statements: days.statements,
    read: (done) => ({
      currency: ctx.tenant.currency,
      data: [...Map.groupBy(days.read(done).toSorted(byDay), ({ day }) => day)].map(([date, rows]) => ({
        date,
        num_sales: sumOf(rows, "sales"),
        total_sales: sumOf(rows, "revenue"),
      })),
      as_of: ctx.now.toISOString(),
    }),
  };
}
