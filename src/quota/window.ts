// The requests of a shop and its users in the current minute. They are granted in leases of at most a hundredth of what
// remains, so that a busy isolate rarely calls the shop's object, and all isolates together never exceed the quota.

import { MINUTE_MS } from "../platform/minute.ts";

/** `used` is what was granted so far, by key, until `ends` (ms). It starts with the first request, so that shops do not all reset at once. */
export type Window = { ends: number; used: Map<string, number> };

/** A request for up to `max` requests of a quota per minute. */
export type LeaseRequest = { key: string; quota: number; max: number };

/** Requests granted until `ends` (ms), and how many remain for others. */
export type Lease = { granted: number; remaining: number; ends: number };

/** The window at an instant (ms): the given one, or a new one if it has ended. */
export const windowAt = (window: Window | undefined, now: number): Window =>
  window && now < window.ends ? window : { ends: now + MINUTE_MS, used: new Map() };

/** Grants a lease, which is empty if the quota is used up. */
export function lease(window: Window, { key, quota, max }: LeaseRequest): Lease {
  const used = window.used.get(key) ?? 0;
  const free = Math.max(0, quota - used);
  const granted = Math.min(max, Math.ceil(free / 100));
  window.used.set(key, used + granted);
  return { granted, remaining: free - granted, ends: window.ends };
}
