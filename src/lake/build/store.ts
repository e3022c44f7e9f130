// Stores claimed batches of events and marks them as exported. The events of a batch and the sale lines that they
// add become one object per shop, dataset and day, named by the batch, so that a retry stores the same objects.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../../platform/context.ts";
import { dayOf } from "../../values/days.ts";
import { returning } from "../../platform/d1.ts";
import { instantOfId } from "../../values/ids.ts";
import { SALE_LINE_EVENTS, columnsOf, lakePayload, saleLineColumns, joinSaleLines } from "./datasets.ts";
import { addBatchFiles, type ManifestFile } from "../manifest.ts";
import { putIfAbsent } from "./objects.ts";
import { type Row, writeParquet } from "./parquet.ts";
import { batchFileKey, DATASETS, type Partition } from "../partitions.ts";

/** A batch of events that the consumer has claimed. */
type ClaimedBatch = { tenant_id: string; batch_id: string };

/** Builds one partition. */
export const LakePartitionJob = z.object({
  kind: z.literal("lake-partition"),
  tenant_id: z.string(),
  partition: z.object({ dataset: z.enum(DATASETS), day: z.string() }),
});
export type LakePartitionJob = z.infer<typeof LakePartitionJob>;

// Lets several late changes share one build.
const BUILD_DELAY_SECONDS = 60;

const cell = z.union([z.string(), z.number(), z.null()]);
const batchColumns = { tenant_id: z.string(), batch_id: z.string(), currency: z.string() };
const eventRow = z.object({ ...batchColumns, timezone: z.string(), event_id: z.string() }).catchall(cell);
const lineRow = z.object({ ...batchColumns, day: z.string() }).catchall(cell);

type Group = ClaimedBatch & Partition & { currency: string; rows: Row[] };

/** The rows of the batches, grouped by object. One round trip. */
async function loadGroups(ctx: Base, batches: ClaimedBatch[]) {
  // Without INDEXED BY the planner reads all events of the shop.
  const batchEvents = sql`FROM json_each(${JSON.stringify(batches)}) AS b
    CROSS JOIN events e INDEXED BY events_batch ON e.tenant_id = b.value ->> 'tenant_id' AND e.batch_id = b.value ->> 'batch_id'
      AND e.batch_id IS NOT NULL AND e.exported_at IS NULL
    CROSS JOIN tenants t ON t.id = e.tenant_id`;
  const events = returning(
    eventRow,
    sql`SELECT e.tenant_id, e.batch_id, t.currency, t.timezone, e.id AS event_id, e.type, e.created_at, ${lakePayload},
        CASE WHEN e.type LIKE 'sale.%' THEN e.payload ->> 'id' END AS sale_id ${batchEvents} ORDER BY e.id`,
  );
  const lines = returning(
    lineRow,
    sql`SELECT e.tenant_id, e.batch_id, t.currency, ${saleLineColumns} ${batchEvents}
      CROSS JOIN sales s ON s.tenant_id = e.tenant_id AND s.id = e.payload ->> 'id' ${joinSaleLines}
      WHERE e.type IN ${SALE_LINE_EVENTS} ORDER BY s.placed_at, s.id, l.line_no`,
  );
  const done = await ctx.db.batch([events, lines]);
  const groups = new Map<string, Group>();
  const addRow = (batch: ClaimedBatch & { currency: string }, partition: Partition, row: Row): void => {
    const key = batchFileKey(batch.tenant_id, partition, batch.batch_id);
    const group = groups.get(key);
    if (group) group.rows.push(row);
    else groups.set(key, { ...batch, ...partition, rows: [row] });
  };
  for (const event of done.of(events)) {
    const day = dayOf(instantOfId(event.event_id), event.timezone);
    addRow(event, { dataset: "events", day }, event);
  }
  for (const line of done.of(lines)) addRow(line, { dataset: "purchases", day: line.day }, line);
  return [...groups];
}

async function storeGroup(ctx: Base, key: string, group: Group): Promise<ManifestFile> {
  const chunks: Uint8Array[] = [];
  const count = await writeParquet(columnsOf(group.dataset, group.currency), [group.rows], async (bytes) => {
    chunks.push(bytes);
  });
  const stored = await putIfAbsent(ctx.env.LAKE, key, Buffer.concat(chunks));
  const { tenant_id, dataset, day } = group;
  return { ...stored, tenant_id, key, dataset, day, rows: count };
}

/**
 * Stores claimed batches in the lake and marks their events with the statement `exported`. A batch that arrives after its partition was built has the partition rebuilt instead (see
 * manifest.ts). Two round trips.
 */
export async function storeBatches(ctx: Base, batches: ClaimedBatch[], exported: SQL): Promise<void> {
  const groups = await loadGroups(ctx, batches);
  if (groups.length === 0) return;
  const files = await Promise.all(groups.map(([key, group]) => storeGroup(ctx, key, group)));
  const rejected = await addBatchFiles(ctx, files, exported);
  if (rejected.length > 0) await ctx.env.LAKE.delete(rejected.map(({ key }) => key));
  for (const { tenant_id, dataset, day } of rejected)
    await ctx.env.LAKE_JOBS.send(
      { kind: "lake-partition", tenant_id, partition: { dataset, day } } satisfies LakePartitionJob,
      { delaySeconds: BUILD_DELAY_SECONDS },
    );
}
