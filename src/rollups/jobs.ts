// The ETL runs hourly, so that it soon follows midnight in every time zone, and on request, with one queue message per shop.
// Product sales and recommendations, which are computed from sale lines, follow at night, after an import and on request.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base, Ctx } from "../platform/context.ts";
import { returning } from "../platform/d1.ts";
import { sendAll } from "../platform/send-all.ts";
import type { RollupStatus } from "./schema.ts";

/** Rebuilds the daily tables of a shop; `products` requests a ProductJob afterwards. */
export const RollupJob = z.object({
  kind: z.literal("rollup"),
  tenant_id: z.string(),
  products: z.boolean(),
});
export type RollupJob = z.infer<typeof RollupJob>;

/** Counts a shop's products. Their neighbours are complete up to the id `products_after`, "" at the start. */
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
  const shops = returning(shopRow, sql`SELECT DISTINCT tenant_id FROM dirty_days`);
  const done = await ctx.db.batch([
    sql`UPDATE dirty_days SET asked_at = ${ctx.now.toISOString()} WHERE asked_at IS NULL`,
    shops,
  ]);
  await sendAll(
    ctx.env.ROLLUPS,
    done.of(shops).map(({ tenant_id }) => rollupJob(tenant_id, false)),
  );
}

/** Sends one message for each shop whose daily tables or product statistics are out of date. One round trip. */
export async function queueNightlyRollups(ctx: Base): Promise<void> {
  const shops = await ctx.db.all(
    shopRow,
    sql`SELECT tenant_id FROM dirty_days UNION SELECT tenant_id FROM dirty_product_days`,
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
