import { sql } from "drizzle-orm";
import { HOUR_S, type MonitoredJob, secondsSince } from "../platform/monitored-job.ts";

export const monitoredJobs = {
  unbuilt_lake_seconds: {
    limit: 6 * HOUR_S,
    what: "Time since the lake was requested for the day that has waited longest; it is requested every night",
    waiting: secondsSince(
      sql`(SELECT min(asked_at) FROM lake_days INDEXED BY lake_days_asked WHERE asked_at IS NOT NULL)`,
    ),
  },
} satisfies Record<string, MonitoredJob>;
