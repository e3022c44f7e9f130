// What this isolate holds of the quotas. A request that finds a lease here asks nobody; one that finds a quota used up is
// refused by what is known here, until the minute is over. Nothing here outlives an await unchecked: what came in meanwhile
// is added, never overwritten, and forgetting all of it can only hand out less.
import { answerOf } from "./fail-open.ts";
import type { Ask, Lease } from "./window.ts";

/** `held` requests may be spent here, `left` were to be had elsewhere when we last asked; all that until `ends` (ms). */
type Meter = { quota: number; held: number; left: number; ends: number };

const MAX_METERS = 20_000;
// An object that failed is left alone for so long, and its shop is not counted.
const REST_MS = 5000;

const meters = new Map<string, Meter>();
const resting = new Map<string, number>();

/** How the quota of this key stands, or undefined where nothing is known of this minute. */
export function meterOf(key: string): Readonly<Meter> | undefined {
  const meter = meters.get(key);
  return meter && Date.now() < meter.ends ? meter : undefined;
}

/** Whether all requests of this minute are spent. */
export const isUsedUp = (meter: Readonly<Meter> | undefined): boolean =>
  meter !== undefined && meter.held === 0 && meter.left === 0;

/**
 * Spends one request of each quota, or of none where one of them is used up; answers whether it did. One call to the
 * shop's object where this isolate has no lease. An object that fails refuses nothing.
 */
export async function spend(env: Env, tenantId: string, asks: Ask[]): Promise<boolean> {
  if (asks.some(({ key }) => isUsedUp(meterOf(key)))) return false;
  const spent = asks.map(({ key }) => ({ key, ends: spendHeld(key) }));
  const lacking = asks.filter((_, at) => spent[at]?.ends === null);
  if (lacking.length === 0) return true;
  const leases = await take(env, tenantId, lacking);
  if (!leases) return true;
  const granted = lacking.map((ask, at) => keep(ask, leases[at]));
  if (!granted.includes(false)) return true;
  for (const { key, ends } of spent) giveBack(key, ends);
  for (const [at, { key }] of lacking.entries()) if (granted[at]) giveBack(key, leases[at]?.ends ?? null);
  return false;
}

async function take(env: Env, tenantId: string, asks: Ask[]): Promise<Lease[] | null> {
  if (Date.now() < (resting.get(tenantId) ?? 0)) return null;
  const object = env.TENANT_QUOTA.get(env.TENANT_QUOTA.idFromName(tenantId));
  const leases = await answerOf("tenant", async () => object.take(asks));
  if (leases) resting.delete(tenantId);
  else resting.set(tenantId, Date.now() + REST_MS);
  return leases;
}

/** Spends a request that is held; answers the end of its minute, or null where none is held. */
function spendHeld(key: string): number | null {
  const meter = meters.get(key);
  if (!meter || meter.held === 0 || Date.now() >= meter.ends) return null;
  meter.held -= 1;
  return meter.ends;
}

/** Takes back what was not spent after all, if its minute still runs. */
function giveBack(key: string, ends: number | null): void {
  const meter = meters.get(key);
  if (meter && meter.ends === ends) meter.held += 1;
}

/** Adds a lease to what is held and spends one request of it; answers whether there was one. */
function keep({ key, quota }: Ask, lease: Lease | undefined): boolean {
  if (!lease) return true;
  const held = Math.max(0, lease.granted - 1);
  const meter = meters.get(key);
  if (!meter || meter.ends < lease.ends) {
    forgetSome();
    meters.set(key, { quota, held, left: lease.left, ends: lease.ends });
  } else if (meter.ends === lease.ends) {
    meter.held += held;
    // Answers may overtake each other: the smallest is the last.
    meter.left = Math.min(meter.left, lease.left);
  }
  return lease.granted > 0;
}

function forgetSome(): void {
  if (meters.size < MAX_METERS) return;
  const now = Date.now();
  for (const [key, meter] of meters) if (meter.ends <= now) meters.delete(key);
  if (meters.size >= MAX_METERS) meters.clear();
}
