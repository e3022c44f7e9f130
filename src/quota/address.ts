// The shield in front of all else: requests of one address, counted by the platform's rate limit, which is approximate and
// each location's own. It is told of a thousandth of the quota at a time, so who asks little costs nothing; a quota below a
// thousand is each isolate's own. What is left nobody says: the header tells what this isolate has counted.
import { networkOf } from "../values/network.ts";
import type { QuotaState } from "../platform/context.ts";
import { MINUTE_MS, secondsUntil } from "../platform/minute.ts";
import { answerOf } from "./fail-open.ts";
import { addressQuota } from "./plans.ts";

const MAX_ADDRESSES = 20_000;
// What ADDRESS_LIMIT allows in wrangler.toml.
const UNITS = 1000;

let minute = { ends: 0, counts: new Map<string, number>(), refused: new Set<string>() };

/** What was counted in the minute of the clock (which may have been set back), as the platform counts. */
function thisMinute(): typeof minute {
  const now = Date.now();
  const isOver = now >= minute.ends || now < minute.ends - MINUTE_MS;
  if (isOver || minute.counts.size >= MAX_ADDRESSES)
    minute = { ends: now - (now % MINUTE_MS) + MINUTE_MS, counts: new Map(), refused: new Set() };
  return minute;
}

/** Counts a request of this address. Who is refused once is not counted any more in this minute. */
export async function countAddress(env: Env, address: string): Promise<QuotaState & { isRefused: boolean }> {
  const quota = addressQuota(env);
  const key = networkOf(address);
  const { ends, counts, refused } = thisMinute();
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  // Rounded up, so that the platform never refuses before the quota is reached.
  const unit = Math.ceil(quota / UNITS);
  if (count > quota) refused.add(key);
  else if (!refused.has(key) && count % unit === 0) {
    const answer = await answerOf("address", () => env.ADDRESS_LIMIT.limit({ key }));
    if (answer?.success === false) refused.add(key);
  }
  const isRefused = refused.has(key);
  const remaining = isRefused ? 0 : Math.max(0, quota - count);
  return { policy: "address", quota, remaining, resetSeconds: secondsUntil(ends), isRefused };
}
