// How a domain declares background work whose backlog the health check reports.
import { sql, type SQL } from "drizzle-orm";

export const MINUTE_S = 60;
export const HOUR_S = 3600;

// Bounds what a query scans when many rows precede the one it needs.
export const MAX_SCANNED = 100;

/**
 * Background work: `waiting` is a scalar query for its backlog (seconds or a count, NULL when empty) and must read through an
 * index; beyond `limit` the service is degraded.
 */
export type MonitoredJob = { limit: number; what: string; waiting: SQL };

/** The seconds since an instant that a scalar query yields. */
export const secondsSince = (at: SQL): SQL => sql`unixepoch('now') - unixepoch(${at})`;
