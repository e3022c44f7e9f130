import type { Base } from "../../platform/context.ts";
import { logFailure } from "../../platform/log.ts";
import type { SweepJob } from "../../platform/sweeps.ts";

/** The sweep that moves the sales of customer records which were merged into another or taken over by an account. */
export const MERGES = "customer-merges";

/**
 * Has these sales moved now rather than by the next cron trigger. To be called after an address is confirmed, whether or not a record
 * has it: whether one does stays unknown.
 */
export function queueMerges(ctx: Base): void {
  const job: SweepJob = { kind: "sweep", name: MERGES, after: "" };
  ctx.waitUntil(ctx.env.SWEEPS.send(job).catch((error: unknown) => logFailure("customer merges", error)));
}
