// Whether the work behind the requests is done: how long the one that waits longest of each kind of job has waited, and when
// the clocks last did all of theirs. One statement over the indexes of the sweeps; nothing here grows with the shops, so no
// LIMIT may go and no index be left out.
import { z } from "@hono/zod-openapi";
import { sql, type SQL } from "drizzle-orm";
import type { Base } from "../platform/context.ts";
import type { CronName } from "./clocks.ts";

// What is looked at where something may lie before what is asked for.
const A_LOOK = 100;

const since = (at: SQL): SQL => sql`unixepoch('now') - unixepoch(${at})`;

/** A job by what it says: seconds, or a number; beyond `limit` somebody should look. `waiting` is SQL, NULL where none waits. */
type Job = { limit: number; what: string; waiting: SQL };

const MINUTE = 60;
const HOUR = 3600;

/** A clock whose jobs have not all ended well for so long. */
const clock = (name: CronName, limit: number): Job => ({
  limit,
  what: `time since all jobs of the ${name} last ended well`,
  waiting: since(sql`(SELECT ended_at FROM clock_runs WHERE clock = ${name})`),
});

const jobs = {
  unsent_event_seconds: {
    limit: 5 * MINUTE,
    what: "age of the oldest event that is not exported, dead letters left out",
    waiting: since(sql`(SELECT min(created_at) FROM (
      SELECT tenant_id, id, created_at FROM events INDEXED BY events_open WHERE exported_at IS NULL
      ORDER BY created_at LIMIT ${A_LOOK}) e
      WHERE NOT EXISTS (SELECT 1 FROM dead_letters d WHERE d.tenant_id = e.tenant_id AND d.event_id = e.id
        AND d.event_id IS NOT NULL AND d.replayed_at IS NULL))`),
  },
  dead_letters: {
    limit: 0,
    what: `events that failed too often and were not sent again, ${A_LOOK} at most`,
    waiting: sql`(SELECT count(*) FROM (SELECT 1 FROM dead_letters INDEXED BY dead_letters_event
      WHERE event_id IS NOT NULL AND replayed_at IS NULL LIMIT ${A_LOOK}))`,
  },
  // Asked for hourly: what waits is asked for again before it is late.
  unbuilt_day_seconds: {
    limit: HOUR + 10 * MINUTE,
    what: "time since the ETL was first asked for the day that it owes longest; it is asked every hour",
    waiting: since(
      sql`(SELECT min(asked_at) FROM dirty_days INDEXED BY dirty_days_asked WHERE asked_at IS NOT NULL)`,
    ),
  },
  // The sweep sends a lost import again each minute and notes that as `resumes`, until it moves.
  stalled_import_seconds: {
    limit: 5 * MINUTE,
    what: "time without progress of the running import that has stood longest",
    waiting: sql`(SELECT max(${since(sql`progress_at`)} + resumes * ${sql.raw(String(MINUTE))}) FROM (
      SELECT * FROM (SELECT progress_at, resumes FROM imports INDEXED BY imports_open WHERE finished_at IS NULL
        ORDER BY progress_at LIMIT ${A_LOOK})
      UNION ALL SELECT * FROM (SELECT progress_at, resumes FROM imports INDEXED BY imports_resumed
        WHERE finished_at IS NULL AND resumes > 0 ORDER BY resumes DESC LIMIT ${A_LOOK})))`,
  },
  unindexed_product_seconds: {
    limit: 10 * MINUTE,
    what: "time since the oldest change of a product that search does not know",
    waiting: since(sql`(SELECT min(updated_at) FROM products INDEXED BY products_unindexed_age
      WHERE indexed_version < text_version)`),
  },
  late_delivery_seconds: {
    limit: 5 * MINUTE,
    what: "how long the webhook delivery that is due longest is overdue",
    waiting: since(sql`(SELECT min(due_at) FROM webhook_deliveries INDEXED BY webhook_deliveries_due
      WHERE status = 'pending')`),
  },
  late_hold_seconds: {
    limit: 10 * MINUTE,
    what: "how long a purchase is pending beyond its hold",
    waiting: since(
      sql`(SELECT min(hold_expires_at) FROM sales INDEXED BY sales_held WHERE status = 'pending')`,
    ),
  },
  late_refund_seconds: {
    limit: 10 * MINUTE,
    what: "how long the payment that is due back longest is overdue to be given back",
    waiting: since(
      sql`(SELECT min(retry_at) FROM payments INDEXED BY payments_retry WHERE retry_at IS NOT NULL)`,
    ),
  },
  // What fails is due again later, and late all the same; what waits for an import is not.
  late_erasure_seconds: {
    limit: 30 * MINUTE,
    what: "how long the erasure that is due longest is overdue, or has failed",
    waiting: since(sql`min((SELECT min(due_at) FROM erasures INDEXED BY erasures_due),
      coalesce((SELECT min(failing_since) FROM erasures INDEXED BY erasures_failing WHERE failing_since IS NOT NULL), '9'))`),
  },
  // Asked for nightly.
  unbuilt_lake_seconds: {
    limit: 6 * HOUR,
    what: "time since the lake was asked for the day that it owes longest; it is asked every night",
    waiting: since(
      sql`(SELECT min(asked_at) FROM lake_days INDEXED BY lake_days_asked WHERE asked_at IS NOT NULL)`,
    ),
  },
  // What a job of a clock has left undone waits above only where it had begun.
  minute_jobs_seconds: clock("minute", 10 * MINUTE),
  hour_jobs_seconds: clock("hour", HOUR + 10 * MINUTE),
  night_jobs_seconds: clock("night", 25 * HOUR),
} satisfies Record<string, Job>;

const waitingRow = z.record(z.string(), z.number().nullable());

// Each a schema of its own, for a shared one would have one description.
const shapeOf = ({ what }: Job) =>
  z
    .object({
      waiting: z.int().openapi({ description: "0 where nothing waits" }),
      limit: z.int().openapi({ description: "beyond it the service is degraded" }),
    })
    .openapi({ description: what });

export const Health = z
  .object({
    status: z.enum(["ok", "degraded"]).openapi({ description: "degraded: a job waits beyond its limit" }),
    database: z.literal("ok"),
    jobs: z.object(Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, shapeOf(job)]))),
  })
  .openapi("Health");

/** How far each kind of job is behind. One round trip, some hundred rows at most. */
export async function healthOf({ db }: Base): Promise<z.infer<typeof Health>> {
  const columns = Object.entries(jobs).map(([name, { waiting }]) => sql`${waiting} AS ${sql.raw(name)}`);
  const [row] = await db.all(waitingRow, sql`SELECT ${sql.join(columns, sql`, `)}`);
  const states = Object.entries(jobs).map(
    ([name, { limit }]) => [name, { waiting: Math.max(row?.[name] ?? 0, 0), limit }] as const,
  );
  const isLate = states.some(([, { waiting, limit }]) => waiting > limit);
  return { status: isLate ? "degraded" : "ok", database: "ok", jobs: Object.fromEntries(states) };
}
