// The night's work for a shop: first the days whose products are to be counted, then the neighbours. Each message does a
// bounded part and names the next. It may run twice or overlap: at worst neighbours are those of some minutes before.
import type { Base } from "../platform/context.ts";
import type { ProductJob } from "../rollups/run.ts";
import { buildNextProductDays } from "./days.ts";
import { buildNeighbours } from "./neighbours.ts";

const BATCHES_A_MESSAGE = 10;

/** Goes on with a shop's products; answers the job that has to follow, null where all is done. */
export async function buildProducts(
  ctx: Base,
  job: ProductJob,
  batchesAMessage = BATCHES_A_MESSAGE,
): Promise<ProductJob | null> {
  if (job.products_after === "")
    for (let batches = 0; await buildNextProductDays(ctx, job.tenant_id);)
      if ((batches += 1) === batchesAMessage) return job;
  const last = await buildNeighbours(ctx, job.tenant_id, job.products_after);
  return last === null ? null : { ...job, products_after: last };
}
