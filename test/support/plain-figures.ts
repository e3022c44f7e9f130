// The sums of every daily table, computed plainly from sales and lines, and as figures read them.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { DailyTable } from "../../src/rollups/daily-table.ts";
import { dailyTables } from "../../src/rollups/daily-tables.ts";
import { unreadRows } from "../../src/metrics/days.ts";
import { tableRows } from "../../src/metrics/totals.ts";
import type { ActorCtx } from "../../src/platform/context.ts";
import { returning } from "../../src/platform/d1.ts";
import { type Plan, planOf, runPlan } from "../../src/platform/plan.ts";
import { isUncounted } from "../../src/rollups/unbuilt.ts";
import { rowsOf, rowsOfEach } from "./d1.ts";
import type { Shop } from "./shops.ts";

const SALES = "FROM sales s WHERE s.tenant_id = ? AND s.status = 'completed'";
const LINES =
  "FROM sales s JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id WHERE s.tenant_id = ? AND s.status = 'completed'";

const COUNTS =
  "count(DISTINCT iif(s.kind = 'sale', s.id, NULL)) AS sales, count(DISTINCT iif(s.kind = 'refund', s.id, NULL)) AS refunds";
const TOTALS = `${COUNTS}, count(*) AS lines, sum(l.quantity) AS units, sum(l.subtotal) AS revenue`;
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
  hours: `SELECT s.day, CAST(substr('7123456', strftime('%w', s.day) + 1, 1) AS INTEGER) AS weekday,
    CAST(strftime('%H', unixepoch(s.placed_at) + ifnull(s.utc_offset, 0), 'unixepoch') AS INTEGER) AS hour,
    ifnull(s.utc_offset, 0) AS utc_offset, ${TOTALS} ${LINES} GROUP BY 1, 2, 3, 4`,
  channels: `SELECT s.day, s.channel, ${TOTALS} ${LINES} GROUP BY 1, 2`,
  // Without cash rounding.
  payments: `SELECT s.day, coalesce(y.method, '') AS method, ${COUNTS}, sum(coalesce(y.amount, s.total)) AS revenue
    FROM sales s LEFT JOIN sale_payments y ON y.tenant_id = s.tenant_id AND y.sale_id = s.id
    WHERE s.tenant_id = ? AND s.status = 'completed' GROUP BY 1, 2`,
  refundReasons: `SELECT s.day, coalesce(s.reason, '') AS reason, count(*) AS refunds, sum(s.units) AS units, sum(s.total) AS revenue
    ${SALES} AND s.kind = 'refund' GROUP BY 1, 2`,
  amounts: `SELECT s.day, ${of("sale", "l.subtotal")} AS sold, -${of("refund", "l.subtotal")} AS refunded, sum(l.tax) AS tax,
    sum(l.discount) AS discounts, count(DISTINCT iif(s.kind = 'sale' AND s.discount > 0, s.id, NULL)) AS discounted_sales,
    0 AS rounding ${LINES} GROUP BY 1`,
  margins: `SELECT s.day, sum(l.subtotal - l.tax) AS net, sum(iif(l.cost IS NULL, 0, l.subtotal - l.tax)) AS known_net,
    sum(ifnull(l.cost, 0)) AS cost ${LINES} GROUP BY 1`,
  cohorts: `SELECT day, coalesce(substr(first_day, 1, 7), '') AS cohort, sum(kind = 'sale') AS sales, sum(kind = 'refund') AS refunds,
    sum(total) AS revenue, sum(kind = 'sale' AND of_month = 1) AS active, sum(kind = 'sale' AND of_all = 1) AS first_sales,
    sum(iif(kind = 'sale' AND of_all = 1, total, 0)) AS first_revenue
    FROM (SELECT s.*, min(iif(s.kind = 'sale', s.day, NULL)) OVER (PARTITION BY s.customer_key, s.customer_id IS NULL) AS first_day,
      row_number() OVER (PARTITION BY s.customer_key, s.customer_id IS NULL, s.kind ORDER BY s.day, s.placed_at, s.id) AS of_all,
      row_number() OVER (PARTITION BY s.customer_key, s.customer_id IS NULL, s.kind, substr(s.day, 1, 7)
        ORDER BY s.day, s.placed_at, s.id) AS of_month
      ${SALES} AND s.customer_key IS NOT NULL) GROUP BY 1, 2`,
  basketSizes: `WITH baskets AS (SELECT s.day, count(*) AS lines, (sum(l.quantity) + 999) / 1000 AS units, sum(l.quantity) AS quantity,
      sum(l.subtotal) AS revenue ${LINES} AND s.kind = 'sale' GROUP BY s.day, s.id),
    counted AS (SELECT 'lines' AS measure, lines AS number, * FROM baskets UNION ALL SELECT 'units', units, * FROM baskets)
    SELECT day, measure, (SELECT max(value) FROM json_each('[0,1,2,3,4,5,6,11,21,51,101]') WHERE value <= number) AS size,
      count(*) AS sales, sum(lines) AS total_lines, sum(quantity) AS total_units, sum(revenue) AS revenue FROM counted GROUP BY 1, 2, 3`,
};

export type Row = Record<string, unknown>;

const anyRow = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

/** The rows added up by these keys. */
export function sumByKeys(rows: Row[], keys: string[], sums: string[]): Row[] {
  const groups = Map.groupBy(rows, (row) => JSON.stringify(keys.map((key) => row[key])));
  return [...groups.values()].map((group): Row => {
    const total = (column: string) => group.reduce((sum, row) => sum + Number(row[column]), 0);
    return Object.fromEntries([
      ...keys.map((key) => [key, group[0]?.[key]]),
      ...sums.map((column) => [column, total(column)]),
    ]);
  });
}

const sorted = (rows: Row[]): string[] =>
  rows
    .map((row) =>
      JSON.stringify(Object.fromEntries(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1)))),
    )
    .toSorted();

/** The rows of each daily table as they have to be. */
export type PlainRows = Map<string, Row[]>;

export const plainRows = ({ tenant }: Shop): Promise<PlainRows> =>
  rowsOfEach(
    Object.fromEntries(Object.entries(PLAIN).map(([name, query]) => [name, { query, values: [tenant.id] }])),
  );

/** The rows of each daily table as they have to be, sorted. */
export async function plainFigures(shop: Shop, rows?: PlainRows): Promise<Record<string, string[]>> {
  return Object.fromEntries(
    [...(rows ?? (await plainRows(shop)))].map(([name, found]) => [name, sorted(found)]),
  );
}

const isFigure = (column: string): boolean => column !== "uncounted_units";

/** The rows of a day of a daily table whose months and days are not packed, and those of the sales that it lacks. */
function unpackedRows(ctx: ActorCtx, table: DailyTable, sums: string[]): Plan<Row[]> {
  const columns = sql.raw(["day", ...Object.keys(table.keys), ...sums].join(", "));
  const rows = returning(
    anyRow,
    sql`SELECT ${columns} FROM ${sql.raw(table.name)} t WHERE t.tenant_id = ${ctx.tenant.id} AND NOT ${isUncounted(ctx.tenant.id, "t.day")}
      UNION ALL ${unreadRows(ctx, table, {}, sums)}`,
  );
  return planOf(rows, (found) => found);
}

/** The same as figures read it: counted rows of the daily table, and the sales that it lacks. */
export async function readFigures(shop: Shop): Promise<Record<string, string[]>> {
  const ctx = shop.admin.ctx();
  const plans = Object.entries<DailyTable>(dailyTables).map(([name, table]) => {
    const columns = Object.keys(table.sums).filter(isFigure);
    const plan: Plan<Row[]> = table.isPacked
      ? unpackedRows(ctx, table, columns)
      : tableRows(ctx, table, {}, anyRow, { columns, byDay: true });
    return { name, keys: ["day", ...Object.keys(table.keys)], columns, plan };
  });
  return runPlan(ctx, {
    statements: plans.flatMap(({ plan }) => plan.statements),
    read: (done) =>
      Object.fromEntries(
        plans.map(({ name, keys, columns, plan }) => [
          name,
          sorted(sumByKeys(plan.read(done), keys, columns)),
        ]),
      ),
  });
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
