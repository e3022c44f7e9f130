// Builds a whole partition from D1 into one file (the law is in manifest.ts). Any build may run twice or be killed.
import type { Base, Tenant } from "../../platform/context.ts";
import { rebuildDirtyDays } from "../../rollups/rebuild.ts";
import { columnsOf } from "./datasets.ts";
import { beginBuild, endBuild, forgetFile } from "../manifest.ts";
import { beginObject } from "./objects.ts";
import { writeParquet } from "./parquet.ts";
import { type Partition, wholeKey } from "../partitions.ts";
import { partitionRows } from "./sources.ts";

const MAX_CONFLICT_RETRIES = 5;

/** Builds a partition if it is touched; false where it changed each time that it was tried. */
export async function buildPartition(ctx: Base, tenant: Tenant, partition: Partition): Promise<boolean> {
  for (let rivals = 0; rivals < MAX_CONFLICT_RETRIES; rivals += 1) {
    const key = wholeKey(tenant.id, partition);
    const state = await beginBuild(ctx, tenant.id, partition, key);
    if (!state) return true;
    const object = beginObject(ctx.env.LAKE, key);
    try {
      const pages = partitionRows(ctx, tenant, partition.dataset, partition.day);
      const rows = await writeParquet(columnsOf(partition.dataset, tenant.currency), pages, object.send);
      const written = await object.finish();
      if (await endBuild(ctx, state, { ...written, ...partition, tenant_id: tenant.id, key, rows }))
        return true;
    } catch (error) {
      await object.abort();
      throw error;
    }
    await forgetFile(ctx, tenant.id, key);
    // The rival may be a sale, whose day is to be built first.
    if (partition.dataset === "purchases") await rebuildDirtyDays(ctx, tenant.id);
  }
  return false;
}
