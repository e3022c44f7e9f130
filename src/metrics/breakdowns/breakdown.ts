// Sales by channel, payment method, category, reason of the refund, or hour of the week.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { returning, type Returning } from "../../platform/d1.ts";
import type { Plan } from "../../platform/plan.ts";
import type { DailyTable } from "../../rollups/daily-table.ts";
import { dailyTables } from "../../rollups/daily-tables.ts";
import { csvCell } from "../../values/csv.ts";
import { ratio } from "../../values/money.ts";
import { fromThousandths } from "../../values/quantities.ts";
import { changes, comparedWith, comparisonOf } from "../comparison/comparison.ts";
import type { Range } from "../days.ts";
import { productDays } from "../rankings/top-products.ts";
import { sumsBy } from "../totals.ts";
import type { Breakdown, BreakdownQuery } from "./schema.ts";

type Query = z.infer<typeof BreakdownQuery>;

const row = z.object({
  key: z.union([z.string(), z.number()]).nullable(),
  sales: z.number().nullable().default(null),
  refunds: z.number().nullable().default(null),
  // Thousandths
  units: z.number().nullable().default(null),
  revenue: z.number(),
});

type Row = z.infer<typeof row>;

/** The key is unknown, or there is none, where it is ''. */
const byKey = (ctx: Ctx, table: DailyTable, range: Range, key: string, columns: string[]): Returning<Row> =>
  returning(
    row,
    sql`SELECT nullif(${sql.raw(key)}, '') AS key, ${sql.raw(columns.join(", "))}
      FROM (${sumsBy(ctx, table, range, [key], columns)})`,
  );

const HOURS = 24;

// A number from 0, for Monday at midnight.
const hourOfWeek = (ctx: Ctx, range: Range): Returning<Row> =>
  returning(
    row,
    sql`SELECT ${HOURS} * (weekday - 1) + hour AS key, sum(sales) AS sales, sum(refunds) AS refunds, sum(units) AS units, sum(revenue) AS revenue
      FROM (${sumsBy(ctx, dailyTables.hours, range, ["weekday", "hour"], ["sales", "refunds", "units", "revenue"])}) GROUP BY 1`,
  );

// A sale with two products of a category is one sale, which the totals of products do not tell.
const categories = (ctx: Ctx, range: Range): Returning<Row> =>
  returning(
    row,
    sql`SELECT p.category AS key, CAST(total(f.units) AS INTEGER) AS units, CAST(total(f.revenue) AS INTEGER) AS revenue
      FROM (SELECT product_id, total(units) AS units, total(revenue) AS revenue FROM (${productDays(ctx, range)}) GROUP BY product_id) f
      CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id} AND p.id = f.product_id GROUP BY p.category`,
  );

const rowsBy: Record<Query["by"], (ctx: Ctx, range: Range) => Returning<Row>> = {
  channel: (ctx, range) =>
    byKey(ctx, dailyTables.channels, range, "channel", ["sales", "refunds", "units", "revenue"]),
  payment_method: (ctx, range) =>
    byKey(ctx, dailyTables.payments, range, "method", ["sales", "refunds", "revenue"]),
  refund_reason: (ctx, range) =>
    byKey(ctx, dailyTables.refundReasons, range, "reason", ["refunds", "units", "revenue"]),
  category: categories,
  hour_of_week: hourOfWeek,
};

const NOTHING: Row = { key: null, sales: 0, refunds: 0, units: 0, revenue: 0 };

/** Nothing, in the figures that the other row has. */
const nothingLike = (other: Row): Row => ({
  ...NOTHING,
  sales: other.sales === null ? null : 0,
  refunds: other.refunds === null ? null : 0,
  units: other.units === null ? null : 0,
});

const figuresOf = ({ sales, refunds, units, revenue }: Row, total: number) => ({
  sales,
  refunds,
  units: units === null ? null : fromThousandths(units),
  revenue,
  share: total === 0 ? 0 : ratio(revenue / total),
});

const wholeWeek = (rows: Row[]): Row[] => {
  const byHour = new Map(rows.map((each) => [each.key, each]));
  return Array.from({ length: 7 * HOURS }, (_, hour) => byHour.get(hour) ?? { ...NOTHING, key: hour });
};

const inOrder = (rows: Row[], by: Query["by"]): Row[] => {
  if (by === "hour_of_week") return wholeWeek(rows);
  const sign = by === "refund_reason" ? -1 : 1;
  return rows.toSorted(
    (a, b) => sign * (b.revenue - a.revenue) || (String(a.key ?? "") < String(b.key ?? "") ? -1 : 1),
  );
};

function nameOf(key: Row["key"]) {
  if (typeof key !== "number") return { key };
  const [weekday, hour] = [Math.floor(key / HOURS) + 1, key % HOURS];
  return { key: `${weekday} ${String(hour).padStart(2, "0")}`, weekday, hour };
}

const totalOf = (rows: Row[]): number => rows.reduce((sum, { revenue }) => sum + revenue, 0);

/** Sales by one attribute. By category it reads the totals of each product and day, like the ranking of products. */
export function breakdown(ctx: Ctx, query: Omit<Query, "format">): Plan<z.infer<typeof Breakdown>> {
  const comparison = comparisonOf(ctx, query);
  const present = rowsBy[query.by](ctx, query);
  const before = comparison && rowsBy[query.by](ctx, comparison.range);
  return {
    statements: before ? [present, before] : [present],
    read: (done) => {
      const rows = done.of(present);
      const earlier = before ? done.of(before) : [];
      const earlierByKey = new Map(earlier.map((each) => [each.key, each]));
      const [total, totalBefore] = [totalOf(rows), totalOf(earlier)];
      return {
        currency: ctx.tenant.currency,
        by: query.by,
        data: inOrder(rows, query.by).map((each) => {
          const figures = figuresOf(each, total);
          return {
            ...nameOf(each.key),
            ...figures,
            ...(before &&
              changes(figures, figuresOf(earlierByKey.get(each.key) ?? nothingLike(each), totalBefore))),
          };
        }),
        ...(comparison && { compared_with: comparedWith(comparison) }),
        as_of: ctx.now.toISOString(),
      };
    },
  };
}

const COLUMNS = ["sales", "refunds", "units", "revenue", "share"] as const;

export const BREAKDOWN_COLUMNS = ["key", ...COLUMNS].join(",");

/** The rows as CSV, without the comparison. */
export const breakdownCsv = ({ data }: z.infer<typeof Breakdown>): string =>
  [
    BREAKDOWN_COLUMNS,
    ...data.map((each) =>
      [csvCell(each.key ?? ""), ...COLUMNS.map((column) => each[column] ?? "")].join(","),
    ),
    "",
  ].join("\r\n");
