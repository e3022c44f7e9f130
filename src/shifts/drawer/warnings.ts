// More cash may leave a drawer than it should hold, because counts and reality differ: the response warns. Its warnings are
// computed in the batch that takes the cash, and stored with the response.
import { sql, type SQL } from "drizzle-orm";
import { expectedCash } from "./expected-cash.ts";

/**
 * A scalar query: the JSON array of `DrawerWarning` for cash (minor units, a number or SQL) that earlier statements of the batch have
 * taken from the drawer of a shift. Empty if `shiftId`, which is SQL, is NULL.
 */
export const drawerWarnings = (tenantId: string, shiftId: SQL, paidOut: number | SQL): SQL =>
  sql`coalesce((WITH drawer AS MATERIALIZED (
      SELECT o.paid_out, ${expectedCash} + o.paid_out AS cash FROM (SELECT CAST(${paidOut} AS INTEGER) AS paid_out) o
      CROSS JOIN shifts h ON h.tenant_id = ${tenantId} AND h.id = ${shiftId} WHERE o.paid_out > 0)
    SELECT json_array(json_object('code', 'drawer-short', 'detail',
      printf('The drawer should have held %d minor units, but %d were paid out. Count the cash.', cash, paid_out),
      'expected_cash', cash)) FROM drawer WHERE cash < paid_out), '[]')`;
