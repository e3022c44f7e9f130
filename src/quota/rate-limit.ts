// What each request may cost the others: it counts for its address, its shop and its user. Readers and customers count for
// half of their shop's besides: the other half is the staff's alone. Every answer says how that stands
// (draft-ietf-httpapi-ratelimit-headers-10). What is known to be too much is refused before D1 is asked.
import type { Context, MiddlewareHandler } from "hono";
import { clientAddress } from "../http/client-address.ts";
import type { Actor, Role, Tenant, QuotaState } from "../platform/context.ts";
import { invalid, Problem } from "../platform/problem.ts";
import { type App } from "../http/app-context.ts";
import { MINUTE_MS, secondsUntil } from "../platform/minute.ts";
import { countAddress } from "./address.ts";
import { isUsedUp, meterOf, spend } from "./leases.ts";
import { planQuotas } from "./plans.ts";

const MINUTE = MINUTE_MS / 1000;

/** Writes the headers of every answer, refusals too. */
export const rateLimitHeaders: MiddlewareHandler<App> = async (c, next) => {
  c.set("quotas", []);
  await next();
  const { quotas } = c.var;
  if (quotas.length === 0) return;
  const list = (of: (standing: QuotaState) => string) =>
    quotas.map((each) => `"${each.policy}";${of(each)}`).join(", ");
  c.header(
    "RateLimit-Policy",
    list(({ quota }) => `q=${quota};w=${MINUTE}`),
  );
  c.header(
    "RateLimit",
    list(({ remaining, resetSeconds }) => `r=${remaining};t=${resetSeconds}`),
  );
};

/** Counts the address. @throws Problem quota-exceeded */
export const limitByAddress: MiddlewareHandler<App> = async (c, next) => {
  const standing = await countAddress(c.env, clientAddress(c));
  c.var.quotas.push(standing);
  if (standing.isRefused) throw exceeded(["address"], standing.resetSeconds);
  await next();
};

type Counted = { policy: "tenant" | "public" | "user"; key: string };

/** What a request counts for within a shop; a public reader is no user. */
function countedFor(tenantId: string, user: Pick<Actor, "id" | "role"> | null): Counted[] {
  const counted: Counted[] = [{ policy: "tenant", key: tenantId }];
  if (!user || user.role === "CUSTOMER") counted.push({ policy: "public", key: `${tenantId}/public` });
  if (user) counted.push({ policy: "user", key: `${tenantId}/${user.id}` });
  return counted;
}

/** The slug of the shop that a request names, if it does. @throws Problem invalid, where it names several */
export function requestedShop(c: Context<App>): string | undefined {
  const header = c.req.header("x-tenant");
  const names = [...(header === undefined ? [] : [header]), ...(c.req.queries("tenant") ?? [])];
  if (new Set(names).size > 1)
    throw invalid([{ pointer: "#/query/tenant", detail: "names another shop than X-Tenant, or several" }]);
  return names[0];
}

// The ids of shops where something was used up, by slug: a reader names his shop so, and D1 shall not be asked for it.
const usedUpShops = new Map<string, string>();
const MAX_SHOPS = 20_000;

type Token = { tenantId: string; userId: string; role: Role };

/**
 * Refuses what this isolate knows to be used up, before D1 is asked for anything. Here the role is the token's: a customer
 * who has become staff waits with the readers, if they have used up theirs, until his token is a new one.
 * @throws Problem quota-exceeded
 */
export function rejectExhausted(c: Context<App>, token: Token | null): void {
  const slug = requestedShop(c);
  const named = slug === undefined ? undefined : usedUpShops.get(slug);
  // Who names another shop than his own is a public reader there.
  const isOwn = token !== null && (slug === undefined || named === token.tenantId);
  const tenantId = isOwn ? token.tenantId : named;
  if (tenantId === undefined) return;
  const counted = countedFor(tenantId, isOwn ? { id: token.userId, role: token.role } : null);
  const usedUp = counted.filter(({ key }) => isUsedUp(meterOf(key)));
  if (usedUp.length > 0) refuse(c, counted, usedUp);
}

/**
 * Counts a request for its shop and its user. No round trip to D1; one call to the shop's object where this isolate holds
 * no lease. @throws Problem quota-exceeded
 */
export async function countRequest(c: Context<App>, tenant: Tenant, actor: Actor | null): Promise<void> {
  const quotas = planQuotas(c.env, tenant.plan);
  const counted = countedFor(tenant.id, actor);
  const wanted = counted.map(({ policy, key }) => ({ key, quota: quotas[policy] }));
  const refused = await spend(c.env, tenant.id, wanted);
  if (counted.some(({ key }) => isUsedUp(meterOf(key)))) {
    if (usedUpShops.size >= MAX_SHOPS) usedUpShops.clear();
    usedUpShops.set(tenant.slug, tenant.id);
  }
  const usedUp = counted.filter(({ key }) => refused.includes(key));
  if (usedUp.length > 0) refuse(c, counted, usedUp);
  for (const each of counted) {
    const quota = quotas[each.policy];
    // Of a minute that nobody counts all is left.
    c.var.quotas.push(
      standingOf(each) ?? { policy: each.policy, quota, remaining: quota, resetSeconds: MINUTE },
    );
  }
}

function standingOf({ policy, key }: Counted): QuotaState | null {
  const meter = meterOf(key);
  if (!meter) return null;
  const { quota, held, left, ends } = meter;
  return { policy, quota, remaining: held + left, resetSeconds: secondsUntil(ends) };
}

function refuse(c: Context<App>, counted: Counted[], usedUp: Counted[]): never {
  c.var.quotas.push(...counted.flatMap((each) => standingOf(each) ?? []));
  const waits = usedUp.map((each) => standingOf(each)?.resetSeconds ?? 1);
  throw exceeded(
    usedUp.map(({ policy }) => policy),
    Math.max(...waits),
  );
}

const names = {
  address: "This address",
  tenant: "The shop",
  public: "Readers and customers of the shop",
  user: "The user",
};

/** `violated-policies` is what the draft calls it. */
const exceeded = (policies: QuotaState["policy"][], seconds: number): Problem =>
  new Problem(
    "quota-exceeded",
    `${policies.map((policy) => names[policy]).join(", ")}: all requests of this minute are used up. Try again in ${seconds} s.`,
    { "violated-policies": policies },
    { "retry-after": String(seconds) },
  );
