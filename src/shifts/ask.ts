// How a request reaches the desk of a person, and what it hears from there. Errors do not survive a call between objects
// with their class, so a problem comes back as data and is thrown here; the desk's round trips count as the request's.
import type { Actor, ActorCtx, Tenant } from "../context.ts";
import type { Cost } from "../db.ts";
import { Problem, type Slug } from "../problem.ts";

/** Who calls, in which shop. */
export type Caller = { tenant: Tenant; actor: Actor };

export type Answer<Value> = { cost: Cost } & (
  | { value: Value }
  | { problem: { slug: Slug; detail: string; extra: Record<string, unknown> } }
);

/** The desk of the actor. */
export const deskOf = (ctx: ActorCtx) =>
  ctx.env.SHIFT_DESK.get(ctx.env.SHIFT_DESK.idFromName(`${ctx.tenant.id}:${ctx.actor.id}`));

export const callerOf = ({ tenant, actor }: ActorCtx): Caller => ({ tenant, actor });

/** What the desk answered. @throws the problem that the desk found */
export async function heard<Value>(ctx: ActorCtx, asked: Promise<Answer<Value>>): Promise<Value> {
  const answer = await asked;
  ctx.db.cost.queries += answer.cost.queries;
  ctx.db.cost.read += answer.cost.read;
  ctx.db.cost.written += answer.cost.written;
  ctx.db.cost.ms += answer.cost.ms;
  if ("problem" in answer)
    throw new Problem(answer.problem.slug, answer.problem.detail, answer.problem.extra);
  return answer.value;
}
