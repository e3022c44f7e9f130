// What a shop and its users have asked in the minute that runs. It is handed out in leases of a hundredth of what is left,
// so a busy isolate asks seldom, and what all isolates hold together is never more than the quota.

import { MINUTE_MS } from "../platform/minute.ts";

/** `ends` in ms; what was handed out so far, by key. It starts with the first request, so that not all shops begin anew at once. */
export type Window = { ends: number; used: Map<string, number> };

/** Who wants requests, how many he may have in a minute, and how many at most he wants now. */
export type Ask = { key: string; quota: number; most: number };

/** Requests that were granted until `ends` (ms), and how many others could get after them. */
export type Lease = { granted: number; left: number; ends: number };

/** The window as it stands. */
export const windowAt = (window: Window | undefined, now: number): Window =>
  window && now < window.ends ? window : { ends: now + MINUTE_MS, used: new Map() };

/** Hands out a lease: of nothing where the quota is used up. */
export function lease(window: Window, { key, quota, most }: Ask): Lease {
  const used = window.used.get(key) ?? 0;
  const free = Math.max(0, quota - used);
  const granted = Math.min(most, Math.ceil(free / 100));
  window.used.set(key, used + granted);
  return { granted, left: free - granted, ends: window.ends };
}
