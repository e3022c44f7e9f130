// What rankings and counts of customers read: one row with all customers or products of a period. D1 bills and limits rows, so a
// range of days is read as some rows and summed in the Worker.
import { sql, type SQL } from "drizzle-orm";
import { CUSTOMERS_PER_CHUNK, NUMBERS_PER_PART } from "./customer-sets.ts";

const perChunk = sql.raw(String(CUSTOMERS_PER_CHUNK));
const chunksPerPart = sql.raw(String(NUMBERS_PER_PART / CUSTOMERS_PER_CHUNK));
const numbersPerPart = sql.raw(String(NUMBERS_PER_PART));

/** Stores the sets of customers of `members`, a query of period, number, country and sales. */
function storeSets(tenantId: string, interval: "day" | "month", members: SQL): SQL {
  return sql`INSERT INTO customer_sets (tenant_id, interval, period, part, customers, countries, without_sales)
    WITH members AS MATERIALIZED (${members})
    SELECT ${tenantId}, ${interval}, period, part, max(iif(of = 'all', customers, NULL)),
      json_group_object(country, json(customers)) FILTER (WHERE of = 'country'), coalesce(max(iif(of = 'none', customers, NULL)), '[]')
    FROM (
      SELECT period, of, country, chunk / ${chunksPerPart} AS part,
        '[' || group_concat(iif(size = 1, -1 - number, chunk || ',' || mask)) || ']' AS customers
      FROM (
        SELECT period, of, country, number / ${perChunk} AS chunk, sum(1 << (number % ${perChunk})) AS mask,
          count(*) AS size, min(number) AS number
        FROM (SELECT DISTINCT period, 'country' AS of, country, number FROM members
          UNION ALL SELECT DISTINCT period, 'all', NULL, number FROM members
          UNION ALL SELECT period, 'none', NULL, number FROM members GROUP BY period, number HAVING sum(sales) = 0)
        GROUP BY 1, 2, 3, 4)
      GROUP BY 1, 2, 3, 4)
    WHERE true GROUP BY period, part
    ON CONFLICT DO UPDATE SET customers = excluded.customers, countries = excluded.countries, without_sales = excluded.without_sales`;
}

/** The statement that stores the customers of these days (a JSON array). */
export const storeDaySets = (tenantId: string, days: string): SQL =>
  storeSets(
    tenantId,
    "day",
    sql`SELECT day AS period, number, country, sales FROM daily_customers
      WHERE tenant_id = ${tenantId} AND day IN (SELECT value FROM json_each(${days}))`,
  );

/** The statements that store again the customers of a month, by its first day. */
export const storeMonthSets = (tenantId: string, month: string, lastDay: string): SQL[] => [
  sql`DELETE FROM customer_sets WHERE tenant_id = ${tenantId} AND interval = 'month' AND period = ${month}`,
  storeSets(
    tenantId,
    "month",
    sql`SELECT ${month} AS period, number, country, sales FROM daily_customers
      WHERE tenant_id = ${tenantId} AND day >= ${month} AND day <= ${lastDay}`,
  ),
];

/** The statements that delete what is stored of days (a JSON array) that are built anew. */
export function deletePacked(tenantId: string, days: string): SQL[] {
  const isInDays = sql`IN (SELECT value FROM json_each(${days}))`;
  return [
    sql`DELETE FROM customer_sets WHERE tenant_id = ${tenantId} AND interval = 'day' AND period ${isInDays}`,
    sql`DELETE FROM ranking_days WHERE tenant_id = ${tenantId} AND subject IN (SELECT value FROM json_each(${JSON.stringify(subjectNames)}))
      AND day ${isInDays}`,
  ];
}

/** What is ranked: `rows` is FROM of the daily rows `t`; the columns follow the number in each entry. */
type Subject = { rows: string; columns: Record<string, { ofDays: string; ofPeriods: string }> };

const summed = (expression: string) => ({ ofDays: `sum(${expression})`, ofPeriods: "sum" });

export const subjects = {
  customers: {
    rows: "daily_customers t",
    columns: {
      sales: summed("t.sales"),
      refunds: summed("t.refunds"),
      units: summed("t.units"),
      revenue: summed("t.revenue"),
      // The days from 1970 to the last one with a sale that is not a refund; 0 without one.
      last_sale: {
        ofDays: "max(iif(t.sales > 0, CAST(julianday(t.day) - 2440587.5 AS INTEGER), 0))",
        ofPeriods: "max",
      },
    },
  },
  products: {
    rows: "daily_products t CROSS JOIN product_numbers n ON n.tenant_id = t.tenant_id AND n.product_id = t.product_id",
    columns: { sales: summed("t.orders"), units: summed("t.units"), revenue: summed("t.revenue") },
  },
} satisfies Record<string, Subject>;

export type SubjectName = keyof typeof subjects;

export const subjectNames: SubjectName[] = ["customers", "products"];

const entry = (columns: string[]): SQL => sql.raw(`json_array(${["number", ...columns].join(", ")})`);

/** The statement that stores the totals of all customers or products on these days (a JSON array). */
export function storeRankingDays(tenantId: string, name: SubjectName, days: string): SQL {
  const subject: Subject = subjects[name];
  const sums = Object.entries(subject.columns).map(([column, { ofDays }]) => `${ofDays} AS ${column}`);
  return sql`INSERT INTO ranking_days (tenant_id, subject, day, part, totals)
    SELECT ${tenantId}, ${name}, day, number / ${numbersPerPart} AS part, json_group_array(${entry(Object.keys(subject.columns))})
    FROM (SELECT t.day, number, ${sql.raw(sums.join(", "))} FROM ${sql.raw(subject.rows)}
      WHERE t.tenant_id = ${tenantId} AND t.day IN (SELECT value FROM json_each(${days})) GROUP BY 1, 2)
    WHERE true GROUP BY day, part ON CONFLICT DO UPDATE SET totals = excluded.totals`;
}

/**
 * The statements that store the totals of all customers or products up to the end of a month: those of the last month before it
 * that has them, and of the days since.
 */
export function storeRankingMonth(
  tenantId: string,
  name: SubjectName,
  month: string,
  lastDay: string,
): SQL[] {
  const subject: Subject = subjects[name];
  const columns = Object.keys(subject.columns);
  const isSubject = sql`p.tenant_id = ${tenantId} AND p.subject = ${name}`;
  const values = ["number", ...columns].map((column, at) => `e.value ->> ${at} AS ${column}`).join(", ");
  const sums = Object.entries(subject.columns).map(
    ([column, { ofPeriods }]) => `${ofPeriods}(${column}) AS ${column}`,
  );
  return [
    sql`DELETE FROM ranking_months AS p WHERE ${isSubject} AND p.month = ${month}`,
    sql`INSERT INTO ranking_months (tenant_id, subject, month, part, totals)
      WITH base AS MATERIALIZED (SELECT coalesce(max(p.month), '') AS month FROM ranking_months p
        WHERE ${isSubject} AND p.month < ${month})
      SELECT ${tenantId}, ${name}, ${month}, number / ${numbersPerPart} AS part, json_group_array(${entry(columns)})
      FROM (
        SELECT number, ${sql.raw(sums.join(", "))} FROM (
          SELECT ${sql.raw(values)} FROM base
            CROSS JOIN ranking_months p ON ${isSubject} AND p.month = base.month CROSS JOIN json_each(p.totals) e
          UNION ALL SELECT ${sql.raw(values)} FROM base
            CROSS JOIN ranking_days p ON ${isSubject} AND p.day > iif(base.month = '', '', substr(base.month, 1, 8) || '31')
              AND p.day <= ${lastDay}
            CROSS JOIN json_each(p.totals) e)
        GROUP BY number)
      GROUP BY part`,
  ];
}
