// Completes erasures in bounded batches. The checkpoint moves in the batch of its step, so an interrupted sweep resumes there,
// and two that overlap do the same work twice.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { logFailure } from "../platform/log.ts";
import { again } from "../platform/sweeps.ts";
import { steps } from "./data-inventory.ts";

const erasureRow = z.object({
  tenant_id: z.string(),
  user_id: z.string(),
  email: z.string(),
  step: z.string(),
  after: z.string(),
});

type ErasureRow = z.infer<typeof erasureRow>;

const ERASURES_PER_PAGE = 20;
// Each makes at most three round trips to D1, of the thousand queries that an invocation may make.
const BATCHES_PER_PAGE = 20;
const RETRY_AFTER_MS = 10 * 60_000;

/** Continues the erasures of all shops that are due, or makes them due later; a page of a sweep. */
export async function resumeErasures(ctx: Base, maxBatches = BATCHES_PER_PAGE): Promise<string | null> {
  const erasures = await ctx.db.all(
    erasureRow,
    sql`SELECT tenant_id, user_id, email, step, after FROM erasures INDEXED BY erasures_due
      WHERE due_at <= ${ctx.now.toISOString()} ORDER BY due_at LIMIT CAST(${ERASURES_PER_PAGE} AS INTEGER)`,
  );
  const budget = { batches: maxBatches };
  for (const erasure of erasures) {
    try {
      await resume(ctx, erasure, budget);
    } catch (error) {
      // Retried after the others, so that failing erasures cannot block them.
      logFailure("erasure", error);
      await ctx.db
        .run(sql`UPDATE erasures SET failing_since = coalesce(failing_since, due_at), due_at = ${retryAt(ctx)}
        WHERE ${isRow(erasure)}`);
    }
  }
  return again(budget.batches === 0 || erasures.length === ERASURES_PER_PAGE);
}

const isRow = ({ tenant_id, user_id }: ErasureRow) => sql`tenant_id = ${tenant_id} AND user_id = ${user_id}`;

const retryAt = (ctx: Base): string => new Date(ctx.now.getTime() + RETRY_AFTER_MS).toISOString();

async function resume(ctx: Base, erasure: ErasureRow, budget: { batches: number }): Promise<void> {
  const row = isRow(erasure);
  let { after } = erasure;
  let index = Math.max(
    steps.findIndex(([name]) => name === erasure.step),
    0,
  );
  for (let [, step] = steps[index] ?? []; step && budget.batches > 0; [, step] = steps[index] ?? []) {
    budget.batches -= 1;
    const batch = await step(ctx, { ...erasure, after });
    if (batch === null) {
      await ctx.db.run(sql`UPDATE erasures SET due_at = ${retryAt(ctx)}, failing_since = NULL WHERE ${row}`);
      return;
    }
    if (batch.after === null) index += 1;
    after = batch.after ?? "";
    const [next] = steps[index] ?? [];
    await ctx.db.batch([
      ...batch.statements,
      next === undefined
        ? sql`DELETE FROM erasures WHERE ${row}`
        : sql`UPDATE erasures SET step = ${next}, after = ${after}, due_at = ${ctx.now.toISOString()},
            failing_since = NULL WHERE ${row}`,
    ]);
  }
}
