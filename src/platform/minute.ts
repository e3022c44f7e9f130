// A minute in which something is counted.
export const MINUTE_MS = 60_000;

/** Seconds until then (ms), at least 1. */
export const secondsUntil = (ends: number): number => Math.max(1, Math.ceil((ends - Date.now()) / 1000));
