// Quotas small enough to be used up, and a clock to let a minute pass.
import { vi } from "vitest";
import { API } from "./client.ts";
import { callWith } from "./variant.ts";

/** Variables with these quotas per minute for all plans except `trial`, which allows one request. */
export const quotasOf = (tenant: number, user: number): Partial<Env> => {
  const few = { tenant, user };
  return { QUOTA_PLANS: JSON.stringify({ trial: { tenant: 1, user: 1 }, standard: few, large: few }) };
};

/** Advances the clock of this isolate and stops it until `vi.useRealTimers()`. */
export function advanceClock(seconds: number): void {
  const now = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: now + seconds * 1000 });
}

/** A cheap request by a signed-in user or, with a slug, by an anonymous reader. */
export const sendCheapRequest = (changes: Partial<Env>, who: { token: string } | { slug: string }) =>
  "token" in who
    ? callWith(changes, "GET", `${API}/auth/me`, { token: who.token })
    : callWith(changes, "GET", `${API}/products`, { headers: { "x-tenant": who.slug } });

/** The state of a quota in the headers of a response, or undefined if they do not include it. */
export function quotaState({ headers }: { headers: Headers }, policy: string) {
  const quota = new RegExp(`"${policy}";q=(\\d+);w=60\\b`).exec(headers.get("ratelimit-policy") ?? "")?.[1];
  const [, remaining, seconds] =
    new RegExp(`"${policy}";r=(\\d+);t=(\\d+)`).exec(headers.get("ratelimit") ?? "") ?? [];
  return quota === undefined
    ? undefined
    : { quota: Number(quota), remaining: Number(remaining), seconds: Number(seconds) };
}

/** The results of `count` requests, sent one after the other. */
export async function inSequence<T>(count: number, send: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let index = 0; index < count; index += 1) results.push(await send(index));
  return results;
}

/** The results of `count` requests, sent at once. */
export const inParallel = <T>(count: number, send: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, send));
