// What the consumer of events does between claim and mark: a batch's events, and the lines of the sales that they bring,
// become one object for each dataset and day of the shop, named by the batch. Done again it stores the same again.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../../platform/context.ts";
import { dayOf } from "../../values/days.ts";
import { rows } from "../../platform/d1.ts";
import { instantOfId } from "../../values/ids.ts";
import { BRINGING, columnsOf, lineColumns, linesOfSales } from "./datasets.ts";
import { addBatchFiles, type LakeFile } from "../manifest.ts";
import { putOnce } from "./objects.ts";
import { type Row, writeParquet } from "./parquet.ts";
import { batchKey, DATASETS, type Partition } from "../partitions.ts";

/** A claimed batch of events of a shop. */
type Batch = { tenant_id: string; batch_id: string };

/** Builds one partition when a minute has passed, so that many changes are one build. */
/** Builds one partition. */
export const LakePartitionJob = z.object({
  kind: z.literal("lake-partition"),
  tenant_id: z.string(),
  partition: z.object({ dataset: z.enum(DATASETS), day: z.string() }),
});
export type LakePartitionJob = z.infer<typeof LakePartitionJob>;

const WAIT_SECONDS = 60;

const cell = z.union([z.string(), z.number(), z.null()]);
const home = { tenant_id: z.string(), batch_id: z.string(), currency: z.string() };
const eventRow = z.object({ ...home, timezone: z.string(), event_id: z.string() }).catchall(cell);
const lineRow = z.object({ ...home, day: z.string() }).catchall(cell);

type Group = Batch & Partition & { currency: string; rows: Row[] };

/** The rows of the batches, a group for each object. One round trip. */
async function groupsOf(ctx: Base, batches: Batch[]) {
  // INDEXED BY: the planner would walk the shop's events.
  const events = sql`FROM json_each(${JSON.stringify(batches)}) AS b
    CROSS JOIN events e INDEXED BY events_batch ON e.tenant_id = b.value ->> 'tenant_id' AND e.batch_id = b.value ->> 'batch_id'
      AND e.batch_id IS NOT NULL AND e.exported_at IS NULL
    CROSS JOIN tenants t ON t.id = e.tenant_id`;
  const [found, lines] = await ctx.db.batch([
    sql`SELECT e.tenant_id, e.batch_id, t.currency, t.timezone, e.id AS event_id, e.type, e.created_at, e.payload,
        CASE WHEN e.type LIKE 'sale.%' THEN e.payload ->> 'id' END AS sale_id ${events} ORDER BY e.id`,
    sql`SELECT e.tenant_id, e.batch_id, t.currency, ${lineColumns} ${events}
      CROSS JOIN sales s ON s.tenant_id = e.tenant_id AND s.id = e.payload ->> 'id' ${linesOfSales}
      WHERE e.type IN ${BRINGING} ORDER BY s.placed_at, s.id, l.line_no`,
  ]);
  const groups = new Map<string, Group>();
  const put = (batch: Batch & { currency: string }, partition: Partition, row: Row): void => {
    const key = batchKey(batch.tenant_id, partition, batch.batch_id);
    const group = groups.get(key);
    if (group) group.rows.push(row);
    else groups.set(key, { ...batch, ...partition, rows: [row] });
  };
  for (const event of rows(eventRow, found)) {
    const day = dayOf(instantOfId(event.event_id), event.timezone);
    put(event, { dataset: "events", day }, event);
  }
  for (const line of rows(lineRow, lines)) put(line, { dataset: "purchases", day: line.day }, line);
  return [...groups];
}

async function store(ctx: Base, key: string, group: Group): Promise<LakeFile> {
  const chunks: Uint8Array[] = [];
  const count = await writeParquet(columnsOf(group.dataset, group.currency), [group.rows], async (bytes) => {
    chunks.push(bytes);
  });
  const written = await putOnce(ctx.env.LAKE, key, Buffer.concat(chunks));
  const { tenant_id, dataset, day } = group;
  return { ...written, tenant_id, key, dataset, day, rows: count };
}

/**
 * Stores claimed batches in the lake. What comes too late for a file of its own (the law is in manifest.ts) has its day
 * built anew. Two round trips.
 */
export async function storeBatches(ctx: Base, batches: Batch[]): Promise<void> {
  const groups = await groupsOf(ctx, batches);
  if (groups.length === 0) return;
  const files = await Promise.all(groups.map(([key, group]) => store(ctx, key, group)));
  const refused = await addBatchFiles(ctx, files);
  if (refused.length > 0) await ctx.env.LAKE.delete(refused.map(({ key }) => key));
  for (const { tenant_id, dataset, day } of refused)
    await ctx.env.LAKE_JOBS.send(
      { kind: "lake-partition", tenant_id, partition: { dataset, day } } satisfies LakePartitionJob,
      {
        delaySeconds: WAIT_SECONDS,
      },
    );
}
