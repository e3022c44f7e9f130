// Builds a complete partition from D1 into one file, by the rules in manifest.ts. A build may run twice or crash.
import type { Base, Tenant } from "../../platform/context.ts";
import { objectWriter } from "../../platform/object-writer.ts";
import { rebuildDirtyDays } from "../../rollups/rebuild.ts";
import { columnsOf } from "./datasets.ts";
import { beginBuild, endBuild, discardFile } from "../manifest.ts";
import { PARQUET } from "./objects.ts";
import { writeParquet } from "./parquet.ts";
import { type Partition, fullFileKey } from "../partitions.ts";
import { partitionRows } from "./sources.ts";

const MAX_CONFLICT_RETRIES = 5;

/** Builds a partition if it is dirty. Resolves to false if it changed during every attempt. */
export async function buildPartition(ctx: Base, tenant: Tenant, partition: Partition): Promise<boolean> {
  for (let attempt = 0; attempt < MAX_CONFLICT_RETRIES; attempt += 1) {
    const key = fullFileKey(tenant.id, partition);
    const state = await beginBuild(ctx, tenant.id, partition, key);
    if (!state) return true;
    const object = objectWriter(ctx.env.LAKE, key, PARQUET);
    try {
      const { timezone, sealed_day, sealed_end } = state;
      const shop = { ...tenant, timezone, sealed_day, sealed_end };
      const pages = partitionRows(ctx, shop, partition.dataset, partition.day);
      const rows = await writeParquet(columnsOf(partition.dataset, tenant.currency), pages, object.write);
      const stored = await object.close();
      if (await endBuild(ctx, state, { ...stored, ...partition, tenant_id: tenant.id, key, rows }))
        return true;
    } catch (error) {
      await object.abort();
      throw error;
    }
    await discardFile(ctx, tenant.id, key);
    // The conflict may be a sale that has marked its day dirty.
    if (partition.dataset === "purchases") await rebuildDirtyDays(ctx, tenant.id);
  }
  return false;
}
