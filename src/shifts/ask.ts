// How a request reaches the desk of a person, and what it hears from there. Errors do not survive a call between objects
// with their class, so a problem comes back as data and is thrown here; the desk's round trips count as the request's.
import type { Actor, ActorCtx, Tenant } from "../context.ts";
import type { Cost } from "../db.ts";
import { Problem, type Slug, type StatusOf } from "../problem.ts";

/** Who calls, in which shop. */
export type Caller = { tenant: Tenant; actor: Actor };

export type Answer<Value> = { cost: Cost } & (
  | { value: Value }
  | { problem: { slug: Slug; detail: string; extra: Record<string, unknown>; status: StatusOf<Slug> } }
);

/** The desk of somebody of the shop; of the actor, unless another is named. */
export const deskOf = (ctx: ActorCtx, userId = ctx.actor.id) =>
  ctx.env.SHIFT_DESK.get(ctx.env.SHIFT_DESK.idFromName(`${ctx.tenant.id}:${userId}`));

export const callerOf = ({ tenant, actor }: ActorCtx): Caller => ({ tenant, actor });

/** What the desk answered. @throws the problem that the desk found */
export async function heard<Value>(ctx: ActorCtx, asked: Promise<Answer<Value>>): Promise<Value> {
  const answer = await asked;
  ctx.db.cost.queries += answer.cost.queries;
  ctx.db.cost.read += answer.cost.read;
  ctx.db.cost.written += answer.cost.written;
  ctx.db.cost.ms += answer.cost.ms;
  if (!("problem" in answer)) return answer.value;
  const { slug, detail, extra, status } = answer.problem;
  throw new Problem(slug, detail, extra, {}, status);
}
