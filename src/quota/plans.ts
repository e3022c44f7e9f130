// How much may be asked in a minute. The figures are variables of the deployment: what is wrong with them fails every
// request that needs them, so that a mistake is seen at once.
import { z } from "@hono/zod-openapi";
import type { Plan } from "../platform/context.ts";
import { positiveInteger } from "../platform/variables.ts";

/** A trigger of `tenants` names the same ones. */
export const PlanName = z
  .enum(["trial", "standard", "large"] satisfies readonly Plan[])
  .openapi("Plan", { example: "standard" });

const requests = z.int().min(1);

// Readers and customers get half, so that nobody from outside can shut the tills.
const plansShape = z.record(
  PlanName,
  z
    .strictObject({ tenant: requests, user: requests })
    .transform(({ tenant, user }) => ({ tenant, public: Math.ceil(tenant / 2), user })),
);

/** Requests a minute: of the shop, of its public readers and customers together, of each of its users. */
type PlanQuotas = { tenant: number; public: number; user: number };

let read: { source: string; plans: Record<Plan, PlanQuotas> } | undefined;

/** The quotas of a plan, from the variable QUOTA_PLANS: read once per isolate. Throws where that is not right. */
export function planQuotas(env: Env, plan: Plan): PlanQuotas {
  if (read?.source !== env.QUOTA_PLANS)
    read = { source: env.QUOTA_PLANS, plans: plansShape.parse(JSON.parse(env.QUOTA_PLANS)) };
  return read.plans[plan];
}

/** Requests a minute of one address. @throws Problem unavailable, where the variable is no number */
export const addressQuota = (env: Env): number => positiveInteger(env, "QUOTA_PER_ADDRESS");
