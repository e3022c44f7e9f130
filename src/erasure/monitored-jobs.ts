import { sql } from "drizzle-orm";
import { MINUTE_S, type MonitoredJob, secondsSince } from "../platform/monitored-job.ts";

export const monitoredJobs = {
  // A failing erasure is due again later, and counts as late all the same; one that waits for an import does not.
  late_erasure_seconds: {
    limit: 30 * MINUTE_S,
    what: "How long the most overdue erasure is overdue, or has been failing",
    waiting: secondsSince(sql`min((SELECT min(due_at) FROM erasures INDEXED BY erasures_due),
      coalesce((SELECT min(failing_since) FROM erasures INDEXED BY erasures_failing WHERE failing_since IS NOT NULL), '9'))`),
  },
} satisfies Record<string, MonitoredJob>;
