// The amounts of a range: what was sold, refunded and taken off, the tax, and the gross margin.
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { type BatchResult, returning } from "../../platform/d1.ts";
import type { Plan } from "../../platform/plan.ts";
import type { DailyTable } from "../../rollups/daily-table.ts";
import { dailyTables } from "../../rollups/daily-tables.ts";
import { ratio } from "../../values/money.ts";
import { changes, comparedWith, comparisonOf, type ComparisonQuery } from "../comparison/comparison.ts";
import type { Range } from "../days.ts";
import { sumsBy } from "../totals.ts";
import type { Amounts, Margin } from "./schema.ts";

const amountsRow = z.object({
  sold: z.number(),
  refunded: z.number(),
  tax: z.number(),
  discounts: z.number(),
  discounted_sales: z.number(),
  rounding: z.number(),
});

const marginRow = z.object({ net: z.number(), known_net: z.number(), cost: z.number() });

/** The figures that follow from the sums of a table without keys, compared. */
function figuresOf<S, F extends Record<string, number | null>>(
  ctx: Ctx,
  query: ComparisonQuery,
  table: DailyTable,
  shape: z.ZodType<S>,
  measure: (sums: S) => F,
) {
  const sumsIn = (range: Range) => returning(shape, sumsBy(ctx, table, range, [], Object.keys(table.sums)));
  const comparison = comparisonOf(ctx, query);
  const present = sumsIn(query);
  const before = comparison && sumsIn(comparison.range);
  return {
    statements: before ? [present, before] : [present],
    read: (done: BatchResult) => {
      const figures = measure(only(done.of(present)));
      return {
        currency: ctx.tenant.currency,
        ...figures,
        ...(before && changes(figures, measure(only(done.of(before))))),
        ...(comparison && { compared_with: comparedWith(comparison) }),
        as_of: ctx.now.toISOString(),
      };
    },
  };
}

/** The one row of sums without keys. */
function only<S>([row]: S[]): S {
  if (row === undefined) throw new Error("the sums have no row");
  return row;
}

/** What was sold and refunded, with tax and discounts. */
export const amounts = (ctx: Ctx, query: ComparisonQuery): Plan<z.infer<typeof Amounts>> =>
  figuresOf(ctx, query, dailyTables.amounts, amountsRow, (sums) => {
    const revenue = sums.sold - sums.refunded;
    return { ...sums, revenue, net: revenue - sums.tax };
  });

const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : ratio(part / whole));

/** The gross margin of what was sold with a known cost. */
export const margin = (ctx: Ctx, query: ComparisonQuery): Plan<z.infer<typeof Margin>> =>
  figuresOf(ctx, query, dailyTables.margins, marginRow, (sums) => {
    const { net, known_net, cost } = sums;
    const profit = known_net - cost;
    return {
      ...sums,
      margin: profit,
      margin_percent: shareOf(100 * profit, known_net),
      coverage: shareOf(known_net, net),
    };
  });
