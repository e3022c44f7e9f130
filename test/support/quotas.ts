// Quotas small enough to be used up, and a clock to let a minute pass.
import { vi } from "vitest";
import { API } from "./client.ts";
import { callWith } from "./variant.ts";

/** The variables of a deployment whose plans allow so few requests a minute; `trial` allows one. */
export const quotasOf = (tenant: number, user: number): Partial<Env> => {
  const few = { tenant, user };
  return { QUOTA_PLANS: JSON.stringify({ trial: { tenant: 1, user: 1 }, standard: few, large: few }) };
};

/** Lets time pass for everything in this isolate. The clock stands still from then on, until `vi.useRealTimers()`. */
export function pass(seconds: number): void {
  const now = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: now + seconds * 1000 });
}

/** A request that costs little: by somebody signed in, or by a public reader who names the shop. */
export const peek = (changes: Partial<Env>, who: { token: string } | { slug: string }) =>
  "token" in who
    ? callWith(changes, "GET", `${API}/auth/me`, { token: who.token })
    : callWith(changes, "GET", `${API}/products`, { headers: { "x-tenant": who.slug } });

/** How a quota stands by the headers of an answer: requests a minute, left, seconds. Undefined where it is not named. */
export function standingOf({ headers }: { headers: Headers }, policy: string) {
  const quota = new RegExp(`"${policy}";q=(\\d+);w=60`).exec(headers.get("ratelimit-policy") ?? "")?.[1];
  const [, left, seconds] =
    new RegExp(`"${policy}";r=(\\d+);t=(\\d+)`).exec(headers.get("ratelimit") ?? "") ?? [];
  return quota === undefined
    ? undefined
    : { quota: Number(quota), left: Number(left), seconds: Number(seconds) };
}
