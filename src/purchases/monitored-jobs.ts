import { sql } from "drizzle-orm";
import { MINUTE_S, type MonitoredJob, secondsSince } from "../platform/monitored-job.ts";

export const monitoredJobs = {
  late_hold_seconds: {
    limit: 10 * MINUTE_S,
    what: "How long a purchase has been pending beyond the end of its hold",
    waiting: secondsSince(
      sql`(SELECT min(hold_expires_at) FROM sales INDEXED BY sales_held WHERE status = 'pending')`,
    ),
  },
  late_refund_seconds: {
    limit: 10 * MINUTE_S,
    what: "How long the most overdue refund of a payment is overdue",
    waiting: secondsSince(
      sql`(SELECT min(retry_at) FROM payments INDEXED BY payments_retry WHERE retry_at IS NOT NULL)`,
    ),
  },
} satisfies Record<string, MonitoredJob>;
