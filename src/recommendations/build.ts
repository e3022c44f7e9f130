// The nightly job of a shop: first its days, then its neighbours. Each message does a bounded amount of work and names the
// next. Messages may repeat or overlap: at worst the neighbours are some minutes old.
import type { Base } from "../platform/context.ts";
import type { ProductJob } from "../rollups/jobs.ts";
import { buildNextProductDays } from "./days.ts";
import { buildNeighbours } from "./neighbours.ts";

const BATCHES_PER_MESSAGE = 10;

/** Does the next part of a shop's job; returns the job of the next message, or null when all is built. */
export async function buildProducts(
  ctx: Base,
  job: ProductJob,
  batchesPerMessage = BATCHES_PER_MESSAGE,
): Promise<ProductJob | null> {
  if (job.products_after === "")
    for (let batches = 0; await buildNextProductDays(ctx, job.tenant_id);)
      if ((batches += 1) === batchesPerMessage) return job;
  const last = await buildNeighbours(ctx, job.tenant_id, job.products_after);
  return last === null ? null : { ...job, products_after: last };
}
