// The shield in front of all else: requests of one address, counted by the platform's rate limit, which is approximate and
// each location's own. What is left of it nobody says, so the header tells what this isolate has counted.
import { networkOf } from "../address.ts";
import type { Standing } from "../http.ts";
import { answerOf } from "./fail-open.ts";
import { addressQuota } from "./plans.ts";
import { WINDOW_MS } from "./window.ts";

const MAX_ADDRESSES = 20_000;

let minute = { ends: 0, counts: new Map<string, number>(), refused: new Set<string>() };

function thisMinute(): typeof minute {
  const now = Date.now();
  if (now >= minute.ends) {
    const ends = now - (now % WINDOW_MS) + WINDOW_MS;
    minute = { ends, counts: new Map(), refused: new Set() };
  }
  return minute;
}

/** Counts a request of this address. `left` is 0, and `isRefused` true, where it may have no more in this minute. */
export async function countAddress(
  env: Env,
  address: string,
): Promise<{ standing: Standing; isRefused: boolean }> {
  const quota = addressQuota(env);
  const key = networkOf(address);
  const { ends, counts, refused } = thisMinute();
  const count = (counts.get(key) ?? 0) + 1;
  if (counts.size >= MAX_ADDRESSES) counts.clear();
  counts.set(key, count);
  if (!refused.has(key)) {
    const answer = await answerOf("address", () => env.ADDRESS_LIMIT.limit({ key }));
    if (answer?.success === false) refused.add(key);
  }
  const isRefused = refused.has(key);
  const left = isRefused ? 0 : Math.max(0, quota - count);
  const seconds = Math.max(1, Math.ceil((ends - Date.now()) / 1000));
  return { standing: { policy: "address", quota, left, seconds }, isRefused };
}
