// Customers by the month of their first sale, and what they bought in each month since.
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import type { Plan } from "../../platform/plan.ts";
import { invalid } from "../../platform/problem.ts";
import { dailyTables } from "../../rollups/daily-tables.ts";
import { addDays, addMonths, dayOf, nextPeriod, periodOf } from "../../values/days.ts";
import { ratio } from "../../values/money.ts";
import type { CsvColumns } from "../../values/csv.ts";
import { sumBy, tableRows } from "../totals.ts";
import type { Cohorts, CohortsQuery } from "./schema.ts";

const DEFAULT_MONTHS = 12;
const MAX_MONTHS = 36;

const cohortRow = z.object({
  day: z.string(),
  cohort: z.string(),
  active: z.number(),
  first_sales: z.number(),
  sales: z.number(),
  revenue: z.number(),
});

const COLUMNS = ["active", "first_sales", "sales", "revenue"];

const monthOf = (day: string): string => day.slice(0, 7);

/** The first days of the months from one to another. */
function monthsBetween(first: string, last: string): string[] {
  const months: string[] = [];
  for (let month = first; month <= last; month = nextPeriod(month, "month")) months.push(month);
  return months;
}

/** The first days of the first and last month of the query. @throws Problem invalid for more than 36 months */
function boundsOf(ctx: Ctx, query: z.infer<typeof CohortsQuery>): [string, string] {
  const today = dayOf(ctx.now, ctx.tenant.timezone);
  const to = query.to !== undefined && query.to < today ? query.to : today;
  const last = periodOf(to, "month");
  const first =
    query.from === undefined ? addMonths(last, 1 - DEFAULT_MONTHS) : periodOf(query.from, "month");
  if (addMonths(first, MAX_MONTHS) <= last)
    throw invalid([{ pointer: "#/query/from", detail: `the range must not exceed ${MAX_MONTHS} months` }]);
  return [first, last];
}

/** The cohorts of up to 36 months. @throws Problem invalid */
export function cohorts(ctx: Ctx, query: z.infer<typeof CohortsQuery>): Plan<z.infer<typeof Cohorts>> {
  const [first, last] = boundsOf(ctx, query);
  const months = monthsBetween(first, last).map(monthOf);
  const range = { from: first, to: addDays(nextPeriod(last, "month"), -1) };
  const rows = tableRows(ctx, dailyTables.cohorts, range, cohortRow, { columns: COLUMNS });
  return {
    statements: rows.statements,
    read: (done) => {
      const found = sumBy(
        cohortRow,
        rows.read(done).map((row) => ({ ...row, day: monthOf(row.day) })),
        ["cohort", "day"],
      ).filter(({ cohort }) => cohort >= monthOf(first));
      const byCohort = Map.groupBy(found, ({ cohort }) => cohort);
      const data = [...byCohort]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([cohort, ofCohort]) => {
          const byMonth = new Map(ofCohort.map((row) => [row.day, row]));
          const customers = byMonth.get(cohort)?.first_sales ?? 0;
          return {
            cohort,
            customers,
            months: months
              .filter((month) => month >= cohort)
              .map((month) => {
                const { active = 0, sales = 0, revenue = 0 } = byMonth.get(month) ?? {};
                const retention = customers === 0 ? 0 : ratio(active / customers);
                return { month, active, retention, sales, revenue };
              }),
          };
        });
      return { currency: ctx.tenant.currency, data, as_of: ctx.now.toISOString() };
    },
  };
}

type CohortMonth = z.infer<typeof Cohorts>["data"][number]["months"][number] & {
  cohort: string;
  customers: number;
};

/** The columns of the CSV, which has one line for each cohort and month. */
export const cohortColumns: CsvColumns<CohortMonth> = {
  cohort: ({ cohort }, { word }) => word(cohort),
  customers: ({ customers }, { number }) => number(customers),
  month: ({ month }, { word }) => word(month),
  active: ({ active }, { number }) => number(active),
  retention: ({ retention }, { number }) => number(retention),
  sales: ({ sales }, { number }) => number(sales),
  revenue: ({ revenue }, { amount }) => amount(revenue),
  currency: (_, { currency }) => currency(),
};

/** The rows of the CSV. */
export const cohortMonths = ({ data }: z.infer<typeof Cohorts>): CohortMonth[] =>
  data.flatMap(({ cohort, customers, months }) => months.map((month) => ({ cohort, customers, ...month })));
