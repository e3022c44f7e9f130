// What each request may cost the others: it counts for its address, its shop and its user. Every answer says how that
// stands (draft-ietf-httpapi-ratelimit-headers-10). What is known to be too much is refused before D1 is asked.
import type { Context, MiddlewareHandler } from "hono";
import { addressOf } from "../address.ts";
import type { Actor, Tenant } from "../context.ts";
import type { App, Standing } from "../http.ts";
import { Problem } from "../problem.ts";
import { countAddress } from "./address.ts";
import { isUsedUp, meterOf, spend } from "./leases.ts";
import { planQuotas } from "./plans.ts";
import { WINDOW_MS } from "./window.ts";

const MINUTE = WINDOW_MS / 1000;

/** Writes the headers of every answer, refusals too. */
export const tellQuotas: MiddlewareHandler<App> = async (c, next) => {
  c.set("quotas", []);
  await next();
  const { quotas } = c.var;
  if (quotas.length === 0) return;
  const list = (of: (standing: Standing) => string) =>
    quotas.map((each) => `"${each.policy}";${of(each)}`).join(", ");
  c.header(
    "RateLimit-Policy",
    list(({ quota }) => `q=${quota};w=${MINUTE}`),
  );
  c.header(
    "RateLimit",
    list(({ left, seconds }) => `r=${left};t=${seconds}`),
  );
};

/** Counts the address. @throws Problem quota-exceeded */
export const shield: MiddlewareHandler<App> = async (c, next) => {
  const { standing, isRefused } = await countAddress(c.env, addressOf(c));
  c.var.quotas.push(standing);
  if (isRefused) throw exceeded([standing]);
  await next();
};

type Counted = { policy: "tenant" | "user"; key: string };

/** What a request counts for within a shop; a public reader is no user. */
const countedFor = (tenantId: string, userId: string | undefined): Counted[] => [
  { policy: "tenant", key: tenantId },
  ...(userId === undefined ? [] : [{ policy: "user" as const, key: `${tenantId}/${userId}` }]),
];

/** The slug of the shop that a request names, if it does. */
export const namedShop = (c: Context<App>): string | undefined =>
  c.req.header("x-tenant") ?? c.req.query("tenant");

// The ids of shops where something was used up, by slug: a reader names his shop so, and D1 shall not be asked for it.
const refusedShops = new Map<string, string>();
const MAX_REFUSED_SHOPS = 20_000;

/** Refuses what this isolate knows to be used up, before D1 is asked for anything. @throws Problem quota-exceeded */
export function refuseUsedUp(c: Context<App>, token: { tenantId: string; userId: string } | null): void {
  const slug = namedShop(c);
  const named = slug === undefined ? undefined : refusedShops.get(slug);
  // Who names another shop than his own is a public reader there.
  const isOwn = token !== null && (slug === undefined || named === token.tenantId);
  const tenantId = isOwn ? token.tenantId : named;
  if (tenantId === undefined) return;
  const counted = countedFor(tenantId, isOwn ? token.userId : undefined);
  if (counted.some(({ key }) => isUsedUp(meterOf(key)))) refuse(c, counted);
}

/**
 * Counts a request for its shop and its user. No round trip to D1; one call to the shop's object where this isolate holds
 * no lease. @throws Problem quota-exceeded
 */
export async function countRequest(c: Context<App>, tenant: Tenant, actor: Actor | null): Promise<void> {
  const quotas = planQuotas(c.env, tenant.plan);
  const counted = countedFor(tenant.id, actor?.id);
  const asks = counted.map(({ policy, key }) => ({ key, quota: quotas[policy] }));
  if (await spend(c.env, tenant.id, asks)) {
    // Of a minute that nobody counts everything is left.
    for (const { policy, key } of counted)
      c.var.quotas.push(standingOf(policy, meterOf(key)) ?? untouched(policy, quotas[policy]));
    return;
  }
  if (refusedShops.size >= MAX_REFUSED_SHOPS) refusedShops.clear();
  refusedShops.set(tenant.slug, tenant.id);
  refuse(c, counted);
}

const untouched = (policy: Standing["policy"], quota: number): Standing => ({
  policy,
  quota,
  left: quota,
  seconds: MINUTE,
});

function standingOf(policy: Standing["policy"], meter: ReturnType<typeof meterOf>): Standing | null {
  if (!meter) return null;
  const seconds = Math.max(1, Math.ceil((meter.ends - Date.now()) / 1000));
  return { policy, quota: meter.quota, left: meter.held + meter.left, seconds };
}

function refuse(c: Context<App>, counted: Counted[]): never {
  const standings = counted.flatMap(({ policy, key }) => standingOf(policy, meterOf(key)) ?? []);
  c.var.quotas.push(...standings);
  throw exceeded(standings.filter(({ left }) => left === 0));
}

const whose = { address: "this address", tenant: "the shop", user: "the user" };

/** `violated-policies` is the draft's name. */
function exceeded(standings: Standing[]): Problem {
  const wait = Math.max(1, ...standings.map(({ seconds }) => seconds));
  const names = standings.map(({ policy, quota }) => `${whose[policy]} (${quota} a minute)`).join(" and of ");
  return new Problem(
    "quota-exceeded",
    `The requests of ${names} are used up: try again in ${wait} s.`,
    { "violated-policies": standings.map(({ policy }) => policy) },
    { "retry-after": String(wait) },
  );
}
