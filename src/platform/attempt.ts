// A change that is made without a read before it: its batch has the conditions, and only if that is rejected a read says why.
import type { Base } from "./context.ts";
import { violatesAny } from "./d1.ts";
import { Problem } from "./problem.ts";

/**
 * The result of a change, or null if D1 rejects its batch or the change finds a problem, which a read must confirm. Then what it has
 * emitted is withdrawn.
 */
export async function attempt<T>(ctx: Base, change: () => Promise<T>): Promise<T | null> {
  const [events, mails] = [ctx.outbox.length, ctx.mails.length];
  try {
    return await change();
  } catch (error) {
    const isProblem = error instanceof Problem && error.slug !== "unavailable";
    if (!isProblem && !violatesAny(error)) throw error;
    ctx.outbox.splice(events);
    ctx.mails.splice(mails);
    return null;
  }
}
