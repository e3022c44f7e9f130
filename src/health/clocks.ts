// A cron that does not run, or a job of it that fails, is not seen in what waits: nobody has noted that it should be done.
import { sql } from "drizzle-orm";
import type { Base } from "../platform/context.ts";

/** What the crons are, by how often they come. */
export type CronName = "minute" | "hour" | "night";

/** Notes that all jobs of a clock have ended well. One round trip, one row written. */
export async function recordCronRun(ctx: Base, clock: CronName): Promise<void> {
  await ctx.db.run(sql`UPDATE clock_runs SET ended_at = ${new Date().toISOString()} WHERE clock = ${clock}`);
}
