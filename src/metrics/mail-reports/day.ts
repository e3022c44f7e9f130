// The figures of a day for the daily summary.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import { runPlan } from "../../platform/plan.ts";
import { addDays } from "../../values/days.ts";
import { quantityColumn } from "../../values/quantities.ts";
import { kpis } from "../figures.ts";
import { productPage, rankProducts } from "../rankings/top-products.ts";
import { sellerDashboard } from "../staff/sellers.ts";

const ROWS = 5;
const MAX_LISTED = 10;

const lowRow = z.object({
  title: z.string(),
  sku: z.string(),
  stock: quantityColumn,
  threshold: quantityColumn,
});

const differenceRow = z.object({ name: z.string(), difference: z.number() });

const waitingRow = z.object({ orders: z.number(), total: z.number() });

/**
 * The figures of a day, with those of the same weekday before, and what needs attention now; null if nothing was sold or refunded and
 * no drawer was off. At most three round trips.
 */
export async function dayOfShop(ctx: ActorCtx, day: string) {
  const tenantId = ctx.tenant.id;
  const before = addDays(day, -7);
  const range = { from: day, to: day, compare: "none", align: "date" } as const;
  const figures = kpis(ctx, range);
  const earlier = kpis(ctx, { ...range, from: before, to: before });
  const products = rankProducts(ctx, { ...range, sort: "revenue", limit: ROWS });
  const staff = sellerDashboard(ctx, range);
  // One more than is listed, to say that there are more.
  const low = returning(
    lowRow,
    sql`SELECT title, sku, stock, low_stock_threshold AS threshold FROM products INDEXED BY products_low_stock
      WHERE tenant_id = ${tenantId} AND stock <= low_stock_threshold AND is_active = 1 ORDER BY id LIMIT ${MAX_LISTED + 1}`,
  );
  // Of the shifts that began on this day: a shift belongs to the day of its start.
  const differences = returning(
    differenceRow,
    sql`SELECT u.first_name || ' ' || u.last_name AS name, h.z_report ->> 'difference' AS difference
      FROM shifts h INDEXED BY shifts_day CROSS JOIN users u ON u.tenant_id = h.tenant_id AND u.id = h.user_id
      WHERE h.tenant_id = ${tenantId} AND h.day = ${day} AND coalesce(h.z_report ->> 'difference', 0) <> 0 ORDER BY h.start_at`,
  );
  const waiting = returning(
    waitingRow,
    sql`SELECT count(*) AS orders, coalesce(sum(total), 0) AS total FROM sales INDEXED BY sales_unfinished
      WHERE tenant_id = ${tenantId} AND status <> 'completed' AND status = 'pending'`,
  );
  const plans = [figures, earlier, products, staff];
  const read = await runPlan(ctx, {
    statements: [...plans.flatMap(({ statements }) => statements), low, differences, waiting],
    read: (done) => ({
      figures: figures.read(done),
      earlier: earlier.read(done),
      products: products.read(done),
      sellers: staff
        .read(done)
        .sellers.filter(({ orders, revenue }) => orders > 0 || revenue !== 0)
        .slice(0, ROWS),
      low: done.of(low).slice(0, MAX_LISTED),
      isMoreLow: done.of(low).length > MAX_LISTED,
      differences: done.of(differences),
      waiting: done.of(waiting)[0] ?? { orders: 0, total: 0 },
    }),
  });
  const { sales, refunds } = read.figures;
  if (sales === 0 && refunds === 0 && read.differences.length === 0) return null;
  return { day, before, ...read, products: (await runPlan(ctx, productPage(ctx, read.products))).data };
}

export type Day = NonNullable<Awaited<ReturnType<typeof dayOfShop>>>;
