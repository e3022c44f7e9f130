// Which sales of a day the daily tables lack. The index sales_day sorts the sales of a day by their position, `placed_at` and id.
// `built_until` is the position of the last one that is built; all before it are built too, except late_sales.
import { sql, type SQL } from "drizzle-orm";

export type Position = readonly [placedAt: string, id: string];

/** Before and after every position of a day. */
export const START: Position = ["", ""];
export const END: Position = ["~", ""];

// No id sorts between another one and the same followed by this character.
const NEXT = "!";

/** The first position after `builtUntil`; "" has built nothing. */
export function positionAfter(builtUntil: string): Position {
  if (builtUntil === "") return START;
  const [placedAt = "", id = ""] = builtUntil.split(" ");
  return [placedAt, id + NEXT];
}

/** Joins the row `b` of daily_sales to a dirty day `m`, if there is one. */
export const joinBuilt = sql.raw("LEFT JOIN daily_sales b ON b.tenant_id = m.tenant_id AND b.day = m.day");

const unlessNothing = (value: string): string => `iif(m.needs_rebuild OR b.day IS NULL, '', ${value})`;
const firstAt = unlessNothing("substr(b.built_until, 1, instr(b.built_until, ' ') - 1)");
const firstId = unlessNothing(`substr(b.built_until, instr(b.built_until, ' ') + 1) || '${NEXT}'`);

/** The first position of a dirty day `m` that is not built, with `joinBuilt`: two values. */
export const firstUnbuilt = sql.raw(`${firstAt}, ${firstId}`);

/** The condition that the daily rows of this day (a column) do not count, because all its sales have to be read. */
export const isUncounted = (tenantId: string, day: string): SQL =>
  sql`EXISTS (SELECT 1 FROM dirty_days d WHERE d.tenant_id = ${tenantId} AND d.day = ${sql.raw(day)} AND d.needs_rebuild = 1)`;
