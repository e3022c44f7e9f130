// Calls the Durable Object of a person. Errors lose their class between objects, so a problem is returned as data and thrown
// here. A call that was cut off is repeated: the Worker chooses the ids of what a request creates, so a step that finds them
// in D1 returns the result of the earlier attempt.
import { callObject } from "../../platform/bindings.ts";
import type { Actor, ActorCtx, Tenant } from "../../platform/context.ts";
import type { Cost } from "../../platform/d1.ts";
import { Problem } from "../../platform/problem.ts";
import { type Slug, type StatusOf } from "../../platform/problem-types.ts";

/** Who calls, in which shop, in which request. */
export type Caller = { tenant: Tenant; actor: Actor; requestId: string | null };

type DeskProblem = {
  slug: Slug;
  detail: string;
  extra: Record<string, unknown>;
  headers: Record<string, string>;
  status: StatusOf<Slug>;
};

export type DeskResult<Value> = { cost: Cost } & ({ value: Value } | { problem: DeskProblem });

type Desk = ReturnType<Env["SHIFT_DESK"]["get"]>;
type DeskCall<Value> = (desk: Desk) => Promise<DeskResult<Value>>;

const MAX_ATTEMPTS = 4;

export const callerOf = ({ tenant, actor, requestId }: ActorCtx): Caller => ({ tenant, actor, requestId });

/**
 * Calls the desk of the actor, or of another user of the shop, and adds its cost at D1 to that of the request.
 * @throws the Problem that the desk returns
 */
export async function callDesk<Value>(
  ctx: ActorCtx,
  call: DeskCall<Value>,
  userId = ctx.actor.id,
): Promise<Value> {
  const result = await callObject(() => callWithRetries(ctx, call, userId));
  ctx.db.cost.queries += result.cost.queries;
  ctx.db.cost.statements += result.cost.statements;
  ctx.db.cost.read += result.cost.read;
  ctx.db.cost.written += result.cost.written;
  ctx.db.cost.ms += result.cost.ms;
  if (!("problem" in result)) return result.value;
  const { slug, detail, extra, headers, status } = result.problem;
  throw new Problem(slug, detail, extra, headers, status);
}

async function callWithRetries<Value>(
  ctx: ActorCtx,
  call: DeskCall<Value>,
  userId: string,
): Promise<DeskResult<Value>> {
  const { SHIFT_DESK } = ctx.env;
  for (let attempt = 1; ; attempt += 1)
    try {
      // A stub stays broken after its object was reset, so each attempt gets its own.
      return await call(SHIFT_DESK.get(SHIFT_DESK.idFromName(`${ctx.tenant.id}:${userId}`)));
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
