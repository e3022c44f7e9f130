// Limits the requests of one address with Cloudflare's rate limit binding, which is approximate and counts per location.
// The binding is called once per thousandth of the quota, so few requests cost nothing; each isolate also enforces the
// quota by itself. The binding does not report what remains, so the headers state what this isolate has counted.
import { networkOf } from "../values/network.ts";
import type { QuotaState } from "../platform/context.ts";
import { MINUTE_MS, secondsUntil } from "../platform/minute.ts";
import { callCounter } from "./fail-open.ts";
import { addressQuota } from "./plans.ts";

const MAX_ADDRESSES = 20_000;
// The limit of ADDRESS_LIMIT in wrangler.toml.
const UNITS = 1000;

let minute = { ends: 0, counts: new Map<string, number>(), rejected: new Set<string>() };

/** The counts of the current minute of the clock, as the binding counts; the clock may have been set back. */
function currentMinute(): typeof minute {
  const now = Date.now();
  const isOver = now >= minute.ends || now < minute.ends - MINUTE_MS;
  if (isOver || minute.counts.size >= MAX_ADDRESSES)
    minute = { ends: now - (now % MINUTE_MS) + MINUTE_MS, counts: new Map(), rejected: new Set() };
  return minute;
}

/** Counts a request of this address. A rejected address is not counted again within the minute. */
export async function countAddress(env: Env, address: string): Promise<QuotaState & { isRejected: boolean }> {
  const quota = addressQuota(env);
  const key = networkOf(address);
  const { ends, counts, rejected } = currentMinute();
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  // Rounded up, so that the binding never rejects before the quota is reached.
  const unit = Math.ceil(quota / UNITS);
  if (count > quota) rejected.add(key);
  else if (!rejected.has(key) && count % unit === 0) {
    const outcome = await callCounter("address", () => env.ADDRESS_LIMIT.limit({ key }));
    if (outcome?.success === false) rejected.add(key);
  }
  const isRejected = rejected.has(key);
  const remaining = isRejected ? 0 : Math.max(0, quota - count);
  return { policy: "address", quota, remaining, resetSeconds: secondsUntil(ends), isRejected };
}
