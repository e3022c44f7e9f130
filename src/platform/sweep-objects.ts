// Deletes R2 objects that no row references: a Worker that dies between writing an object and its row leaves one, and so
// does a failed delete.
import type { Base } from "./context.ts";

// No request takes a day, so an older object either has its row or will never have one.
const MIN_AGE_MS = 86_400_000;
const OBJECTS_PER_PAGE = 1_000;

/**
 * A page of a sweep (see sweeps.ts) that passes the keys under `prefix` that are older than a day to `deleteOrphans`, which deletes
 * those that no row references.
 */
export async function sweepObjects(
  ctx: Base,
  after: string,
  prefix: string,
  deleteOrphans: (keys: string[]) => Promise<void>,
  limit = OBJECTS_PER_PAGE,
): Promise<string | null> {
  const { objects, truncated } = await ctx.env.FILES.list({
    prefix,
    limit,
    ...(after === "" ? {} : { startAfter: after }),
  });
  const old = objects.filter(({ uploaded }) => uploaded.getTime() < ctx.now.getTime() - MIN_AGE_MS);
  if (old.length > 0) await deleteOrphans(old.map(({ key }) => key));
  return truncated ? (objects.at(-1)?.key ?? null) : null;
}
