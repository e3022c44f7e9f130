// New and returning customers of a range.
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import type { Plan } from "../../platform/plan.ts";
import { dailyTables } from "../../rollups/daily-tables.ts";
import { changes, comparisonOf } from "../comparison/comparison.ts";
import type { Range } from "../days.ts";
import { kpis } from "../figures.ts";
import { sumBy, tableRows } from "../totals.ts";
import type { Customers, CustomersQuery } from "./schema.ts";

const sumsRow = z.object({ revenue: z.number(), first_sales: z.number(), first_revenue: z.number() });

const NOTHING: z.infer<typeof sumsRow> = { revenue: 0, first_sales: 0, first_revenue: 0 };

const firstSales = (ctx: Ctx, range: Range) =>
  tableRows(ctx, dailyTables.cohorts, range, sumsRow, {
    columns: ["revenue", "first_sales", "first_revenue"],
  });

/** Of all customers, those who bought something, and the whole revenue, what belongs to first sales. */
const figuresOf = (
  all: { customers: number; total_revenue: number },
  buyers: number,
  rows: z.infer<typeof sumsRow>[],
) => {
  const [sums = NOTHING] = sumBy(sumsRow, rows, []);
  return {
    customers: all.customers,
    new_customers: sums.first_sales,
    returning_customers: buyers - sums.first_sales,
    new_revenue: sums.first_revenue,
    returning_revenue: sums.revenue - sums.first_revenue,
    anonymous_revenue: all.total_revenue - sums.revenue,
  };
};

/** New and returning customers, and what was sold to them. `all` are the key figures of the same query. */
export function customers(
  ctx: Ctx,
  query: z.infer<typeof CustomersQuery>,
  all = kpis(ctx, query),
): Plan<z.infer<typeof Customers>> {
  const comparison = comparisonOf(ctx, query);
  const present = firstSales(ctx, query);
  const before = comparison && firstSales(ctx, comparison.range);
  return {
    statements: [...all.statements, ...present.statements, ...(before?.statements ?? [])],
    read: (done) => {
      const { currency, compared_with, as_of, ...totals } = all.read(done);
      const buyers = all.buyers(done);
      const figures = figuresOf(totals, buyers.present, present.read(done));
      return {
        currency,
        ...figures,
        ...(before &&
          totals.before &&
          changes(figures, figuresOf(totals.before, buyers.before, before.read(done)))),
        ...(compared_with && { compared_with }),
        as_of,
      };
    },
  };
}
