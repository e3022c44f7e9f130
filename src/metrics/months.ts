// A range is read as the rows of its whole months, and of the other days from the daily tables. A month of which a day has changed is
// read by its days until the ETL has built it again.
import { sql, type SQL } from "drizzle-orm";
import { columnsOf, type DailyTable } from "../rollups/daily-table.ts";
import type { Ctx } from "../platform/context.ts";
import { isUncounted } from "../rollups/unbuilt.ts";
import { type Range, unreadRows, wholeDays } from "./days.ts";
import { splitMonths } from "./whole-months.ts";

/** Rows by month or day: FROM with a table `t`, the column of the month's first day or of the day, a select list and a condition. */
type Rows = { table: string; period: string; select: string; where?: string };

/** A query: the rows of the range's whole months that have not changed and of its other days, without those of days to be rebuilt. */
export function builtRows(ctx: Ctx, range: Range, monthly: Rows, daily: Rows): SQL {
  const tenantId = ctx.tenant.id;
  const { months, edges } = splitMonths(...wholeDays(range));
  const changed = sql`SELECT month FROM unbuilt_months WHERE tenant_id = ${tenantId}
    UNION SELECT substr(day, 1, 8) || '01' FROM dirty_days WHERE tenant_id = ${tenantId} AND needs_rebuild = 1`;
  const days = sql`SELECT value ->> 0 AS first, value ->> 1 AS last FROM json_each(${JSON.stringify(edges)})`;
  const isCounted = ({ where = "true" }: Rows) => sql`t.tenant_id = ${tenantId} AND ${sql.raw(where)}`;
  const day = sql.raw(`t.${daily.period}`);
  const rowsOfDays = (ranges: SQL) => sql`SELECT ${sql.raw(daily.select)} FROM (${ranges}) r
    CROSS JOIN ${sql.raw(daily.table)} ON ${isCounted(daily)} AND ${day} >= r.first AND ${day} <= r.last
    WHERE NOT ${isUncounted(tenantId, `t.${daily.period}`)}`;
  if (months === null) return rowsOfDays(days);
  const [first, last] = months;
  const month = sql.raw(`t.${monthly.period}`);
  return sql`SELECT ${sql.raw(monthly.select)} FROM ${sql.raw(monthly.table)}
      WHERE ${isCounted(monthly)} AND ${month} >= ${first} AND ${month} <= ${last} AND ${month} NOT IN (${changed})
    UNION ALL ${rowsOfDays(sql`${days} UNION ALL SELECT month, substr(month, 1, 8) || '31' FROM (${changed})
      WHERE month >= ${first} AND month <= ${last}`)}`;
}

/** A query: the rows of `builtRows` with `day` (of a month its first), the keys and these columns of a daily table. */
export function builtTotals(ctx: Ctx, table: DailyTable, range: Range, columns: string[]): SQL {
  if (table.isPacked) throw new Error(`${table.name} has no totals of months`);
  const names = [...Object.keys(table.keys), ...columns];
  const list = (period: string, valueOf: (name: string) => string) =>
    [`t.${period} AS day`, ...names.map((name) => `${valueOf(name)} AS ${name}`)].join(", ");
  return builtRows(
    ctx,
    range,
    {
      table: "monthly_totals t CROSS JOIN json_each(t.totals) e",
      period: "month",
      select: list("month", (name) => `e.value ->> '${name}'`),
      where: `t.name = '${table.name}'`,
    },
    { table: `${table.name} t`, period: "day", select: list("day", (name) => `t.${name}`) },
  );
}

/**
 * As `dailyRows`, with fewer rows: that of a whole month has its first day. For what needs the range, or its months or years, and not
 * its days.
 */
export const monthlyRows = (
  ctx: Ctx,
  table: DailyTable,
  range: Range,
  columns: string[] = columnsOf(table),
): SQL => sql`SELECT * FROM (${builtTotals(ctx, table, range, columns)})
  UNION ALL ${unreadRows(ctx, table, range, columns)}`;
