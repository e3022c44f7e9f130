// Quotas that a few requests use up, and a clock to advance.
import { vi } from "vitest";
import { API } from "./client.ts";
import { callWith } from "./variant.ts";

/** Variables under which plans allow these requests a minute; `trial` allows one. */
export const quotasOf = (tenant: number, user: number): Partial<Env> => {
  const few = { tenant, user };
  return { QUOTA_PLANS: JSON.stringify({ trial: { tenant: 1, user: 1 }, standard: few, large: few }) };
};

/** Advances the clock of this isolate, which then stands still until `vi.useRealTimers()`. */
export function pass(seconds: number): void {
  const now = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: now + seconds * 1000 });
}

/** A cheap request, by a person who is signed in or by a public reader of a shop. */
export const peek = (changes: Partial<Env>, who: { token: string } | { slug: string }) =>
  "token" in who
    ? callWith(changes, "GET", `${API}/auth/me`, { token: who.token })
    : callWith(changes, "GET", `${API}/products`, { headers: { "x-tenant": who.slug } });

/** A quota in the headers of a response: requests a minute, remaining, and seconds to the reset. Undefined if it is not there. */
export function standingOf({ headers }: { headers: Headers }, policy: string) {
  const quota = new RegExp(`"${policy}";q=(\\d+);w=60`).exec(headers.get("ratelimit-policy") ?? "")?.[1];
  const [, left, seconds] =
    new RegExp(`"${policy}";r=(\\d+);t=(\\d+)`).exec(headers.get("ratelimit") ?? "") ?? [];
  return quota === undefined
    ? undefined
    : { quota: Number(quota), left: Number(left), seconds: Number(seconds) };
}
