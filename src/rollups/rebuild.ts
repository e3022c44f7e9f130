// The ETL rebuilds the daily tables of dirty days and marks the days clean in one batch. It may run twice, overlap or be late:
// a sale that commits before the batch is counted, and one that commits after it marks its day dirty again.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { addToTotals, subtractFromTotals } from "./customers.ts";
import { addSales, type DailyTable, deleteDays } from "./daily-table.ts";
import { dailyTables } from "./daily-tables.ts";

// D1 has one writer, which a batch occupies.
const DAYS_PER_BATCH = 100;
/** About 300 of the 1,000 D1 statements of an invocation. A later message rebuilds the rest. */
export const MAX_DAYS_PER_MESSAGE = 1_800;

/** Rebuilds up to MAX_DAYS_PER_MESSAGE dirty days of a shop and returns their number. Two round trips per hundred days. */
export async function rebuildDirtyDays(ctx: Base, tenantId: string): Promise<number> {
  const startedAt = new Date().toISOString();
  let rebuilt = 0;
  for (;;) {
    const dirty = await ctx.db.all(
      z.object({ day: z.string() }),
      sql`SELECT day FROM dirty_days WHERE tenant_id = ${tenantId} ORDER BY day LIMIT ${DAYS_PER_BATCH}`,
    );
    const days = dirty.map(({ day }) => day);
    rebuilt += days.length;
    await ctx.db.batch([
      ...(days.length === 0 ? [] : rebuildDays(tenantId, JSON.stringify(days))),
      sql`INSERT INTO rollup_runs (tenant_id, started_at, finished_at, days)
        VALUES (${tenantId}, ${startedAt}, ${new Date().toISOString()}, ${rebuilt})
        ON CONFLICT (tenant_id) DO UPDATE SET started_at = excluded.started_at, finished_at = excluded.finished_at,
          days = excluded.days`,
    ]);
    if (days.length < DAYS_PER_BATCH || rebuilt >= MAX_DAYS_PER_MESSAGE) return rebuilt;
  }
}

/** The statements that rebuild these days (a JSON array) from their sales. */
function rebuildDays(tenantId: string, days: string): SQL[] {
  const isInDays = sql`tenant_id = ${tenantId} AND day IN (SELECT value FROM json_each(${days}))`;
  const sales = (join: SQL) => sql`FROM sales s INDEXED BY sales_day ${join}
    WHERE s.tenant_id = ${tenantId} AND s.day IN (SELECT value FROM json_each(${days})) AND s.status = 'completed'`;
  const tables: DailyTable[] = Object.values(dailyTables);
  return [
    subtractFromTotals(tenantId, days),
    ...tables.flatMap((table) => [deleteDays(table, tenantId, days), addSales(table, tenantId, sales)]),
    addToTotals(tenantId, isInDays),
    sql`INSERT INTO dirty_product_days (tenant_id, day) SELECT ${tenantId}, value FROM json_each(${days}) WHERE true
      ON CONFLICT DO UPDATE SET is_built = 0`,
    sql`DELETE FROM dirty_days WHERE ${isInDays}`,
  ];
}
