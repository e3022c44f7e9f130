// Brings erasures to their end, a part at a time. The checkpoint moves in the batch of its part; killed anywhere, the next
// sweep goes on there, and two at once do the same twice.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { logFailure } from "../platform/log.ts";
import { bought, sales, shifts } from "./documents.ts";
import { own } from "./account-data.ts";
import type { ErasureStep } from "./batch.ts";
import { events, rejects } from "./event-payloads.ts";

// In the order in which they are done.
const steps: [name: string, step: ErasureStep][] = Object.entries({
  own,
  sales,
  shifts,
  events,
  bought,
  rejects,
});

const jobRow = z.object({
  tenant_id: z.string(),
  user_id: z.string(),
  email: z.string(),
  step: z.string(),
  after: z.string(),
});

type Job = z.infer<typeof jobRow>;

const JOBS_A_RUN = 20;
// Each asks D1 three times at most, of the thousand times of an invocation.
const PARTS_A_RUN = 50;
const AGAIN_AFTER_MS = 10 * 60_000;

/** Goes on with the erasures of all shops that are due; a job of each minute. */
export async function resumeErasures(ctx: Base, partsARun = PARTS_A_RUN): Promise<void> {
  const jobs = await ctx.db.all(
    jobRow,
    sql`SELECT tenant_id, user_id, email, step, after FROM erasures INDEXED BY erasures_due
      WHERE due_at <= ${ctx.now.toISOString()} ORDER BY due_at LIMIT CAST(${JOBS_A_RUN} AS INTEGER)`,
  );
  const left = { parts: partsARun };
  for (const job of jobs) {
    try {
      await goOn(ctx, job, left);
    } catch (error) {
      // It is tried again later, behind the others: any number that fail must not keep them.
      logFailure("erasure", error);
      await ctx.db
        .run(sql`UPDATE erasures SET failing_since = coalesce(failing_since, due_at), due_at = ${inAWhile(ctx)}
        WHERE ${only(job)}`);
    }
  }
}

const only = (job: Job) => sql`tenant_id = ${job.tenant_id} AND user_id = ${job.user_id}`;

const inAWhile = (ctx: Base): string => new Date(ctx.now.getTime() + AGAIN_AFTER_MS).toISOString();

async function goOn(ctx: Base, job: Job, left: { parts: number }): Promise<void> {
  const it = only(job);
  let { after } = job;
  let at = Math.max(
    steps.findIndex(([name]) => name === job.step),
    0,
  );
  for (let [, step] = steps[at] ?? []; step && left.parts > 0; [, step] = steps[at] ?? []) {
    left.parts -= 1;
    const part = await step(ctx, { ...job, after });
    if (part === null) {
      await ctx.db.run(sql`UPDATE erasures SET due_at = ${inAWhile(ctx)}, failing_since = NULL WHERE ${it}`);
      return;
    }
    if (part.after === null) at += 1;
    after = part.after ?? "";
    const [next] = steps[at] ?? [];
    await ctx.db.batch([
      ...part.statements,
      next === undefined
        ? sql`DELETE FROM erasures WHERE ${it}`
        : sql`UPDATE erasures SET step = ${next}, after = ${after}, due_at = ${ctx.now.toISOString()},
            failing_since = NULL WHERE ${it}`,
    ]);
  }
}
