// The distribution of sales by their number of lines and units.
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import type { Plan } from "../../platform/plan.ts";
import { dailyTables } from "../../rollups/daily-tables.ts";
import { BASKET_SIZES } from "../../rollups/expressions.ts";
import { mean, ratio } from "../../values/money.ts";
import { fromThousandths } from "../../values/quantities.ts";
import { changes, comparedWith, comparisonOf, type ComparisonQuery } from "../comparison/comparison.ts";
import type { Range } from "../days.ts";
import { sumBy, tableRows } from "../totals.ts";
import type { Baskets } from "./schema.ts";

const sizeRow = z.object({
  measure: z.enum(["lines", "units"]),
  size: z.number(),
  sales: z.number(),
  total_lines: z.number(),
  total_units: z.number(),
  revenue: z.number(),
});

type SizeRow = z.infer<typeof sizeRow>;

/** The rows by size, smallest first. */
function sizes(ctx: Ctx, range: Range): Plan<SizeRow[]> {
  const rows = tableRows(ctx, dailyTables.basketSizes, range, sizeRow);
  return {
    statements: rows.statements,
    read: (done) => sumBy(sizeRow, rows.read(done), ["measure", "size"]).toSorted((a, b) => a.size - b.size),
  };
}

// Each sale counts once by each measure.
function averages(rows: SizeRow[]) {
  const sales = rows.filter(({ measure }) => measure === "lines");
  const sumOf = (field: "sales" | "total_lines" | "total_units" | "revenue"): number =>
    sales.reduce((sum, each) => sum + each[field], 0);
  const number = sumOf("sales");
  const perSale = (total: number): number => (number === 0 ? 0 : ratio(total / number));
  return {
    sales: number,
    average_lines: perSale(sumOf("total_lines")),
    average_units: perSale(fromThousandths(sumOf("total_units"))),
    average_sale: mean(sumOf("revenue"), number),
  };
}

const classesOf = (rows: SizeRow[], measure: SizeRow["measure"], total: number) =>
  rows
    .filter((each) => each.measure === measure)
    .map(({ size, sales, revenue }) => {
      const next = BASKET_SIZES[BASKET_SIZES.indexOf(size) + 1];
      return {
        from: size,
        to: next === undefined ? null : next - 1,
        sales,
        share: ratio(sales / total),
        revenue,
      };
    });

/** Sales by their number of lines and units. */
export function baskets(ctx: Ctx, query: ComparisonQuery): Plan<z.infer<typeof Baskets>> {
  const comparison = comparisonOf(ctx, query);
  const present = sizes(ctx, query);
  const before = comparison && sizes(ctx, comparison.range);
  return {
    statements: [...present.statements, ...(before?.statements ?? [])],
    read: (done) => {
      const rows = present.read(done);
      const figures = averages(rows);
      return {
        currency: ctx.tenant.currency,
        ...figures,
        ...(before && changes(figures, averages(before.read(done)))),
        lines: classesOf(rows, "lines", figures.sales),
        units: classesOf(rows, "units", figures.sales),
        ...(comparison && { compared_with: comparedWith(comparison) }),
        as_of: ctx.now.toISOString(),
      };
    },
  };
}
