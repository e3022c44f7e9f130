// The rows of a day of each daily table that has several, packed into one, which figures read.
import { sql, type SQL } from "drizzle-orm";
import { type DailyTable, packedColumns } from "./daily-table.ts";
import { dailyTables } from "./daily-tables.ts";

const tables: DailyTable[] = Object.values<DailyTable>(dailyTables).filter(
  ({ isPacked, keys }) => !isPacked && Object.keys(keys).length > 0,
);

// D1 accepts so many in a compound SELECT.
const TABLES_PER_STATEMENT = 5;

const packed = (table: DailyTable, tenantId: string, days: string): SQL =>
  sql`SELECT ${table.name} AS name, day, json_group_array(${sql.raw(packedColumns(table))}) AS totals FROM ${sql.raw(table.name)}
    WHERE tenant_id = ${tenantId} AND day IN (SELECT value FROM json_each(${days})) GROUP BY 2`;

const chunks = Array.from({ length: Math.ceil(tables.length / TABLES_PER_STATEMENT) }, (_, nth) =>
  tables.slice(nth * TABLES_PER_STATEMENT, (nth + 1) * TABLES_PER_STATEMENT),
);

/** The statements that store the rows of these days (a JSON array). */
export const storeDayTotals = (tenantId: string, days: string): SQL[] =>
  chunks.map((chunk) => {
    const rows = sql.join(
      chunk.map((table) => packed(table, tenantId, days)),
      sql` UNION ALL `,
    );
    return sql`INSERT INTO daily_totals (tenant_id, name, day, totals)
      SELECT ${tenantId}, name, day, totals FROM (${rows}) WHERE true ON CONFLICT DO UPDATE SET totals = excluded.totals`;
  });

/** The statement that deletes what is stored of days (a JSON array) that are built anew. */
export const deleteDayTotals = (tenantId: string, days: string): SQL =>
  sql`DELETE FROM daily_totals WHERE tenant_id = ${tenantId}
    AND name IN (SELECT value FROM json_each(${JSON.stringify(tables.map(({ name }) => name))}))
    AND day IN (SELECT value FROM json_each(${days}))`;
