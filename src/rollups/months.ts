// The ETL builds a month when it is over, and again after days of it have changed. Until then the month is read by its days.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { sqlBoolean } from "../platform/d1.ts";
import { addDays, nextPeriod, periodOf } from "../values/days.ts";
import { columnsOf, type DailyTable, packedColumns } from "./daily-table.ts";
import { dailyTables } from "./daily-tables.ts";
import { storeMonthSets, storeRankingMonth, subjectNames } from "./packed.ts";

/** Some 500 of the 1,000 D1 statements of an invocation. */
const MONTHS_PER_MESSAGE = 15;

const HALF_A_DAY_MS = 12 * 3_600_000;

/** The first day of the month that is not over yet somewhere. */
const openMonth = (now: Date): string =>
  periodOf(new Date(now.getTime() - HALF_A_DAY_MS).toISOString().slice(0, 10), "month");

/** The statements that add days (a JSON array) that change to what the ETL builds by month. */
export const markMonths = (tenantId: string, days: string): SQL[] => [
  sql`INSERT INTO unbuilt_months (tenant_id, month)
    SELECT DISTINCT ${tenantId}, substr(value, 1, 8) || '01' FROM json_each(${days}) WHERE true ON CONFLICT DO NOTHING`,
  sql`DELETE FROM ranking_months WHERE tenant_id = ${tenantId} AND subject IN (SELECT value FROM json_each(${JSON.stringify(subjectNames)}))
    AND month >= (SELECT min(substr(value, 1, 8)) || '01' FROM json_each(${days}))`,
];

/** A query of the shops whose months can be built. */
export const shopsWithUnbuiltMonths = (now: Date): SQL =>
  sql`SELECT tenant_id FROM unbuilt_months WHERE month < ${openMonth(now)}`;

/** Builds the months of a shop that are over; returns whether there are more. One round trip a month, and two. */
export async function buildMonths(ctx: Base, tenantId: string): Promise<boolean> {
  const before = openMonth(ctx.now);
  const unbuilt = await ctx.db.all(
    z.object({ month: z.string() }),
    sql`SELECT m.month FROM unbuilt_months m WHERE m.tenant_id = ${tenantId} AND m.month < ${before} AND NOT EXISTS (
        SELECT 1 FROM dirty_days d WHERE d.tenant_id = m.tenant_id AND d.day >= m.month AND d.day <= substr(m.month, 1, 8) || '31'
          AND d.needs_rebuild = 1)
      ORDER BY m.month LIMIT ${MONTHS_PER_MESSAGE}`,
  );
  for (const { month } of unbuilt) await ctx.db.batch(buildMonth(tenantId, month));
  const moreRankings = await buildRankings(ctx, tenantId, before);
  return moreRankings || unbuilt.length === MONTHS_PER_MESSAGE;
}

const lastDayOf = (month: string): string => addDays(nextPeriod(month, "month"), -1);

function buildMonth(tenantId: string, month: string): SQL[] {
  const tables: DailyTable[] = Object.values(dailyTables);
  const lastDay = lastDayOf(month);
  return [
    ...tables.filter(({ isPacked }) => !isPacked).map((table) => sumDays(table, tenantId, month)),
    ...storeMonthSets(tenantId, month, lastDay),
    sql`DELETE FROM unbuilt_months WHERE tenant_id = ${tenantId} AND month = ${month}`,
  ];
}

/** The statement that sums the days of a month. */
function sumDays(table: DailyTable, tenantId: string, month: string): SQL {
  const keys = Object.keys(table.keys);
  const sums = columnsOf(table);
  const list = [...keys, ...sums.map((column) => `sum(${column}) AS ${column}`)].join(", ");
  return sql`INSERT INTO monthly_totals (tenant_id, name, month, totals)
    SELECT ${tenantId}, ${table.name}, ${month}, json_group_array(${sql.raw(packedColumns(table))})
    FROM (SELECT ${sql.raw(list)} FROM ${sql.raw(table.name)} WHERE tenant_id = ${tenantId} AND day >= ${month}
      AND day <= ${lastDayOf(month)} GROUP BY ${sql.raw(["tenant_id", ...keys].join(", "))}) WHERE true
    ON CONFLICT DO UPDATE SET totals = excluded.totals`;
}

const rankingsRow = z.object({ month: z.string(), is_uncounted: sqlBoolean });

/** Stores the rankings of the months that have none, up to the first day to be rebuilt; returns whether there are more. */
async function buildRankings(ctx: Base, tenantId: string, before: string): Promise<boolean> {
  // Every sale has products, so the last ranking of products is that of the last month built.
  const months = await ctx.db.all(
    rankingsRow,
    sql`SELECT DISTINCT substr(t.day, 1, 8) || '01' AS month, EXISTS (SELECT 1 FROM dirty_days d
        WHERE d.tenant_id = t.tenant_id AND d.day <= substr(t.day, 1, 8) || '31' AND d.needs_rebuild = 1) AS is_uncounted
      FROM daily_sales t WHERE t.tenant_id = ${tenantId} AND t.day < ${before} AND t.day > (
        SELECT coalesce(substr(max(month), 1, 8) || '31', '') FROM ranking_months
        WHERE tenant_id = ${tenantId} AND subject = 'products')
      ORDER BY 1 LIMIT ${MONTHS_PER_MESSAGE}`,
  );
  for (const { month, is_uncounted } of months) {
    if (is_uncounted) return false;
    await ctx.db.batch(
      subjectNames.flatMap((name) => storeRankingMonth(tenantId, name, month, lastDayOf(month))),
    );
  }
  return months.length === MONTHS_PER_MESSAGE;
}
