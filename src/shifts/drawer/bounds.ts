// The sales, refunds and cash movements of a shift lie within its times: neither a close by an ADMIN nor a correction may
// leave one outside. Nor may a correction move the start before the account was created.
import { sql, type SQL } from "drizzle-orm";
import { invalid, type Problem } from "../../platform/problem.ts";

const boundOf = (aggregate: "min" | "max", tenantId: string, shiftId: string): SQL => {
  const bound = sql.raw(aggregate);
  const ofShift = sql`tenant_id = ${tenantId} AND shift_id = ${shiftId}`;
  // An online order was placed at some other time: what counts is when its payment was recorded.
  return sql`(SELECT ${bound}(at) FROM (SELECT ${bound}(placed_at) AS at FROM sales WHERE ${ofShift} AND channel <> 'online'
    UNION ALL SELECT ${bound}(p.created_at) FROM sales s INDEXED BY sales_shift
      CROSS JOIN payments p INDEXED BY payments_sale ON p.tenant_id = s.tenant_id AND p.sale_id = s.id
      WHERE s.tenant_id = ${tenantId} AND s.shift_id = ${shiftId} AND s.channel = 'online' AND p.status = 'received'
    UNION ALL SELECT ${bound}(created_at) FROM cash_moves WHERE ${ofShift}))`;
};

/** A scalar query: the instant of the first sale, refund or cash movement of a shift, or NULL. */
export const firstEntryAt = (tenantId: string, shiftId: string): SQL => boundOf("min", tenantId, shiftId);

/** A scalar query: the instant of the last sale, refund or cash movement of a shift, or NULL. */
export const lastEntryAt = (tenantId: string, shiftId: string): SQL => boundOf("max", tenantId, shiftId);

/** The column needs_review of a shift with these times (SQL): 1 if it is longer than 24 hours, whoever set them. */
export const needsReview = (start: SQL, end: SQL): SQL =>
  sql`${end} > strftime('%Y-%m-%dT%H:%M:%fZ', ${start}, '+24 hours')`;

export const startsTooLate = (first: string): Problem =>
  invalid([{ pointer: "#/start_at", detail: `must not be after the first sale or cash movement, ${first}` }]);

export const endsTooEarly = (last: string): Problem =>
  invalid([{ pointer: "#/end_at", detail: `must not be before the last sale or cash movement, ${last}` }]);

export const startsBeforeAccount = (created: string): Problem =>
  invalid([{ pointer: "#/start_at", detail: `must not be before the account was created, ${created}` }]);
