// Gives the sales of merged customers to the record that replaced theirs, in bounded batches. Each batch marks the days of its sales, whose
// figures then come from the sales. At the end the other days of that customer are marked too: what their first sale was may
// have changed. It resumes wherever it was interrupted, because the sales that are left are those of the merged record.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { sqlBoolean } from "../platform/d1.ts";
import { logFailure } from "../platform/log.ts";
import { again } from "../platform/sweeps.ts";
import { markDaysForRebuild } from "./record.ts";

const MERGES_PER_PAGE = 20;
// A batch occupies the one writer of D1.
const LIMITS = { batches: 20, sales: 500, lines: 5_000 };
const RETRY_AFTER_MS = 10 * 60_000;

const mergeRow = z.object({
  tenant_id: z.string(),
  from_id: z.string(),
  into_id: z.string(),
  has_moved: sqlBoolean,
});

type Merge = z.infer<typeof mergeRow>;

const saleRow = z.object({ id: z.string(), day: z.string(), lines: z.number() });

/** Continues the merges of all shops that are due; a page of a sweep. */
export async function moveMergedSales(ctx: Base, limits = LIMITS): Promise<string | null> {
  const merges = await ctx.db.all(
    mergeRow,
    sql`SELECT tenant_id, from_id, into_id, has_moved FROM customer_merges INDEXED BY customer_merges_due
      WHERE due_at <= ${ctx.now.toISOString()} ORDER BY due_at LIMIT CAST(${MERGES_PER_PAGE} AS INTEGER)`,
  );
  let { batches } = limits;
  for (const merge of merges) {
    try {
      while (batches > 0) {
        batches -= 1;
        if (await moveSales(ctx, merge, limits)) break;
      }
    } catch (error) {
      // Retried after the others, so that one that fails cannot block them.
      logFailure("customer merge", error);
      await ctx.db
        .run(sql`UPDATE customer_merges SET failing_since = coalesce(failing_since, due_at), due_at = ${new Date(ctx.now.getTime() + RETRY_AFTER_MS).toISOString()}
        WHERE ${isMerge(merge)}`);
    }
  }
  return again(batches === 0 || merges.length === MERGES_PER_PAGE);
}

const isMerge = ({ tenant_id, from_id }: Merge): SQL =>
  sql`tenant_id = ${tenant_id} AND from_id = ${from_id}`;

/** Moves some sales; resolves to true when none are left. Two round trips. */
async function moveSales(ctx: Base, merge: Merge, limits: typeof LIMITS): Promise<boolean> {
  const { tenant_id, from_id } = merge;
  const ofRecord = sql`FROM sales INDEXED BY sales_customer
    WHERE tenant_id = ${tenant_id} AND customer_key = ${from_id} AND customer_id = ${from_id}`;
  const found = await ctx.db.all(
    saleRow,
    sql`SELECT id, day, lines ${ofRecord} ORDER BY day, placed_at, id LIMIT CAST(${limits.sales} AS INTEGER)`,
  );
  let lines = 0;
  const moved = found.filter((sale, at) => (lines += sale.lines) <= limits.lines || at === 0);
  if (moved.length > 0) {
    const ids = JSON.stringify(moved.map(({ id }) => id));
    const days = JSON.stringify([...new Set(moved.map(({ day }) => day))]);
    // The merge may since have changed to lead to another record.
    const into = sql`(SELECT into_id FROM customer_merges WHERE ${isMerge(merge)})`;
    await ctx.db.batch([
      sql`UPDATE sales SET customer_id = ${into} WHERE tenant_id = ${tenant_id} AND customer_id = ${from_id}
        AND id IN (SELECT value FROM json_each(${ids})) AND ${into} IS NOT NULL`,
      sql`UPDATE customer_merges SET has_moved = 1, failing_since = NULL WHERE ${isMerge(merge)}`,
      ...markDaysForRebuild(tenant_id, sql`${days}`),
    ]);
    return false;
  }
  const isDone = sql`NOT EXISTS (SELECT 1 ${ofRecord})`;
  await ctx.db.batch([
    ...markDaysForRebuild(tenant_id, daysOfCustomer(merge, isDone)),
    sql`DELETE FROM customer_merges WHERE ${isMerge(merge)} AND ${isDone}`,
  ]);
  return true;
}

const nextDay = (after: SQL): SQL => sql`(SELECT min(s.day) FROM sales s INDEXED BY sales_customer
  WHERE s.tenant_id = m.tenant_id AND s.customer_key = m.into_id AND s.day > ${after})`;

/** SQL that yields the days with sales of the record that remains, if any were moved to it. Reads one row a day. */
const daysOfCustomer = (merge: Merge, isDone: SQL): SQL => sql`(WITH RECURSIVE m AS MATERIALIZED (
    SELECT tenant_id, into_id FROM customer_merges WHERE ${isMerge(merge)} AND has_moved = 1 AND ${isDone}),
  days (day) AS (SELECT ${nextDay(sql`''`)} FROM m
    UNION ALL SELECT ${nextDay(sql`days.day`)} FROM days CROSS JOIN m WHERE days.day IS NOT NULL)
  SELECT json_group_array(day) FROM days WHERE day IS NOT NULL)`;
