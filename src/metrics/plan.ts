import type { Ctx } from "../platform/context.ts";
import type { BatchResult, Returning } from "../platform/d1.ts";

/** A figure as the statements it needs and the function that reads it from their results, so that several share one batch. */
export type Plan<T> = { statements: Returning<unknown>[]; read: (done: BatchResult) => T };

/** The figure of a plan. One round trip. */
export const runPlan = async <T>(ctx: Ctx, plan: Plan<T>): Promise<T> =>
  plan.read(await ctx.db.batch(plan.statements));
