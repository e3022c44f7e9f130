// The circuit of an endpoint. A time-out opens it: its deliveries wait, until one of them is attempted as a probe. Any other outcome of an
// attempt closes it. There is no more than one probe, because an endpoint has at most one attempt in flight.
import { sql, type SQL } from "drizzle-orm";
import type { Base } from "../platform/context.ts";

/** How long an endpoint may take to answer. */
export const TIMEOUT_MS = 5000;

const FIRST_PAUSE_S = 30;
const MAX_PAUSE_S = 5 * 60;

/** Seconds from a time-out to the probe, by the number of consecutive time-outs before it. */
export const pauseAfter = (timeouts: number): number =>
  Math.min(MAX_PAUSE_S, FIRST_PAUSE_S * 2 ** Math.min(timeouts, 10));

/** SQL: whether the circuit of `alias`, a row of webhook_endpoints, is open at an instant. */
export const isOpen = (alias: string, at: string): SQL => sql`${sql.raw(alias)}.open_until > ${at}`;

/** The columns of the wire that show the circuit. */
export const circuitColumns = (ctx: Base): SQL => {
  const now = ctx.now.toISOString();
  return sql`CASE WHEN timeouts_in_row = 0 THEN 'closed' WHEN open_until > ${now} THEN 'open' ELSE 'half_open' END AS circuit,
    timeouts_in_row AS consecutive_timeouts, iif(open_until > ${now}, open_until, NULL) AS next_probe_at`;
};

/** The assignments that close the circuit. */
export const closed = sql`timeouts_in_row = 0, open_until = NULL`;

/** The statement that lets the next delivery be attempted at once, as the probe. */
export const probeNow = (tenantId: string, endpointId: string): SQL =>
  sql`UPDATE webhook_endpoints SET open_until = NULL
    WHERE tenant_id = ${tenantId} AND id = ${endpointId}`;
