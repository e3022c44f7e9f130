import { sql } from "drizzle-orm";
import { MINUTE_S, type MonitoredJob, secondsSince } from "../platform/monitored-job.ts";

export const monitoredJobs = {
  unindexed_product_seconds: {
    limit: 10 * MINUTE_S,
    what: "Time since the oldest product change that is missing from the search index",
    waiting: secondsSince(sql`(SELECT min(updated_at) FROM products INDEXED BY products_unindexed_age
      WHERE indexed_version < text_version)`),
  },
} satisfies Record<string, MonitoredJob>;
