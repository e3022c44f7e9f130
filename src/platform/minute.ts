// The fixed window in which requests and attempts are counted.
export const MINUTE_MS = 60_000;

/** Seconds until an instant in milliseconds, at least 1. */
export const secondsUntil = (instant: number): number =>
  Math.max(1, Math.ceil((instant - Date.now()) / 1000));
