// The ETL runs hourly, so that it soon follows midnight in every time zone, each minute for busy shops, and on request, with one queue
// message per shop. products.sold and recommendations follow at night, after an import and on request.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base, Ctx } from "../platform/context.ts";
import { returning, sqlBoolean } from "../platform/d1.ts";
import { sendAll } from "../platform/send-all.ts";
import { shopsWithUnbuiltMonths } from "./months.ts";
import { shopsWithUnbuiltTimelines } from "./build-timelines.ts";
import type { RollupStatus } from "./schema.ts";
import { firstUnbuilt, joinBuilt } from "./unbuilt.ts";

/** Rebuilds the daily tables of a shop; `products` requests a ProductJob afterwards. */
export const RollupJob = z.object({
  kind: z.literal("rollup"),
  tenant_id: z.string(),
  products: z.boolean(),
});
export type RollupJob = z.infer<typeof RollupJob>;

/** Updates products.sold and recommendations of a shop. Its neighbours are complete up to the id `products_after`, "" at the start. */
export const ProductJob = z.object({
  kind: z.literal("product-counts"),
  tenant_id: z.string(),
  products_after: z.string(),
});
export type ProductJob = z.infer<typeof ProductJob>;

const shopRow = z.object({ tenant_id: z.string() });

const rollupJob = (tenant_id: string, products: boolean): RollupJob => ({
  kind: "rollup",
  tenant_id,
  products,
});

/** Sends one message for each shop with dirty days, and records when each day was first requested. One round trip. */
export async function queueRollups(ctx: Base): Promise<void> {
  const shops = returning(
    shopRow,
    sql`SELECT tenant_id FROM dirty_days UNION ${shopsWithUnbuiltMonths(ctx.now)}
      UNION ${shopsWithUnbuiltTimelines(ctx.now)}`,
  );
  const done = await ctx.db.batch([
    sql`UPDATE dirty_days SET asked_at = ${ctx.now.toISOString()} WHERE asked_at IS NULL`,
    shops,
  ]);
  await sendAll(
    ctx.env.ROLLUPS,
    done.of(shops).map(({ tenant_id }) => rollupJob(tenant_id, false)),
  );
}

const MARKS_PER_PAGE = 1_000;
// Fewer sales are cheaper to read than to build each minute.
const LAGGING_SALES = 50;

const isLagging = (sales: SQL): SQL =>
  sql`(SELECT count(*) FROM (${sales} LIMIT ${LAGGING_SALES})) = ${LAGGING_SALES}`;

const lagRow = z.object({ tenant_id: z.string(), day: z.string(), is_due: sqlBoolean });

/**
 * Sends one message for each shop with a day that lacks many sales, or that needs a rebuild while no import is running, which
 * rebuilds its days at its end. One round trip for each thousand dirty days, which reads up to fifty sales of each.
 */
export async function queueLaggingRollups(ctx: Base): Promise<void> {
  const hasImport = sql`m.tenant_id IN (SELECT tenant_id FROM imports INDEXED BY imports_open WHERE finished_at IS NULL)`;
  const missing = sql`SELECT 1 FROM sales s INDEXED BY sales_day WHERE s.tenant_id = m.tenant_id AND s.day = m.day
    AND (s.placed_at, s.id) >= (${firstUnbuilt}) AND s.status = 'completed'`;
  const late = sql`SELECT 1 FROM late_sales x WHERE x.tenant_id = m.tenant_id AND x.day = m.day`;
  for (let last = { tenant_id: "", day: "" }; ;) {
    const page = await ctx.db.all(
      lagRow,
      sql`SELECT m.tenant_id, m.day,
          iif(m.needs_rebuild, NOT ${hasImport}, ${isLagging(missing)} OR ${isLagging(late)}) AS is_due
        FROM dirty_days m ${joinBuilt} WHERE (m.tenant_id, m.day) > (${last.tenant_id}, ${last.day})
        ORDER BY m.tenant_id, m.day LIMIT ${MARKS_PER_PAGE}`,
    );
    const shops = new Set(page.filter(({ is_due }) => is_due).map(({ tenant_id }) => tenant_id));
    await sendAll(
      ctx.env.ROLLUPS,
      [...shops].map((tenantId) => rollupJob(tenantId, false)),
    );
    const end = page.at(-1);
    if (!end || page.length < MARKS_PER_PAGE) return;
    last = end;
  }
}

/** Sends one message for each shop whose daily tables or product statistics are out of date. One round trip. */
export async function queueNightlyRollups(ctx: Base): Promise<void> {
  const shops = await ctx.db.all(
    shopRow,
    sql`SELECT tenant_id FROM dirty_days UNION SELECT tenant_id FROM dirty_product_days
      UNION ${shopsWithUnbuiltMonths(ctx.now)}`,
  );
  await sendAll(
    ctx.env.ROLLUPS,
    shops.map(({ tenant_id }) => rollupJob(tenant_id, true)),
  );
}

/** Sends the message for one shop, or the one that continues it. */
export async function queueRollup(ctx: Base, job: RollupJob): Promise<void> {
  await ctx.env.ROLLUPS.send(job);
}

/** Sends the message that updates a shop's product statistics, or the one that continues it. */
export async function queueProducts(ctx: Base, job: ProductJob): Promise<void> {
  await ctx.env.ROLLUPS.send(job);
}

const runRow = z.object({ started_at: z.string(), finished_at: z.string(), days: z.number() });

/** The days that are out of date, and the last run. One round trip. */
export async function rollupStatus(ctx: Ctx): Promise<z.infer<typeof RollupStatus>> {
  const [row] = await ctx.db.all(
    z.object({ days: z.string(), product_days: z.number(), run: z.string().nullable() }),
    sql`SELECT
      (SELECT json_group_array(day ORDER BY day) FROM dirty_days WHERE tenant_id = ${ctx.tenant.id}) AS days,
      (SELECT count(*) FROM dirty_product_days WHERE tenant_id = ${ctx.tenant.id}) AS product_days,
      (SELECT json_object('started_at', started_at, 'finished_at', finished_at, 'days', days) FROM rollup_runs
        WHERE tenant_id = ${ctx.tenant.id}) AS run`,
  );
  return {
    dirty_days: z.array(z.string()).parse(JSON.parse(row?.days ?? "[]")),
    product_days: row?.product_days ?? 0,
    last_run: row?.run ? runRow.parse(JSON.parse(row.run)) : null,
  };
}
