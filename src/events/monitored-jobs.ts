import { sql } from "drizzle-orm";
import { MAX_SCANNED, MINUTE_S, type MonitoredJob, secondsSince } from "../platform/monitored-job.ts";

export const monitoredJobs = {
  unsent_event_seconds: {
    limit: 5 * MINUTE_S,
    what: "Age of the oldest event that has not been exported, excluding dead letters",
    waiting: secondsSince(sql`(SELECT min(created_at) FROM (
      SELECT tenant_id, id, created_at FROM events INDEXED BY events_open WHERE exported_at IS NULL
      ORDER BY created_at LIMIT ${MAX_SCANNED}) e
      WHERE NOT EXISTS (SELECT 1 FROM dead_letters d WHERE d.tenant_id = e.tenant_id AND d.event_id = e.id
        AND d.event_id IS NOT NULL AND d.replayed_at IS NULL))`),
  },
  dead_letters: {
    limit: 0,
    what: `Number of events that failed too often and have not been replayed, at most ${MAX_SCANNED}`,
    waiting: sql`(SELECT count(*) FROM (SELECT 1 FROM dead_letters INDEXED BY dead_letters_event
      WHERE event_id IS NOT NULL AND replayed_at IS NULL LIMIT ${MAX_SCANNED}))`,
  },
} satisfies Record<string, MonitoredJob>;
