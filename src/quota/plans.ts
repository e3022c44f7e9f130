// The quotas in requests per minute, from environment variables. An invalid variable fails every request that needs it, so
// that the mistake is noticed at once.
import { z } from "@hono/zod-openapi";
import type { Plan } from "../platform/context.ts";
import { positiveInteger } from "../platform/variables.ts";

/** A trigger on `tenants` allows the same names. */
export const PlanName = z
  .enum(["trial", "standard", "large"] satisfies readonly Plan[])
  .openapi("Plan", { example: "standard" });

const requests = z.int().min(1);

// Anonymous readers and customers share half of the quota, so that they cannot block the staff.
const plansShape = z.record(
  PlanName,
  z
    .strictObject({ tenant: requests, user: requests, key: requests.optional() })
    .transform(({ tenant, user, key = user }) => ({ tenant, public: Math.ceil(tenant / 2), user, key })),
);

/** Requests per minute of the shop, of its anonymous readers and customers together, of each user and of each API key. */
type PlanQuotas = { tenant: number; public: number; user: number; key: number };

let parsed: { source: string; plans: Record<Plan, PlanQuotas> } | undefined;

/** The quotas of a plan, from the variable QUOTA_PLANS, parsed once per isolate. @throws ZodError or SyntaxError, if it is invalid */
export function planQuotas(env: Env, plan: Plan): PlanQuotas {
  if (parsed?.source !== env.QUOTA_PLANS)
    parsed = { source: env.QUOTA_PLANS, plans: plansShape.parse(JSON.parse(env.QUOTA_PLANS)) };
  return parsed.plans[plan];
}

/** Requests per minute of one address. @throws Problem unavailable, if the variable is invalid */
export const addressQuota = (env: Env): number => positiveInteger(env, "QUOTA_PER_ADDRESS");
