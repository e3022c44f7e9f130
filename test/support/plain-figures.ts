// The sums of every daily table, computed plainly from sales and lines, and as figures read them.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { DailyTable } from "../../src/rollups/daily-table.ts";
import { dailyTables } from "../../src/rollups/daily-tables.ts";
import { dailyRows } from "../../src/metrics/days.ts";
import { rowsOf } from "./d1.ts";
import type { Shop } from "./shops.ts";

const LINES =
  "FROM sales s JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id WHERE s.tenant_id = ? AND s.status = 'completed'";

const TOTALS = `count(DISTINCT iif(s.kind = 'sale', s.id, NULL)) AS sales, count(DISTINCT iif(s.kind = 'refund', s.id, NULL)) AS refunds,
  count(*) AS lines, sum(l.quantity) AS units, sum(l.subtotal) AS revenue`;
const of = (kind: string, amount: string) => `sum(iif(s.kind = '${kind}', ${amount}, 0))`;

/** A query for each daily table. */
const PLAIN: Record<keyof typeof dailyTables, string> = {
  sales: `SELECT s.day, ${TOTALS} ${LINES} GROUP BY 1`,
  countries: `SELECT s.day, coalesce(s.country, 'Unspecified') AS country, ${TOTALS} ${LINES} GROUP BY 1, 2`,
  sellers: `SELECT s.day, s.seller_id, ${TOTALS},
    count(DISTINCT iif(s.kind = 'sale' AND s.shift_id IS NOT NULL, s.id, NULL)) AS shift_sales
    ${LINES} AND s.seller_id IS NOT NULL GROUP BY 1, 2`,
  taxes: `SELECT s.day, coalesce(l.tax_rate_id, '') AS tax_rate_id, ${of("sale", "l.net")} AS net, ${of("sale", "l.tax")} AS tax,
    -${of("refund", "l.net")} AS refunded_net, -${of("refund", "l.tax")} AS refunded_tax ${LINES} GROUP BY 1, 2`,
  // Those without a number yet are read by plain-ranges.ts.
  customers: `SELECT s.day, c.number, coalesce(s.country, 'Unspecified') AS country, sum(s.kind = 'sale') AS sales,
    sum(s.kind = 'refund') AS refunds, sum(s.units) AS units, sum(s.total) AS revenue FROM sales s JOIN customer_numbers c
      ON c.tenant_id = s.tenant_id AND c.customer_key = s.customer_key AND c.is_account = (s.customer_id IS NOT NULL)
    WHERE s.tenant_id = ? AND s.status = 'completed' GROUP BY 1, 2, 3`,
  products: `SELECT s.day, l.product_id, sum(l.quantity) AS units, count(DISTINCT iif(s.kind = 'sale', s.id, NULL)) AS orders,
    sum(l.subtotal) AS revenue ${LINES} GROUP BY 1, 2`,
};

type Row = Record<string, unknown>;

const anyRow = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

const sorted = (rows: Row[]): string[] =>
  rows
    .map((row) =>
      JSON.stringify(Object.fromEntries(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1)))),
    )
    .toSorted();

/** The rows of each daily table as they have to be, sorted. */
export async function plainFigures(shop: Shop): Promise<Record<string, string[]>> {
  const figures: Record<string, string[]> = {};
  for (const [name, query] of Object.entries({ ...PLAIN }))
    figures[name] = sorted(await rowsOf(query, shop.tenant.id));
  return figures;
}

const isFigure = (column: string): boolean => column !== "uncounted_units";

/** The same as figures read it: counted rows of the daily table, and the sales that it lacks. */
export async function readFigures(shop: Shop): Promise<Record<string, string[]>> {
  const ctx = shop.admin.ctx();
  const figures: Record<string, string[]> = {};
  const tables: [string, DailyTable][] = Object.entries(dailyTables);
  for (const [name, table] of tables) {
    const keys = ["day", ...Object.keys(table.keys)];
    const sums = Object.keys(table.sums).filter(isFigure);
    const list = [...keys, ...sums.map((column) => `sum(${column}) AS ${column}`)].join(", ");
    figures[name] = sorted(
      await ctx.db.all(
        anyRow,
        sql`SELECT ${sql.raw(list)} FROM (${dailyRows(ctx, table, {}, sums)}) GROUP BY ${sql.raw(keys.join(", "))}`,
      ),
    );
  }
  return figures;
}

/** The rows of the daily tables themselves, for a shop whose days are all built. */
export async function builtFigures(shop: Shop): Promise<Record<string, string[]>> {
  const figures: Record<string, string[]> = {};
  const tables: [string, DailyTable][] = Object.entries(dailyTables);
  for (const [name, table] of tables) {
    const columns = ["day", ...Object.keys(table.keys), ...Object.keys(table.sums).filter(isFigure)];
    figures[name] = sorted(
      await rowsOf(`SELECT ${columns.join(", ")} FROM ${table.name} WHERE tenant_id = ?`, shop.tenant.id),
    );
  }
  return figures;
}
