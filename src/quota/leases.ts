// The leases that this isolate holds. A request with a lease needs no call; a request of an exhausted quota is rejected here
// until the minute ends. A lease is at most as large as what this isolate spent in the minute, so at most half of what is
// granted is unused. After an await, state is added to and never overwritten; losing it can only grant fewer requests.
import { callCounter, TIMEOUT_MS } from "./fail-open.ts";
import type { LeaseRequest, Lease } from "./window.ts";

/**
 * The state of one quota in this isolate until `ends` (ms): `held` requests may be spent here, `remaining` were free
 * elsewhere at the last call, `spent` were spent here. Until `leasePendingUntil` (ms) one call for a lease is in flight, and
 * other calls take a single request only, so that parallel requests do not obtain a lease each.
 */
type Meter = {
  quota: number;
  held: number;
  remaining: number;
  spent: number;
  ends: number;
  leasePendingUntil: number;
};

/** The number of keys and of shops that are remembered. */
export const MAX_METERS = 20_000;
// After a failure the shop's object is not called for this long, and its requests are not counted.
const PAUSE_MS = 5000;

const meters = new Map<string, Meter>();
// By shop, the time until which its object is not called.
const pausedUntil = new Map<string, number>();

function currentMeter(key: string): Meter | undefined {
  const meter = meters.get(key);
  return meter && Date.now() < meter.ends ? meter : undefined;
}

/** The state of this key's quota in the current minute, or undefined if it is not known here. */
export const meterOf = (key: string): Readonly<Meter> | undefined => currentMeter(key);

/** Whether all requests of this minute are spent. */
export const isUsedUp = (meter: Readonly<Meter> | undefined): boolean =>
  meter !== undefined && meter.held === 0 && meter.remaining === 0;

type CountedQuota = Omit<LeaseRequest, "max">;

const nothing = (): void => undefined;

/** The keys of quotas that are used up, and what gives back the request that was spent of each quota. */
type Spent = { rejected: string[]; revert: () => void };

/**
 * Spends one request of each quota or, if any is used up, of none. One call to the shop's object if this isolate has no lease. If
 * the object fails, nothing is rejected.
 */
export async function spend(env: Env, tenantId: string, quotas: CountedQuota[]): Promise<Spent> {
  const usedUp = quotas.filter(({ key }) => isUsedUp(meterOf(key)));
  if (usedUp.length > 0) return { rejected: usedUp.map(({ key }) => key), revert: nothing };
  // By key, the end of the minute in which it was spent.
  const spent = new Map<string, number>();
  // A request that is held under another plan is not spent.
  for (const { key, quota } of quotas) if (meterOf(key)?.quota === quota) record(spent, key, spendHeld(key));
  const missing = quotas.filter(({ key }) => !spent.has(key));
  const revert = (): void => {
    for (const [key, ends] of spent) unspend(key, ends);
  };
  if (missing.length === 0) return { rejected: [], revert };
  const leases = await requestLeases(env, tenantId, missing);
  if (!leases) return { rejected: [], revert };
  for (const [index, lease] of leases.entries()) {
    const quota = missing[index];
    if (quota) record(spent, quota.key, spendLease(quota, lease));
  }
  const rejected = quotas.filter(({ key }) => !spent.has(key));
  if (rejected.length === 0) return { rejected: [], revert };
  revert();
  return { rejected: rejected.map(({ key }) => key), revert: nothing };
}

function record(spent: Map<string, number>, key: string, ends: number | null): void {
  if (ends !== null) spent.set(key, ends);
}

/** Null if the object failed, now or recently. */
async function requestLeases(env: Env, tenantId: string, quotas: CountedQuota[]): Promise<Lease[] | null> {
  const now = Date.now();
  if (now < (pausedUntil.get(tenantId) ?? 0)) return null;
  const leasing: Meter[] = [];
  const requests = quotas.map((quota) => {
    const meter = currentMeter(quota.key);
    if (!meter || meter.spent < 2 || now < meter.leasePendingUntil) return { ...quota, max: 1 };
    meter.leasePendingUntil = now + TIMEOUT_MS;
    leasing.push(meter);
    return { ...quota, max: meter.spent };
  });
  const leases = await callCounter("tenant", async () =>
    env.TENANT_QUOTA.get(env.TENANT_QUOTA.idFromName(tenantId)).take(requests),
  );
  for (const meter of leasing) meter.leasePendingUntil = 0;
  if (leases) pausedUntil.delete(tenantId);
  else {
    limitSize(pausedUntil, (until) => until);
    pausedUntil.set(tenantId, Date.now() + PAUSE_MS);
  }
  return leases;
}

/** Spends a held request; returns the end of its minute, or null if none is held. */
function spendHeld(key: string): number | null {
  const meter = currentMeter(key);
  if (!meter || meter.held === 0) return null;
  meter.held -= 1;
  meter.spent += 1;
  return meter.ends;
}

/** Reverts `spendHeld` if its minute has not ended. */
function unspend(key: string, ends: number): void {
  const meter = meters.get(key);
  if (meter?.ends !== ends) return;
  meter.held += 1;
  meter.spent -= 1;
}

/** Adds a lease and spends one request of it; returns the end of its minute, or null if nothing was granted. */
function spendLease({ key, quota }: CountedQuota, lease: Lease): number | null {
  const meter = meters.get(key);
  const isOver = lease.ends <= Date.now() || (meter !== undefined && lease.ends < meter.ends);
  // A lease of a past minute is valid for this request only.
  if (isOver) return lease.granted > 0 ? lease.ends : null;
  if (meter?.ends === lease.ends) {
    if (meter.quota !== quota) meter.held = 0;
    meter.quota = quota;
    // Requests granted to other calls in the meantime may still be held here.
    meter.held += lease.granted;
    // Responses may arrive out of order; the smallest is the latest.
    meter.remaining = Math.min(meter.remaining, lease.remaining);
  } else {
    limitSize(meters, ({ ends }) => ends);
    const { granted: held, remaining, ends } = lease;
    meters.set(key, { quota, held, remaining, spent: 0, ends, leasePendingUntil: 0 });
  }
  return spendHeld(key);
}

/** Makes room in a full map: deletes expired entries or, if there are none, all. */
function limitSize<T>(map: Map<string, T>, endOf: (value: T) => number): void {
  if (map.size < MAX_METERS) return;
  const now = Date.now();
  for (const [key, value] of map) if (endOf(value) <= now) map.delete(key);
  if (map.size >= MAX_METERS) map.clear();
}
