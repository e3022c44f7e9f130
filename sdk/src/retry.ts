// When a request is sent again, and after how long.
import { ConnectionError, Problem } from "./problem.ts";
import type { Prepared } from "./request.ts";

const FIRST_DELAY_MS = 250;
const LONGEST_BACKOFF_MS = 8_000;

const UNAVAILABLE = [502, 503, 504];

/** Up to half of a delay is random, so that clients that failed together do not return together. */
const jittered = (ms: number): number => ms * (0.5 + Math.random() / 2);

/**
 * Milliseconds until the next attempt; null if there is none. A request that was too soon had no effect, so any is repeated. Without a
 * response, or if a dependency failed, only those are that have one effect however often they arrive.
 */
export function delayBefore(
  error: unknown,
  { isSafe, isRepeatable, url }: Prepared,
  attempt: number,
  longest: number,
): number | null {
  if (!isRepeatable) return null;
  const backoff = jittered(Math.min(FIRST_DELAY_MS * 2 ** attempt, LONGEST_BACKOFF_MS));
  if (error instanceof ConnectionError) return isSafe ? backoff : null;
  if (!(error instanceof Problem)) return null;
  // A person waits for the answer to their password.
  const isTooSoon = error.status === 429 && !url.pathname.includes("/auth/");
  if (!isTooSoon && !(isSafe && UNAVAILABLE.includes(error.status))) return null;
  const delay = error.retryAfter === null ? backoff : error.retryAfter + jittered(FIRST_DELAY_MS);
  return delay > longest ? null : delay;
}

/** Waits; rejects with the reason of the signal when it is aborted. */
export function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve();
    }, ms);
    if (signal?.aborted) end();
    else signal?.addEventListener("abort", end, { once: true });
  });
}
