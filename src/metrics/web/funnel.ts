// From carts to orders. Carts and their lines are counted by the day on which the cart was started.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import type { Plan } from "../../platform/plan.ts";
import { dailyTables } from "../../rollups/daily-tables.ts";
import { ratio } from "../../values/money.ts";
import { changes, comparedWith, comparisonOf, type ComparisonQuery } from "../comparison/comparison.ts";
import { inRange, type Range } from "../days.ts";
import { tableRows } from "../totals.ts";
import type { Funnel } from "./schema.ts";

const cartsRow = z.object({ started: z.number(), ordered: z.number() });
const paidRow = z.object({ channel: z.string(), sales: z.number(), revenue: z.number() });
const originRow = z.object({ origin: z.string().nullable(), added: z.number(), ordered: z.number() });

const conversionOf = (ordered: number, all: number): number | null =>
  all === 0 ? null : ratio(ordered / all);

function readsOf(ctx: Ctx, range: Range) {
  const carts = returning(
    cartsRow,
    sql`SELECT CAST(total(started) AS INTEGER) AS started, CAST(total(ordered) AS INTEGER) AS ordered FROM (
        SELECT started, ordered FROM daily_carts WHERE tenant_id = ${ctx.tenant.id} ${inRange("day", range)}
        UNION ALL SELECT carts_started, carts_ordered FROM daily_cart_lines
          WHERE tenant_id = ${ctx.tenant.id} ${inRange("day", range)})`,
  );
  const paid = tableRows(ctx, dailyTables.channels, range, paidRow, { columns: ["sales", "revenue"] });
  return { carts, paid };
}

const figuresOf = (
  [carts = { started: 0, ordered: 0 }]: z.infer<typeof cartsRow>[],
  channels: z.infer<typeof paidRow>[],
) => {
  const paid = channels.filter(({ channel }) => channel === "online");
  const sumOf = (column: "sales" | "revenue"): number => paid.reduce((sum, row) => sum + row[column], 0);
  return {
    ...carts,
    abandoned: carts.started - carts.ordered,
    conversion: conversionOf(carts.ordered, carts.started),
    paid: sumOf("sales"),
    paid_revenue: sumOf("revenue"),
  };
};

/** Carts, orders and paid orders, and what was put into these carts by its origin. */
export function funnel(ctx: Ctx, query: ComparisonQuery): Plan<z.infer<typeof Funnel>> {
  const comparison = comparisonOf(ctx, query);
  const present = readsOf(ctx, query);
  const before = comparison && readsOf(ctx, comparison.range);
  const origins = returning(
    originRow,
    sql`SELECT nullif(origin, '') AS origin, sum(added) AS added, sum(ordered) AS ordered FROM daily_cart_lines
      WHERE tenant_id = ${ctx.tenant.id} ${inRange("day", query)} GROUP BY 1 ORDER BY 2 DESC, 1`,
  );
  return {
    statements: [
      origins,
      ...[present, before].flatMap((each) => (each ? [each.carts, ...each.paid.statements] : [])),
    ],
    read: (done) => {
      const figures = figuresOf(done.of(present.carts), present.paid.read(done));
      return {
        currency: ctx.tenant.currency,
        ...figures,
        ...(before && changes(figures, figuresOf(done.of(before.carts), before.paid.read(done)))),
        origins: done
          .of(origins)
          .map((each) => ({ ...each, conversion: conversionOf(each.ordered, each.added) })),
        ...(comparison && { compared_with: comparedWith(comparison) }),
        as_of: ctx.now.toISOString(),
      };
    },
  };
}
