// More cash may leave a drawer than it should hold, because counts and reality differ: the response warns. Its warnings are
// computed in the batch that takes the cash, and stored with the response.
import { sql, type SQL } from "drizzle-orm";
import { expectedCash } from "./expected-cash.ts";

/**
 * A scalar query: the JSON array of `DrawerWarning` for cash (minor units) that earlier statements of the batch have taken from the
 * drawer of a shift. Empty if `shiftId`, which is SQL, is NULL.
 */
export function drawerWarnings(tenantId: string, shiftId: SQL, paidOut: number): SQL {
  if (paidOut <= 0) return sql`'[]'`;
  return sql`coalesce((WITH drawer AS MATERIALIZED (
      SELECT ${expectedCash} + CAST(${paidOut} AS INTEGER) AS cash FROM shifts h WHERE h.tenant_id = ${tenantId} AND h.id = ${shiftId})
    SELECT json_array(json_object('code', 'drawer-short', 'detail',
      printf('The drawer should have held %d minor units, but %d were paid out. Count the cash.', cash, ${paidOut}),
      'expected_cash', cash)) FROM drawer WHERE cash < ${paidOut}), '[]')`;
}
