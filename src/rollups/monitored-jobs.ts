import { sql } from "drizzle-orm";
import { HOUR_S, MINUTE_S, type MonitoredJob, secondsSince } from "../platform/monitored-job.ts";

export const monitoredJobs = {
  // Requested hourly: a day still waiting is requested again before it is late.
  unbuilt_day_seconds: {
    limit: HOUR_S + 10 * MINUTE_S,
    what: "Time since the ETL was first requested for the day that has waited longest; it is requested every hour",
    waiting: secondsSince(
      sql`(SELECT min(asked_at) FROM dirty_days INDEXED BY dirty_days_asked WHERE asked_at IS NOT NULL)`,
    ),
  },
} satisfies Record<string, MonitoredJob>;
