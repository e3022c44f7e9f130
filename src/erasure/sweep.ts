// Brings erasures to their end, a part at a time. The checkpoint moves in the batch of its part; killed anywhere, the next
// sweep goes on there, and two at once do the same twice.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../context.ts";
import { steps } from "./steps.ts";

const jobRow = z.object({
  tenant_id: z.string(),
  user_id: z.string(),
  email: z.string(),
  step: z.string(),
  after: z.string(),
});

const JOBS_A_RUN = 20;
// Each asks D1 three times at most, of the thousand times of an invocation.
const PARTS_A_RUN = 50;

/** Goes on with the erasures of all shops that are due; a job of each minute. */
export async function goOnErasing(ctx: Base, partsARun = PARTS_A_RUN): Promise<void> {
  const jobs = await ctx.db.all(
    jobRow,
    sql`SELECT tenant_id, user_id, email, step, after FROM erasures WHERE due_at <= ${ctx.now.toISOString()}
      ORDER BY due_at LIMIT CAST(${JOBS_A_RUN} AS INTEGER)`,
  );
  let parts = partsARun;
  for (const { step: name, after: begun, ...job } of jobs) {
    const it = sql`tenant_id = ${job.tenant_id} AND user_id = ${job.user_id}`;
    let after = begun;
    const first = steps.findIndex(([each]) => each === name);
    for (let at = first; at >= 0 && at < steps.length && parts > 0; parts -= 1) {
      const part = await steps[at]?.[1](ctx, { ...job, after });
      if (part?.after === null) at += 1;
      after = part?.after ?? "";
      const next = steps[at];
      await ctx.db.batch([
        ...(part?.statements ?? []),
        next
          ? sql`UPDATE erasures SET step = ${next[0]}, after = ${after} WHERE ${it}`
          : sql`DELETE FROM erasures WHERE ${it}`,
      ]);
    }
  }
}
