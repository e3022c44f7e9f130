import { sql } from "drizzle-orm";
import { MINUTE_S, type MonitoredJob, secondsSince } from "../platform/monitored-job.ts";

export const monitoredJobs = {
  late_merge_seconds: {
    limit: 30 * MINUTE_S,
    what: "How long the sales of the most overdue merge of customers have not been moved, or its moving has been failing",
    waiting: secondsSince(sql`min((SELECT min(due_at) FROM customer_merges INDEXED BY customer_merges_due),
      coalesce((SELECT min(failing_since) FROM customer_merges), '9'))`),
  },
} satisfies Record<string, MonitoredJob>;
