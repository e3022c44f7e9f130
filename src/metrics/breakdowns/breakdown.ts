// Sales by channel, payment method, category, reason of the refund, or hour of the week.
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import type { Plan } from "../../platform/plan.ts";
import type { DailyTable } from "../../rollups/daily-table.ts";
import { dailyTables } from "../../rollups/daily-tables.ts";
import type { CsvColumns } from "../../values/csv.ts";
import { ratio } from "../../values/money.ts";
import { fromThousandths } from "../../values/quantities.ts";
import { changes, comparedWith, comparisonOf } from "../comparison/comparison.ts";
import type { Range } from "../days.ts";
import { categoriesOf, numberedCategories } from "../rankings/categories.ts";
import { isSold, type ProductTotals, productTotals, toProduct } from "../rankings/top-products.ts";
import type { Totals } from "../rankings/totals.ts";
import { tableRows } from "../totals.ts";
import type { Breakdown, BreakdownQuery } from "./schema.ts";

type Query = z.infer<typeof BreakdownQuery>;

type Row = {
  key: string | number | null;
  sales: number | null;
  refunds: number | null;
  /** Thousandths */
  units: number | null;
  revenue: number;
};

const keyedRow = z.object({
  channel: z.string().optional(),
  method: z.string().optional(),
  reason: z.string().optional(),
  weekday: z.number().optional(),
  hour: z.number().optional(),
  sales: z.number().optional(),
  refunds: z.number().optional(),
  units: z.number().optional(),
  revenue: z.number().optional(),
});

type Keyed = z.infer<typeof keyedRow>;

type Rows = Plan<Row[]>;

const FIGURES = ["sales", "refunds", "units", "revenue"] as const;

type Column = (typeof FIGURES)[number];

/** The rows of a daily table by a key of each of its rows. */
function byKey(
  ctx: Ctx,
  table: DailyTable,
  range: Range,
  columns: Column[],
  keyOf: (row: Keyed) => Row["key"],
): Rows {
  const rows = tableRows(ctx, table, range, keyedRow, { columns });
  return {
    statements: rows.statements,
    read: (done) => {
      const sums = new Map<Row["key"], Row>();
      for (const found of rows.read(done)) {
        const key = keyOf(found);
        const sum = sums.get(key) ?? { key, sales: null, refunds: null, units: null, revenue: 0 };
        for (const column of columns) sum[column] = (sum[column] ?? 0) + (found[column] ?? 0);
        sums.set(key, sum);
      }
      return [...sums.values()];
    },
  };
}

/** The key is unknown, or there is none, where it is ''. */
const byText =
  (table: DailyTable, column: "channel" | "method" | "reason", columns: Column[]) =>
  (ctx: Ctx) =>
  (range: Range): Rows =>
    byKey(ctx, table, range, columns, (found) => found[column] || null);

const HOURS = 24;

// A number from 0, for Monday at midnight.
const hourOfWeek = (ctx: Ctx, range: Range): Rows =>
  byKey(
    ctx,
    dailyTables.hours,
    range,
    [...FIGURES],
    ({ weekday = 1, hour = 0 }) => HOURS * (weekday - 1) + hour,
  );

// A sale with two products of a category is one sale, which the totals of products do not tell.
function categories(ctx: Ctx): (range: Range) => Rows {
  // The range and the one before it read the categories once.
  const numbered = numberedCategories(ctx);
  return (range) => {
    const products = productTotals(ctx, range);
    const known = categoriesOf(ctx, range, numbered);
    return {
      statements: [...products.statements, ...known.statements],
      read: (done) => byCategory(products.read(done), known.read(done)),
    };
  };
}

function byCategory(products: Totals[], categoryOf: (key: number | string) => string | null): Row[] {
  return [...Map.groupBy(products, ([key]) => categoryOf(key))].flatMap(([key, all]) => {
    const sold = all.map(toProduct).filter(isSold);
    const [units, revenue] = [sum(sold, "units"), sum(sold, "revenue")];
    return sold.length === 0 ? [] : [{ key, sales: null, refunds: null, units, revenue }];
  });
}

const sum = (products: ProductTotals[], column: "units" | "revenue"): number =>
  products.reduce((total, { [column]: value }) => total + value, 0);

const rowsBy: Record<Query["by"], (ctx: Ctx) => (range: Range) => Rows> = {
  channel: byText(dailyTables.channels, "channel", ["sales", "refunds", "units", "revenue"]),
  payment_method: byText(dailyTables.payments, "method", ["sales", "refunds", "revenue"]),
  refund_reason: byText(dailyTables.refundReasons, "reason", ["refunds", "units", "revenue"]),
  category: categories,
  hour_of_week: (ctx) => (range) => hourOfWeek(ctx, range),
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

/** Sales by one attribute. */
export function breakdown(ctx: Ctx, query: Omit<Query, "format">): Plan<z.infer<typeof Breakdown>> {
  const comparison = comparisonOf(ctx, query);
  const rowsIn = rowsBy[query.by](ctx);
  const present = rowsIn(query);
  const before = comparison && rowsIn(comparison.range);
  return {
    statements: [...new Set([...present.statements, ...(before?.statements ?? [])])],
    read: (done) => {
      const rows = present.read(done);
      const earlier = before ? before.read(done) : [];
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

/** The columns of the rows as CSV, without the comparison. */
export const breakdownColumns: CsvColumns<z.infer<typeof Breakdown>["data"][number]> = {
  key: ({ key }, { text }) => text(key),
  sales: ({ sales }, { number }) => number(sales),
  refunds: ({ refunds }, { number }) => number(refunds),
  units: ({ units }, { number }) => number(units),
  revenue: ({ revenue }, { amount }) => amount(revenue),
  share: ({ share }, { number }) => number(share),
  currency: (_, { currency }) => currency(),
};
