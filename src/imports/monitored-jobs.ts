import { sql } from "drizzle-orm";
import { MAX_SCANNED, MINUTE_S, type MonitoredJob, secondsSince } from "../platform/monitored-job.ts";

export const monitoredJobs = {
  // The sweep resends a stalled import every minute and counts that in `resumes`, until it progresses.
  stalled_import_seconds: {
    limit: 5 * MINUTE_S,
    what: "Time without progress of the running import that has stalled longest",
    waiting: sql`(SELECT max(${secondsSince(sql`progress_at`)} + resumes * ${sql.raw(String(MINUTE_S))}) FROM (
      SELECT * FROM (SELECT progress_at, resumes FROM imports INDEXED BY imports_open WHERE finished_at IS NULL
        ORDER BY progress_at LIMIT ${MAX_SCANNED})
      UNION ALL SELECT * FROM (SELECT progress_at, resumes FROM imports INDEXED BY imports_resumed
        WHERE finished_at IS NULL AND resumes > 0 ORDER BY resumes DESC LIMIT ${MAX_SCANNED})))`,
  },
} satisfies Record<string, MonitoredJob>;
