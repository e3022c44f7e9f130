import { sql } from "drizzle-orm";
import { HOUR_S, MAX_SCANNED, MINUTE_S, type MonitoredJob, secondsSince } from "../platform/monitored-job.ts";
import { claimedUntil } from "./claim.ts";
import { hasOpenLetter } from "./dead-letters.ts";
import { isOpen, nextOpenShop } from "./deliver.ts";

export const monitoredJobs = {
  unsent_event_seconds: {
    limit: 5 * MINUTE_S,
    what: `Age of the oldest event that has not been exported, excluding dead letters, in the first ${MAX_SCANNED} shops that have one`,
    waiting: secondsSince(sql`(WITH RECURSIVE shops (id, left) AS (
        SELECT (${nextOpenShop} '' ORDER BY tenant_id LIMIT 1), ${sql.raw(String(MAX_SCANNED))}
        UNION ALL SELECT (${nextOpenShop} shops.id ORDER BY tenant_id LIMIT 1), left - 1 FROM shops
          WHERE shops.id IS NOT NULL AND left > 1),
        open (tenant_id, id, created_at, exported_at) AS (
          SELECT e.tenant_id, e.id, e.created_at, e.exported_at FROM shops CROSS JOIN events e ON e.seq IN (
            SELECT seq FROM events INDEXED BY events_batch WHERE tenant_id = shops.id AND ${isOpen} LIMIT ${MAX_SCANNED})
          UNION ALL SELECT * FROM (SELECT tenant_id, id, created_at, exported_at FROM events WHERE seq > ${claimedUntil}
            ORDER BY seq LIMIT ${MAX_SCANNED}))
      SELECT min(created_at) FROM open AS e WHERE exported_at IS NULL AND NOT ${hasOpenLetter})`),
  },
  // Sealed at the end of a day and purged in the first hour of the next: a day or two after its 30 days.
  unpurged_event_seconds: {
    limit: 33 * 24 * HOUR_S,
    what: `Time since the export of the oldest event that no webhook delivery or dead letter refers to, of the ${MAX_SCANNED} stored first`,
    waiting: secondsSince(sql`(SELECT min(exported_at) FROM (
        SELECT tenant_id, id, exported_at FROM events ORDER BY seq LIMIT ${MAX_SCANNED}) e
      WHERE NOT EXISTS (SELECT 1 FROM webhook_deliveries w WHERE w.tenant_id = e.tenant_id AND w.event_id = e.id)
        AND NOT ${hasOpenLetter})`),
  },
  dead_letters: {
    limit: 0,
    what: `Number of events that failed too often and have not been replayed, at most ${MAX_SCANNED}`,
    waiting: sql`(SELECT count(*) FROM (SELECT 1 FROM dead_letters INDEXED BY dead_letters_event
      WHERE event_id IS NOT NULL AND replayed_at IS NULL LIMIT ${MAX_SCANNED}))`,
  },
} satisfies Record<string, MonitoredJob>;
