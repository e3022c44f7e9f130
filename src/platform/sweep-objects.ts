// Deletes R2 objects that no row references: a Worker that dies between writing an object and its row leaves one, and so
// does a failed delete. Each run covers a section of the bucket; the next run continues after it.
import type { Base } from "./context.ts";

// No request takes a day, so an older object either has its row or will never have one.
const MIN_AGE_MS = 86_400_000;
// A page costs one list and the work of its callback: far below the 1,000 subrequests of an invocation.
const MAX_PER_RUN = { pages: 10, objects: 1000 };

/**
 * Passes the keys under `prefix` that are older than a day, a page at a time, to `deleteOrphans`, which deletes those that
 * no row references. The next run repeats a page that fails.
 */
export async function sweepObjects(
  ctx: Base,
  prefix: string,
  deleteOrphans: (keys: string[]) => Promise<void>,
  { pages, objects: limit } = MAX_PER_RUN,
): Promise<void> {
  const positionKey = `sweep-objects:${prefix}`;
  let after = (await ctx.env.CACHE.get(positionKey)) ?? undefined;
  try {
    for (let page = 0; page < pages; page += 1) {
      const { objects, truncated } = await ctx.env.FILES.list({
        prefix,
        limit,
        ...(after === undefined ? {} : { startAfter: after }),
      });
      const old = objects.filter(({ uploaded }) => uploaded.getTime() < ctx.now.getTime() - MIN_AGE_MS);
      if (old.length > 0) await deleteOrphans(old.map(({ key }) => key));
      after = truncated ? objects.at(-1)?.key : undefined;
      if (after === undefined) return;
    }
  } finally {
    // Written once per run, because KV accepts one write per second to the same key.
    await (after === undefined ? ctx.env.CACHE.delete(positionKey) : ctx.env.CACHE.put(positionKey, after));
  }
}
