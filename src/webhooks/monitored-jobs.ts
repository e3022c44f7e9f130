import { sql } from "drizzle-orm";
import { MINUTE_S, type MonitoredJob, secondsSince } from "../platform/monitored-job.ts";

export const monitoredJobs = {
  late_delivery_seconds: {
    limit: 5 * MINUTE_S,
    what: "How long the most overdue webhook delivery is overdue",
    waiting: secondsSince(sql`(SELECT min(due_at) FROM webhook_deliveries INDEXED BY webhook_deliveries_due
      WHERE status = 'pending')`),
  },
} satisfies Record<string, MonitoredJob>;
