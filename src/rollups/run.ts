// When the ETL runs: hourly, so that every time zone's midnight is met, and on request. Each shop is one queue message.
// What is counted from lines, a product's sales and its neighbours, follows at night, after an import and on request.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base, Ctx } from "../platform/context.ts";
import { rows } from "../platform/d1.ts";
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

// What Queues take at once.
const MESSAGES_A_BATCH = 100;

const shopRow = z.object({ tenant_id: z.string() });

/** Sends one message for each shop that has dirty days, and notes since when each day has been asked for. */
export async function queueRollups(ctx: Base): Promise<void> {
  const [, shops] = await ctx.db.batch([
    sql`UPDATE dirty_days SET asked_at = ${ctx.now.toISOString()} WHERE asked_at IS NULL`,
    sql`SELECT DISTINCT tenant_id FROM dirty_days`,
  ]);
  await send(ctx, rows(shopRow, shops), false);
}

/** Sends one message for each shop whose products are not counted; a nightly job. */
export async function queueNight(ctx: Base): Promise<void> {
  const shops = await ctx.db.all(
    shopRow,
    sql`SELECT tenant_id FROM dirty_days UNION SELECT tenant_id FROM dirty_product_days`,
  );
  await send(ctx, shops, true);
}

async function send(ctx: Base, shops: { tenant_id: string }[], products: boolean): Promise<void> {
  const messages = shops.map(({ tenant_id }) => ({
    body: { kind: "rollup", tenant_id, products } satisfies RollupJob,
  }));
  for (let at = 0; at < messages.length; at += MESSAGES_A_BATCH)
    await ctx.env.ROLLUPS.sendBatch(messages.slice(at, at + MESSAGES_A_BATCH));
}

/** Sends the message for one shop, or goes on with it. */
export async function queueRollup(ctx: Base, job: RollupJob): Promise<void> {
  await ctx.env.ROLLUPS.send(job);
}

/** Sends the message that counts this shop's products, or goes on with it. */
export async function queueProducts(ctx: Base, job: ProductJob): Promise<void> {
  await ctx.env.ROLLUPS.send(job);
}

const runRow = z.object({ started_at: z.string(), finished_at: z.string(), days: z.number() });

/** Which days are still to be built, and the last run. One round trip. */
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
