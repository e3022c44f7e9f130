// A request counts against the quotas of its address, its shop and its user or API key. Anonymous readers and customers also count
// against half of the shop's quota; the other half is reserved for staff. Every response states the quotas
// (draft-ietf-httpapi-ratelimit-headers-10), and a quota known to be used up is enforced before D1 is queried.
import type { Context, MiddlewareHandler } from "hono";
import { clientAddress } from "../http/client-address.ts";
import type { Role, Tenant, QuotaState } from "../platform/context.ts";
import { invalid, Problem } from "../platform/problem.ts";
import { type App } from "../http/app-context.ts";
import { MINUTE_MS, secondsUntil } from "../platform/minute.ts";
import { countAddress } from "./address.ts";
import { isUsedUp, meterOf, spend } from "./leases.ts";
import { planQuotas } from "./plans.ts";
import { folded } from "../values/text.ts";

const WINDOW_SECONDS = MINUTE_MS / 1000;

/** Adds the quota headers to every response, including rejections. */
export const rateLimitHeaders: MiddlewareHandler<App> = async (c, next) => {
  c.set("quotas", []);
  await next();
  const { quotas } = c.var;
  if (quotas.length === 0) return;
  const list = (parameters: (state: QuotaState) => string) =>
    quotas.map((state) => `"${state.policy}";${parameters(state)}`).join(", ");
  c.header(
    "RateLimit-Policy",
    list(({ quota }) => `q=${quota};w=${WINDOW_SECONDS}`),
  );
  c.header(
    "RateLimit",
    list(({ remaining, resetSeconds }) => `r=${remaining};t=${resetSeconds}`),
  );
};

/** Counts the request against its address. @throws Problem quota-exceeded, unavailable */
export const limitByAddress: MiddlewareHandler<App> = async (c, next) => {
  const state = await countAddress(c.env, clientAddress(c));
  c.var.quotas.push(state);
  if (state.isRejected) throw exceeded(["address"], state.resetSeconds);
  await next();
};

type QuotaKey = { policy: "tenant" | "public" | "user" | "key"; key: string };

/** Who sends a request: a user or a secret API key. */
type Counted = { kind: "user"; id: string; role: Role } | { kind: "key"; keyId: string };

/** The quotas against which a request counts; `actor` is null for an anonymous reader. */
function quotaKeys(tenantId: string, actor: Counted | null): QuotaKey[] {
  const keys: QuotaKey[] = [{ policy: "tenant", key: tenantId }];
  if (!actor || (actor.kind === "user" && actor.role === "CUSTOMER"))
    keys.push({ policy: "public", key: `${tenantId}/public` });
  if (actor)
    keys.push({ policy: actor.kind, key: `${tenantId}/${actor.kind === "key" ? actor.keyId : actor.id}` });
  return keys;
}

/** The slug of the shop that a request names, in lower case, if any. @throws Problem invalid, if it names several */
export function requestedShop(c: Context<App>): string | undefined {
  const header = c.req.header("x-tenant");
  const named = [...(header === undefined ? [] : [header]), ...(c.req.queries("tenant") ?? [])];
  const names = named.map(folded);
  if (new Set(names).size > 1)
    throw invalid([
      { pointer: "#/query/tenant", detail: "must name one shop, the same as X-Tenant if both are sent" },
    ]);
  return names[0];
}

// By slug, the ids of shops with a used-up quota, so that a request which names the slug can be rejected without D1.
const usedUpShops = new Map<string, string>();
const MAX_SHOPS = 20_000;

/** What a token says before D1 is queried; `actor` is null for a publishable API key. */
type Claim = { tenantId: string; actor: Counted | null };

/**
 * Rejects a request if this isolate knows that one of its quotas is used up, before D1 is queried. The role is that of the
 * token, so a new employee counts as a customer here until their token is refreshed. @throws Problem quota-exceeded, invalid
 */
export function rejectExhausted(c: Context<App>, token: Claim | null): void {
  const slug = requestedShop(c);
  const named = slug === undefined ? undefined : usedUpShops.get(slug);
  // A user of another shop is an anonymous reader of the named one.
  const isSameShop = token !== null && (slug === undefined || named === token.tenantId);
  const tenantId = isSameShop ? token.tenantId : named;
  if (tenantId === undefined) return;
  const keys = quotaKeys(tenantId, isSameShop ? token.actor : null);
  const usedUp = keys.filter(({ key }) => isUsedUp(meterOf(key)));
  if (usedUp.length > 0) reject(c, keys, usedUp);
}

/** Rejects an anonymous request to a shop if this isolate knows that a quota is used up. @throws Problem quota-exceeded */
export function rejectExhaustedShop(c: Context<App>, tenantId: string): void {
  const keys = quotaKeys(tenantId, null);
  const usedUp = keys.filter(({ key }) => isUsedUp(meterOf(key)));
  if (usedUp.length > 0) reject(c, keys, usedUp);
}

/**
 * Counts a request against the quotas of its shop and its user or API key. No round trip to D1; one call to the shop's object if this
 * isolate has no lease. Returns what makes the request uncounted. @throws Problem quota-exceeded
 */
export async function countRequest(
  c: Context<App>,
  tenant: Tenant,
  actor: Counted | null,
): Promise<() => void> {
  const counted = c.var.quotas.length;
  const quotas = planQuotas(c.env, tenant.plan);
  const keys = quotaKeys(tenant.id, actor);
  const { rejected, revert } = await spend(
    c.env,
    tenant.id,
    keys.map(({ policy, key }) => ({ key, quota: quotas[policy] })),
  );
  if (keys.some(({ key }) => isUsedUp(meterOf(key)))) {
    if (usedUpShops.size >= MAX_SHOPS) usedUpShops.clear();
    usedUpShops.set(tenant.slug, tenant.id);
  }
  const usedUp = keys.filter(({ key }) => rejected.includes(key));
  if (usedUp.length > 0) reject(c, keys, usedUp);
  for (const key of keys) {
    const quota = quotas[key.policy];
    // While the object fails nothing is counted, so the whole quota remains.
    const uncounted = { policy: key.policy, quota, remaining: quota, resetSeconds: WINDOW_SECONDS };
    c.var.quotas.push(stateOf(key) ?? uncounted);
  }
  return () => {
    revert();
    c.var.quotas.splice(counted);
  };
}

function stateOf({ policy, key }: QuotaKey): QuotaState | null {
  const meter = meterOf(key);
  if (!meter) return null;
  const { quota, held, remaining, ends } = meter;
  return { policy, quota, remaining: held + remaining, resetSeconds: secondsUntil(ends) };
}

function reject(c: Context<App>, keys: QuotaKey[], usedUp: QuotaKey[]): never {
  c.var.quotas.push(...keys.flatMap((key) => stateOf(key) ?? []));
  const waits = usedUp.map((key) => stateOf(key)?.resetSeconds ?? 1);
  throw exceeded(
    usedUp.map(({ policy }) => policy),
    Math.max(...waits),
  );
}

const subjects = {
  address: "this address",
  tenant: "the shop",
  public: "the shop's anonymous readers and customers",
  user: "the user",
  key: "the API key",
};

/** The member `violated-policies` is defined by the draft. */
const exceeded = (policies: QuotaState["policy"][], seconds: number): Problem =>
  new Problem(
    "quota-exceeded",
    `The quota of ${policies.map((policy) => subjects[policy]).join(" and of ")} is used up. Try again in ${seconds} s.`,
    { "violated-policies": policies },
    { "retry-after": String(seconds) },
  );
