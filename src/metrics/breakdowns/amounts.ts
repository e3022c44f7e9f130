// The amounts of a range: what was sold, refunded and taken off, the tax, and the gross margin.
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import type { BatchResult } from "../../platform/d1.ts";
import type { Plan } from "../../platform/plan.ts";
import type { DailyTable } from "../../rollups/daily-table.ts";
import { dailyTables } from "../../rollups/daily-tables.ts";
import { ratio } from "../../values/money.ts";
import { changes, comparedWith, comparisonOf, type ComparisonQuery } from "../comparison/comparison.ts";
import type { Range } from "../days.ts";
import { sumBy, tableRows } from "../totals.ts";
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

const NO_AMOUNTS = { sold: 0, refunded: 0, tax: 0, discounts: 0, discounted_sales: 0, rounding: 0 };
const NO_MARGIN = { net: 0, known_net: 0, cost: 0 };

/** The figures that follow from the sums of a table without keys, compared. */
function figuresOf<S extends Record<string, number>, F extends Record<string, number | null>>(
  ctx: Ctx,
  query: ComparisonQuery,
  table: DailyTable,
  shape: z.ZodType<S>,
  nothing: S,
  measure: (sums: S) => F,
) {
  const sumsIn = (range: Range) => tableRows(ctx, table, range, shape);
  const sumOf = (rows: S[]): S => sumBy(shape, rows, [])[0] ?? nothing;
  const comparison = comparisonOf(ctx, query);
  const present = sumsIn(query);
  const before = comparison && sumsIn(comparison.range);
  return {
    statements: [...present.statements, ...(before?.statements ?? [])],
    read: (done: BatchResult) => {
      const figures = measure(sumOf(present.read(done)));
      return {
        currency: ctx.tenant.currency,
        ...figures,
        ...(before && changes(figures, measure(sumOf(before.read(done))))),
        ...(comparison && { compared_with: comparedWith(comparison) }),
        as_of: ctx.now.toISOString(),
      };
    },
  };
}

/** What was sold and refunded, with tax and discounts. */
export const amounts = (ctx: Ctx, query: ComparisonQuery): Plan<z.infer<typeof Amounts>> =>
  figuresOf(ctx, query, dailyTables.amounts, amountsRow, NO_AMOUNTS, (sums) => {
    const revenue = sums.sold - sums.refunded;
    return { ...sums, revenue, net: revenue - sums.tax };
  });

const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : ratio(part / whole));

/** The gross margin of what was sold with a known cost. */
export const margin = (ctx: Ctx, query: ComparisonQuery): Plan<z.infer<typeof Margin>> =>
  figuresOf(ctx, query, dailyTables.margins, marginRow, NO_MARGIN, (sums) => {
    const { net, known_net, cost } = sums;
    const profit = known_net - cost;
    return {
      ...sums,
      margin: profit,
      margin_percent: shareOf(100 * profit, known_net),
      coverage: shareOf(known_net, net),
    };
  });
