// A cron trigger that does not run, or a job of it that fails before it starts, leaves no backlog to see. So each complete
// run is recorded.
import { sql } from "drizzle-orm";
import type { Base } from "../platform/context.ts";
import { HOUR_S, MINUTE_S, type MonitoredJob, secondsSince } from "../platform/monitored-job.ts";

/** The cron triggers, by how often they run. */
export type CronName = "minute" | "hour" | "night";

/** Records that all jobs of a cron trigger succeeded. One round trip, one row written. */
export async function recordCronRun(ctx: Base, cron: CronName): Promise<void> {
  await ctx.db.run(sql`UPDATE clock_runs SET ended_at = ${new Date().toISOString()} WHERE clock = ${cron}`);
}

const cronJob = (cron: CronName, limit: number): MonitoredJob => ({
  limit,
  what: `Time since all jobs of the ${cron} cron trigger last succeeded`,
  waiting: secondsSince(sql`(SELECT ended_at FROM clock_runs WHERE clock = ${cron})`),
});

export const monitoredJobs = {
  minute_jobs_seconds: cronJob("minute", 10 * MINUTE_S),
  hour_jobs_seconds: cronJob("hour", HOUR_S + 10 * MINUTE_S),
  night_jobs_seconds: cronJob("night", 25 * HOUR_S),
} satisfies Record<string, MonitoredJob>;
