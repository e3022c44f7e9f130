import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { sqlBoolean } from "../platform/d1.ts";
import { encodeCursor, decodeCursor, pageOf, singleKey } from "../platform/cursor.ts";
import { quantityColumn } from "../values/quantities.ts";
import { sumsOf } from "../rollups/daily-table.ts";
import { dailyTables, totalsRow } from "../rollups/daily-tables.ts";
import type { LakeDayQuery } from "./schema.ts";

const dayRow = totalsRow.extend({ units: quantityColumn, day: z.string(), is_whole: sqlBoolean });

/** The totals of each day, summed from its sales instead of the daily tables so that the lake can be audited. One round trip. */
export async function listLakeDays(ctx: Ctx, query: z.infer<typeof LakeDayQuery>) {
  const [after] = decodeCursor(singleKey, "lake-days", ctx.tenant.id, query.cursor) ?? [];
  const found = await ctx.db.all(
    dayRow,
    sql`SELECT s.day, ${sumsOf(dailyTables.sales)},
        EXISTS (SELECT 1 FROM lake_days d WHERE d.tenant_id = s.tenant_id AND d.dataset = 'purchases' AND d.day = s.day
          AND d.generation > 0 AND d.built = d.version)
        AND NOT EXISTS (SELECT 1 FROM dirty_days d WHERE d.tenant_id = s.tenant_id AND d.day = s.day) AS is_whole
      FROM sales s INDEXED BY sales_day WHERE s.tenant_id = ${ctx.tenant.id} AND s.status = 'completed'
        ${query.from === undefined ? sql`` : sql`AND s.day >= ${query.from}`}
        ${query.to === undefined ? sql`` : sql`AND s.day <= ${query.to}`}
        ${after === undefined ? sql`` : sql`AND s.day > ${after}`}
      GROUP BY s.day ORDER BY s.day LIMIT ${query.limit + 1}`,
  );
  return pageOf(found, query.limit, ({ day }) => encodeCursor("lake-days", ctx.tenant.id, [day]));
}
