// Sweeps do what is due or was lost, page by page. A cron trigger begins each; a queue message continues it until nothing is left.
import { z } from "zod";
import type { Base } from "./context.ts";

/**
 * One bounded page of work, of all shops. `after` is the position that the page before it returned, "" at the start; resolves to the
 * next position, or to null if nothing is left. A page must be safe to run twice, and to run beside another.
 */
export type Sweep = (ctx: Base, after: string) => Promise<string | null>;

/** Continues a sweep. */
export const SweepJob = z.object({ kind: z.literal("sweep"), name: z.string(), after: z.string() });
export type SweepJob = z.infer<typeof SweepJob>;

/** The position of a sweep whose pages take the rows that come first: they leave the set when they are done. */
export const again = (isMore: boolean): string | null => (isMore ? "" : null);

// D1 takes a thousand statements an invocation, which the sweeps of a cron trigger share; a page may take 200.
const MAX_STATEMENTS = 400;
const MAX_MS = 20_000;

/** Runs a sweep until nothing is left, or sends the message that continues it when this invocation has done its share. */
export async function runSweep(
  ctx: Base,
  sweep: Sweep,
  name: string,
  from = "",
  maxMs = MAX_MS,
): Promise<void> {
  const end = Date.now() + maxMs;
  for (let after = await sweep(ctx, from); after !== null; after = await sweep(ctx, after)) {
    if (ctx.db.cost.statements < MAX_STATEMENTS && Date.now() < end) continue;
    await ctx.env.SWEEPS.send({ kind: "sweep", name, after } satisfies SweepJob);
    return;
  }
}
