// Calls the Durable Object of a person. Errors lose their class between objects, so a problem is returned as data and thrown
// here. A call that was cut off is repeated: the Worker chooses the ids of what a request creates, so a step that finds them
// in D1 returns the result of the earlier attempt.
import { callObject } from "../../platform/bindings.ts";
import type { UserCtx, User, Tenant } from "../../platform/context.ts";
import type { Cost, Delegated, Guard } from "../../platform/d1.ts";
import { GuardViolated } from "../../platform/guarded-db.ts";
import { fromPlain, type PlainProblem } from "../../platform/problem.ts";
import type { Trace } from "../../platform/trace.ts";

/** Who calls, in which shop, in which request. */
export type Caller = { tenant: Tenant; actor: User; requestId: string | null; trace: Trace };

/** A call in a request. The first batch of the step has the guard; null where a batch has confirmed it already. */
export type Call = { caller: Caller; guard: Guard | null };

export type DeskResult<Value> = { cost: Cost } & Delegated &
  ({ value: Value } | { problem: PlainProblem } | { isViolated: true });

type Desk = ReturnType<Env["SHIFT_DESK"]["get"]>;
type DeskCall<Value> = (desk: Desk, call: Call) => Promise<DeskResult<Value>>;

const MAX_ATTEMPTS = 4;

/**
 * Calls the desk of the actor, or of another user of the shop, and adds its cost at D1 to that of the request.
 * @throws GuardViolated, and the Problem that the desk returns
 */
export async function callDesk<Value>(
  ctx: UserCtx,
  call: DeskCall<Value>,
  userId = ctx.actor.id,
): Promise<Value> {
  const { tenant, actor, requestId, trace } = ctx;
  const caller = { tenant, actor, requestId, trace };
  const result = await ctx.db.delegate(async (guard) => {
    const returned = await callObject(() =>
      callWithRetries(ctx, (desk) => call(desk, { caller, guard }), userId),
    );
    ctx.db.cost.queries += returned.cost.queries;
    ctx.db.cost.statements += returned.cost.statements;
    ctx.db.cost.read += returned.cost.read;
    ctx.db.cost.written += returned.cost.written;
    ctx.db.cost.ms += returned.cost.ms;
    return returned;
  });
  if ("value" in result) return result.value;
  throw "problem" in result ? fromPlain(result.problem) : new GuardViolated();
}

async function callWithRetries<Value>(
  ctx: UserCtx,
  call: (desk: Desk) => Promise<DeskResult<Value>>,
  userId: string,
): Promise<DeskResult<Value>> {
  const { SHIFT_DESK } = ctx.env;
  for (let attempt = 1; ; attempt += 1)
    try {
      // A stub stays broken after its object was reset, so each attempt gets its own.
      const result = await call(SHIFT_DESK.get(SHIFT_DESK.idFromName(`${ctx.tenant.id}:${userId}`)));
      // An attempt that was cut off may have been committed.
      return attempt === 1 ? result : { ...result, guard: { ...result.guard, mayHaveCommitted: true } };
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isCutOff(error)) throw error;
      await scheduler.wait(Math.random() * 20 * attempt);
    }
}

/** Whether the platform reports that the object was reset or disconnected, and not that it is overloaded. */
function isCutOff(error: unknown): boolean {
  if (!(error instanceof Error) || ("overloaded" in error && error.overloaded === true)) return false;
  return (
    ("retryable" in error && error.retryable === true) ||
    ("durableObjectReset" in error && error.durableObjectReset === true)
  );
}
