import { sql } from "drizzle-orm";
import { MINUTE_S, type MonitoredJob, secondsSince } from "../platform/monitored-job.ts";

export const monitoredJobs = {
  // A failed attempt moves the due time, so only mails that no consumer takes are late.
  unsent_mail_seconds: {
    limit: 15 * MINUTE_S,
    what: "Time for which the longest overdue mail has been due",
    waiting: secondsSince(
      sql`(SELECT due_at FROM mails INDEXED BY mails_due WHERE status = 'pending'
        AND due_at < strftime('%Y-%m-%dT%H:%M:%fZ', 'now') ORDER BY due_at LIMIT 1)`,
    ),
  },
} satisfies Record<string, MonitoredJob>;
