// What this isolate holds of the quotas. A request that finds a lease here asks nobody; one that finds a quota used up is
// refused by what is known here, until the minute is over. Nothing here outlives an await unchecked: what came in meanwhile
// is added, never overwritten, and forgetting all of it can only hand out less.
import { answerOf, PATIENCE_MS } from "./fail-open.ts";
import type { Ask, Lease } from "./window.ts";

/** `held` requests may be spent here, `left` were to be had elsewhere when we last asked; all that until `ends` (ms). */
type Meter = { quota: number; held: number; left: number; ends: number };

const MAX_METERS = 20_000;
// An object that failed is left alone for so long, and its shop is not counted.
const REST_MS = 5000;

const meters = new Map<string, Meter>();
const resting = new Map<string, number>();
// Until when an answer with a lease for this key may come: meanwhile others ask for their one request only, so that many
// at once do not carry off the whole quota.
const asking = new Map<string, number>();

/** How the quota of this key stands, or undefined where nothing is known of this minute. */
export function meterOf(key: string): Readonly<Meter> | undefined {
  const meter = meters.get(key);
  return meter && Date.now() < meter.ends ? meter : undefined;
}

/** Whether all requests of this minute are spent. */
export const isUsedUp = (meter: Readonly<Meter> | undefined): boolean =>
  meter !== undefined && meter.held === 0 && meter.left === 0;

type Wanted = Omit<Ask, "most">;

/**
 * Spends one request of each quota, or of none where one of them is used up: answers the keys of those that are. One call
 * to the shop's object where this isolate has no lease. An object that fails refuses nothing.
 */
export async function spend(env: Env, tenantId: string, wanted: Wanted[]): Promise<string[]> {
  const usedUp = wanted.filter(({ key }) => isUsedUp(meterOf(key)));
  if (usedUp.length > 0) return usedUp.map(({ key }) => key);
  // By key, the end of the minute that it was spent of.
  const spent = new Map<string, number>();
  for (const { key } of wanted) note(spent, key, spendHeld(key));
  const lacking = wanted.filter(({ key }) => !spent.has(key));
  if (lacking.length === 0) return [];
  const leases = await take(env, tenantId, lacking);
  if (!leases) return [];
  for (const [at, lease] of leases.entries()) {
    const each = lacking[at];
    if (each) note(spent, each.key, keep(each, lease));
  }
  const refused = wanted.filter(({ key }) => !spent.has(key));
  if (refused.length > 0) for (const [key, ends] of spent) giveBack(key, ends);
  return refused.map(({ key }) => key);
}

function note(spent: Map<string, number>, key: string, ends: number | null): void {
  if (ends !== null) spent.set(key, ends);
}

async function take(env: Env, tenantId: string, wanted: Wanted[]): Promise<Lease[] | null> {
  const now = Date.now();
  if (now < (resting.get(tenantId) ?? 0)) return null;
  const asks = wanted.map((each) => ({ ...each, most: now < (asking.get(each.key) ?? 0) ? 1 : each.quota }));
  const forMany = asks.filter(({ most }) => most > 1);
  for (const { key } of forMany) asking.set(key, now + PATIENCE_MS);
  const leases = await answerOf("tenant", async () =>
    env.TENANT_QUOTA.get(env.TENANT_QUOTA.idFromName(tenantId)).take(asks),
  );
  for (const { key } of forMany) asking.delete(key);
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
function giveBack(key: string, ends: number): void {
  const meter = meters.get(key);
  if (meter && meter.ends === ends) meter.held += 1;
}

/** Adds a lease to what is held and spends one request; answers the end of its minute, or null where there is none. */
function keep({ key, quota }: Wanted, lease: Lease): number | null {
  const meter = meters.get(key);
  const isOver = lease.ends <= Date.now() || (meter !== undefined && lease.ends < meter.ends);
  // Of a minute that is over it is good for this request alone.
  if (isOver) return lease.granted > 0 ? lease.ends : null;
  if (meter?.ends === lease.ends) {
    meter.quota = quota;
    // What others were granted while we asked may be left for us.
    meter.held += lease.granted;
    // Answers may overtake each other: the smallest is the last.
    meter.left = Math.min(meter.left, lease.left);
  } else {
    forgetSome();
    meters.set(key, { quota, held: lease.granted, left: lease.left, ends: lease.ends });
  }
  return spendHeld(key);
}

function forgetSome(): void {
  if (meters.size < MAX_METERS) return;
  const now = Date.now();
  for (const [key, meter] of meters) if (meter.ends <= now) meters.delete(key);
  if (meters.size >= MAX_METERS) meters.clear();
}
