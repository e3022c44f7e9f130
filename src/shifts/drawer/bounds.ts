// A shift holds what was sold, refunded and moved in it: neither an end that is said for it nor a correction leaves one of
// these outside.
import { sql, type SQL } from "drizzle-orm";
import { invalid, type Problem } from "../../platform/problem.ts";

const edgeIn = (which: "min" | "max", tenantId: string, shiftId: string): SQL => {
  const edge = sql.raw(which);
  const ofShift = sql`tenant_id = ${tenantId} AND shift_id = ${shiftId}`;
  return sql`(SELECT ${edge}(at) FROM (SELECT ${edge}(placed_at) AS at FROM sales WHERE ${ofShift}
    UNION ALL SELECT ${edge}(created_at) FROM cash_moves WHERE ${ofShift}))`;
};

/** A scalar query: the first sale, refund or movement of cash of a shift, or NULL. */
export const firstIn = (tenantId: string, shiftId: string): SQL => edgeIn("min", tenantId, shiftId);

/** A scalar query: the last sale, refund or movement of cash of a shift, or NULL. */
export const lastIn = (tenantId: string, shiftId: string): SQL => edgeIn("max", tenantId, shiftId);

/** The shift would start after what is first in it. */
export const startsLate = (first: string): Problem =>
  invalid([{ pointer: "#/start_at", detail: `not after its first sale or movement of cash, ${first}` }]);

/** The shift would end before what is last in it. */
export const endsEarly = (last: string): Problem =>
  invalid([{ pointer: "#/end_at", detail: `not before its last sale or movement of cash, ${last}` }]);
