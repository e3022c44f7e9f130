// Whether background work keeps up: the backlog of each kind of job, folded from what each domain declares, in one statement.
import { z } from "@hono/zod-openapi";
import { sql } from "drizzle-orm";
import { monitoredJobs as catalog } from "../catalog/monitored-jobs.ts";
import { monitoredJobs as customers } from "../customers/monitored-jobs.ts";
import { monitoredJobs as erasure } from "../erasure/monitored-jobs.ts";
import { monitoredJobs as events } from "../events/monitored-jobs.ts";
import { monitoredJobs as imports } from "../imports/monitored-jobs.ts";
import { monitoredJobs as lake } from "../lake/monitored-jobs.ts";
import type { Base } from "../platform/context.ts";
import type { MonitoredJob } from "../platform/monitored-job.ts";
import { monitoredJobs as mail } from "../mail/monitored-jobs.ts";
import { monitoredJobs as purchases } from "../purchases/monitored-jobs.ts";
import { monitoredJobs as rollups } from "../rollups/monitored-jobs.ts";
import { monitoredJobs as webhooks } from "../webhooks/monitored-jobs.ts";
import { monitoredJobs as crons } from "./cron-runs.ts";

const jobs: [name: string, job: MonitoredJob][] = Object.entries({
  ...events,
  ...catalog,
  ...mail,
  ...purchases,
  ...rollups,
  ...imports,
  ...lake,
  ...webhooks,
  ...customers,
  ...erasure,
  ...crons,
});

const waitingRow = z.record(z.string(), z.number().nullable());

const Backlog = z
  .object({
    waiting: z.int().openapi({ description: "0 when nothing is waiting" }),
    limit: z.int().openapi({ description: "Beyond this the service is degraded" }),
  })
  .openapi("Backlog");

export const Health = z
  .object({
    status: z.enum(["ok", "degraded"]).openapi({ description: "degraded: a job waits beyond its limit" }),
    database: z.literal("ok"),
    jobs: z.object(
      Object.fromEntries(jobs.map(([name, job]) => [name, Backlog.openapi({ description: job.what })])),
    ),
  })
  .openapi("Health");

/** The backlog of each kind of job. One round trip that reads a few hundred rows at most, however many shops there are. */
export async function healthOf({ db }: Base): Promise<z.infer<typeof Health>> {
  const columns = jobs.map(([name, { waiting }]) => sql`${waiting} AS ${sql.raw(name)}`);
  const [row] = await db.all(waitingRow, sql`SELECT ${sql.join(columns, sql`, `)}`);
  const states = jobs.map(
    ([name, { limit }]) => [name, { waiting: Math.max(row?.[name] ?? 0, 0), limit }] as const,
  );
  const isLate = states.some(([, { waiting, limit }]) => waiting > limit);
  return { status: isLate ? "degraded" : "ok", database: "ok", jobs: Object.fromEntries(states) };
}
