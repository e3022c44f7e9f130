// Objects that no row names: a Worker that dies between an object and its row leaves one, and so does a delete that fails.
// Each night looks at a part of the bucket, and the next goes on behind it.
import type { Base } from "./context.ts";

// No request takes as long: what is older has its row, or will never have one.
const OLD_MS = 86_400_000;
// Each page is a list and what is done about it: well below the thousand steps that an invocation may take.
const A_NIGHT = { pages: 10, objects: 1000 };

/**
 * Hands the keys under a prefix that are older than a day, a page at a time, to `drop`, which deletes those that no row
 * names. A page that fails is the next night's first.
 */
export async function sweepObjects(
  ctx: Base,
  prefix: string,
  drop: (keys: string[]) => Promise<void>,
  { pages, objects: limit } = A_NIGHT,
): Promise<void> {
  const place = `swept:${prefix}`;
  let after = (await ctx.env.CACHE.get(place)) ?? undefined;
  try {
    for (let page = 0; page < pages; page += 1) {
      const { objects, truncated } = await ctx.env.FILES.list({
        prefix,
        limit,
        ...(after === undefined ? {} : { startAfter: after }),
      });
      const old = objects.filter(({ uploaded }) => uploaded.getTime() < ctx.now.getTime() - OLD_MS);
      if (old.length > 0) await drop(old.map(({ key }) => key));
      after = truncated ? objects.at(-1)?.key : undefined;
      if (after === undefined) return;
    }
  } finally {
    // Once a night, for KV takes a key once a second.
    await (after === undefined ? ctx.env.CACHE.delete(place) : ctx.env.CACHE.put(place, after));
  }
}
