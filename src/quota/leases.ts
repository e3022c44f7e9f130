// What this isolate holds of the quotas. A request that finds a lease here asks nobody; one that finds a quota used up is
// refused by what is known here, until the minute is over. A lease is no larger than what was spent here in this minute, so
// of what is handed out no more than half lies unused. Nothing here outlives an await unchecked: what came in meanwhile is
// added, never overwritten, and forgetting all of it can only hand out less.
import { answerOf, PATIENCE_MS } from "./fail-open.ts";
import type { Ask, Lease } from "./window.ts";

/**
 * `held` requests may be spent here, `left` were to be had elsewhere when we last asked, `spent` were spent here; all that
 * until `ends` (ms). Until `asking` a lease may come: meanwhile others ask for their one request only, so that many at once
 * do not carry off as many leases.
 */
type Meter = { quota: number; held: number; left: number; spent: number; ends: number; asking: number };

/** So many keys and shops are remembered. */
export const MAX_METERS = 20_000;
// An object that failed is left alone for so long, and its shop is not counted.
const REST_MS = 5000;

const meters = new Map<string, Meter>();
// By shop, until when its object is left alone.
const resting = new Map<string, number>();

/** The meter of the minute that runs. */
function running(key: string): Meter | undefined {
  const meter = meters.get(key);
  return meter && Date.now() < meter.ends ? meter : undefined;
}

/** How the quota of this key stands, or undefined where nothing is known of this minute. */
export const meterOf = (key: string): Readonly<Meter> | undefined => running(key);

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
  const asking: Meter[] = [];
  const asks = wanted.map((each) => {
    const meter = running(each.key);
    if (!meter || meter.spent < 2 || now < meter.asking) return { ...each, most: 1 };
    meter.asking = now + PATIENCE_MS;
    asking.push(meter);
    return { ...each, most: meter.spent };
  });
  const leases = await answerOf("tenant", async () =>
    env.TENANT_QUOTA.get(env.TENANT_QUOTA.idFromName(tenantId)).take(asks),
  );
  for (const meter of asking) meter.asking = 0;
  if (leases) resting.delete(tenantId);
  else {
    makeRoom(resting, (until) => until);
    resting.set(tenantId, Date.now() + REST_MS);
  }
  return leases;
}

/** Spends a request that is held; answers the end of its minute, or null where none is held. */
function spendHeld(key: string): number | null {
  const meter = running(key);
  if (!meter || meter.held === 0) return null;
  meter.held -= 1;
  meter.spent += 1;
  return meter.ends;
}

/** Takes back what was not spent after all, if its minute still runs. */
function giveBack(key: string, ends: number): void {
  const meter = meters.get(key);
  if (meter?.ends !== ends) return;
  meter.held += 1;
  meter.spent -= 1;
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
    makeRoom(meters, (each) => each.ends);
    const { granted: held, left, ends } = lease;
    meters.set(key, { quota, held, left, spent: 0, ends, asking: 0 });
  }
  return spendHeld(key);
}

/** Forgets what is over where there is too much, and all where that is not enough. */
function makeRoom<T>(map: Map<string, T>, endOf: (each: T) => number): void {
  if (map.size < MAX_METERS) return;
  const now = Date.now();
  for (const [key, each] of map) if (endOf(each) <= now) map.delete(key);
  if (map.size >= MAX_METERS) map.clear();
}
