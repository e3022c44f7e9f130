// A range is read as the rows of its whole months, and of the other days. A month of which a day has changed is read by its days until
// the ETL has built it again.
import { sql, type SQL } from "drizzle-orm";
import type { Ctx } from "../platform/context.ts";
import { isUncounted } from "../rollups/unbuilt.ts";
import { type Range, wholeDays } from "./days.ts";
import { FIRST_DAY, LAST_DAY, splitMonths } from "../values/whole-months.ts";

/** Rows by month or day: FROM with a table `t`, the column of the month's first day or of the day, a select list and a condition. */
type Rows = { table: string; period: string; select: SQL; where?: SQL | undefined };

/**
 * A query: the rows of the range's whole months that have not changed and of its other days, without those of days to be rebuilt;
 * without `monthly` of all its days.
 */
export function builtRows(
  ctx: Ctx,
  range: Range,
  { monthly, daily }: { monthly: Rows | null; daily: Rows },
): SQL {
  const tenantId = ctx.tenant.id;
  const [from = FIRST_DAY, to = LAST_DAY] = wholeDays(range);
  const { months, edges } = monthly ? splitMonths(from, to) : { months: null, edges: [[from, to]] };
  const changed = sql`SELECT month FROM unbuilt_months WHERE tenant_id = ${tenantId}
    UNION SELECT substr(day, 1, 8) || '01' FROM dirty_days WHERE tenant_id = ${tenantId} AND needs_rebuild = 1`;
  const days = sql`SELECT value ->> 0 AS first, value ->> 1 AS last FROM json_each(${JSON.stringify(edges)})`;
  const isCounted = ({ where = sql`true` }: Rows) => sql`t.tenant_id = ${tenantId} AND ${where}`;
  const day = sql.raw(`t.${daily.period}`);
  const rowsOfDays = (ranges: SQL) => sql`SELECT ${daily.select} FROM (${ranges}) r
    CROSS JOIN ${sql.raw(daily.table)} ON ${isCounted(daily)} AND ${day} >= r.first AND ${day} <= r.last
    WHERE NOT ${isUncounted(tenantId, `t.${daily.period}`)}`;
  if (months === null || monthly === null) return rowsOfDays(days);
  const [first, last] = months;
  const month = sql.raw(`t.${monthly.period}`);
  return sql`SELECT ${monthly.select} FROM ${sql.raw(monthly.table)}
      WHERE ${isCounted(monthly)} AND ${month} >= ${first} AND ${month} <= ${last} AND ${month} NOT IN (${changed})
    UNION ALL ${rowsOfDays(sql`${days} UNION ALL SELECT month, substr(month, 1, 8) || '31' FROM (${changed})
      WHERE month >= ${first} AND month <= ${last}`)}`;
}
