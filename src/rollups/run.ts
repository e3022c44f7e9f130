// When the ETL runs: hourly, so that every time zone's midnight is met, and on request. Each shop is one queue message.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base, Ctx } from "../context.ts";
import type { RollupStatus } from "./schema.ts";

export type RollupJob = { tenant_id: string };

// What Queues take at once.
const MESSAGES_A_BATCH = 100;

/** Sends one message for each shop that has dirty days. */
export async function queueRollups(ctx: Base): Promise<void> {
  const shops = await ctx.db.all(
    z.object({ tenant_id: z.string() }),
    sql`SELECT DISTINCT tenant_id FROM dirty_days`,
  );
  for (let at = 0; at < shops.length; at += MESSAGES_A_BATCH)
    await ctx.env.ROLLUPS.sendBatch(shops.slice(at, at + MESSAGES_A_BATCH).map((body) => ({ body })));
}

/** Sends the message for this shop. */
export async function queueRollup(ctx: Ctx): Promise<void> {
  await ctx.env.ROLLUPS.send({ tenant_id: ctx.tenant.id } satisfies RollupJob);
}

const runRow = z.object({ started_at: z.string(), finished_at: z.string(), days: z.number() });

/** Which days are still to be built, and the last run. One round trip. */
export async function rollupStatus(ctx: Ctx): Promise<z.infer<typeof RollupStatus>> {
  const [row] = await ctx.db.all(
    z.object({ days: z.string(), run: z.string().nullable() }),
    sql`SELECT
      (SELECT json_group_array(day ORDER BY day) FROM dirty_days WHERE tenant_id = ${ctx.tenant.id}) AS days,
      (SELECT json_object('started_at', started_at, 'finished_at', finished_at, 'days', days) FROM rollup_runs
        WHERE tenant_id = ${ctx.tenant.id}) AS run`,
  );
  return {
    dirty_days: z.array(z.string()).parse(JSON.parse(row?.days ?? "[]")),
    last_run: row?.run ? runRow.parse(JSON.parse(row.run)) : null,
  };
}
