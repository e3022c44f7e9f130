// How a request reaches the desk of a person, and what it hears from there. Errors do not survive a call between objects
// with their class, so a problem comes back as data and is thrown here; the desk's round trips count as the request's.
// A desk that was cut off is asked again. Nobody knows what it had done by then: so the Worker makes the ids of what a
// request creates, and a step that finds them in D1 answers what the try before it has made.
import { callObject } from "../../platform/bindings.ts";
import type { Actor, ActorCtx, Tenant } from "../../platform/context.ts";
import type { Cost } from "../../platform/d1.ts";
import { Problem } from "../../platform/problem.ts";
import { type Slug, type StatusOf } from "../../platform/problem-types.ts";

/** Who calls, in which shop, by which request. */
export type Caller = { tenant: Tenant; actor: Actor; requestId: string | null };

export type DeskResult<Value> = { cost: Cost } & (
  | { value: Value }
  | { problem: { slug: Slug; detail: string; extra: Record<string, unknown>; status: StatusOf<Slug> } }
);

type Desk = ReturnType<Env["SHIFT_DESK"]["get"]>;

const TRIES = 4;

export const callerOf = ({ tenant, actor, requestId }: ActorCtx): Caller => ({ tenant, actor, requestId });

/**
 * What the desk answers to `ask`; the desk of the actor, unless another user of the shop is named.
 * @throws the problem that the desk found
 */
export async function callDesk<Value>(
  ctx: ActorCtx,
  ask: (desk: Desk) => Promise<DeskResult<Value>>,
  userId = ctx.actor.id,
): Promise<Value> {
  const answer = await callObject(() => asked(ctx, ask, userId));
  ctx.db.cost.queries += answer.cost.queries;
  ctx.db.cost.statements += answer.cost.statements;
  ctx.db.cost.read += answer.cost.read;
  ctx.db.cost.written += answer.cost.written;
  ctx.db.cost.ms += answer.cost.ms;
  if (!("problem" in answer)) return answer.value;
  const { slug, detail, extra, status } = answer.problem;
  throw new Problem(slug, detail, extra, {}, status);
}

async function asked<Value>(
  ctx: ActorCtx,
  ask: (desk: Desk) => Promise<DeskResult<Value>>,
  userId: string,
): Promise<DeskResult<Value>> {
  const { SHIFT_DESK } = ctx.env;
  for (let tries = 1; ; tries += 1)
    try {
      // A stub stays broken after its object was cut off: each try has its own.
      return await ask(SHIFT_DESK.get(SHIFT_DESK.idFromName(`${ctx.tenant.id}:${userId}`)));
    } catch (error) {
      if (tries === TRIES || !isCutOff(error)) throw error;
      await scheduler.wait(Math.random() * 20 * tries);
    }
}

/** Whether the platform says that the object was reset or disconnected, and not that it has too much to do. */
function isCutOff(error: unknown): boolean {
  if (!(error instanceof Error) || ("overloaded" in error && error.overloaded === true)) return false;
  return (
    ("retryable" in error && error.retryable === true) ||
    ("durableObjectReset" in error && error.durableObjectReset === true)
  );
}
