// Checks that every database must pass: SQLite's integrity checks, and the invariants of the architecture. Each invariant is a query
// that returns the rows that violate it.
import { z } from "zod";

const checksumOf = (table: string, column: string): string =>
  `coalesce((SELECT sum(${column}) FROM ${table} x WHERE x.tenant_id = d.tenant_id AND x.day = d.day), 0)`;

const isDirty = "EXISTS (SELECT 1 FROM dirty_days y WHERE y.tenant_id = d.tenant_id AND y.day = d.day)";

const invariants: Record<string, string> = {
  "a sale is the sum of its lines": `SELECT 1 FROM sales s LEFT JOIN (
      SELECT tenant_id, sale_id, sum(subtotal) AS total, sum(quantity) AS units, count(*) AS lines
      FROM sale_lines GROUP BY tenant_id, sale_id) l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id
    WHERE s.total <> coalesce(l.total, 0) OR s.units <> coalesce(l.units, 0) OR s.lines <> coalesce(l.lines, 0)`,
  "a product's stock is the sum of its moves": `SELECT 1 FROM products p LEFT JOIN (
      SELECT tenant_id, product_id, sum(delta) AS stock FROM stock_moves GROUP BY tenant_id, product_id) m
      ON m.tenant_id = p.tenant_id AND m.product_id = p.id
    WHERE p.stock IS NOT NULL AND p.stock <> coalesce(m.stock, 0)`,
  "the refunded units of a sale's lines are those of its refunds": `SELECT 1 FROM (
      SELECT tenant_id, sale_id, product_id, sum(refunded) AS units FROM sale_lines WHERE refunded <> 0 GROUP BY 1, 2, 3) l
    FULL JOIN (
      SELECT r.tenant_id, s.refund_of AS sale_id, r.product_id, -sum(r.quantity) AS units
      FROM sales s CROSS JOIN sale_lines r ON r.tenant_id = s.tenant_id AND r.sale_id = s.id
      WHERE s.refund_of IS NOT NULL GROUP BY 1, 2, 3) r
      ON r.tenant_id = l.tenant_id AND r.sale_id = l.sale_id AND r.product_id = l.product_id
    WHERE coalesce(l.units, 0) <> coalesce(r.units, 0)`,
  "the barcodes of each product are found": `SELECT 1 FROM (
      SELECT p.tenant_id, p.id, j.value AS code FROM products p CROSS JOIN json_each(p.barcodes) j) p
    FULL JOIN product_barcodes b ON b.tenant_id = p.tenant_id AND b.code = p.code AND b.product_id = p.id
    WHERE p.code IS NULL OR b.code IS NULL`,
  "a category counts its active products": `SELECT 1 FROM (
      SELECT tenant_id, category, count(*) AS n FROM products WHERE category IS NOT NULL AND is_active = 1 GROUP BY 1, 2) p
    FULL JOIN category_counts c ON c.tenant_id = p.tenant_id AND c.category = p.category
    WHERE coalesce(p.n, 0) <> coalesce(c.products, 0)`,
  "the daily tables have the sales of each day that is not dirty": `SELECT 1 FROM (
      SELECT tenant_id, day, sum(total) AS revenue, sum(units) AS units, sum(lines) AS lines FROM sales
      WHERE status = 'completed' GROUP BY tenant_id, day) d
    WHERE NOT ${isDirty} AND (
      d.revenue <> ${checksumOf("daily_sales", "revenue")} OR d.units <> ${checksumOf("daily_sales", "units")} OR
      d.lines <> ${checksumOf("daily_sales", "lines")} OR d.revenue <> ${checksumOf("daily_countries", "revenue")} OR
      d.units <> ${checksumOf("daily_countries", "units")})`,
  "the daily tables have the tax of the lines of each day that is not dirty": `SELECT 1 FROM (
      SELECT s.tenant_id, s.day, coalesce(l.tax_rate_id, '') AS rate, sum(l.net) AS net, sum(l.tax) AS tax FROM sales s
      CROSS JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id WHERE s.status = 'completed' GROUP BY 1, 2, 3) l
    FULL JOIN daily_taxes t ON t.tenant_id = l.tenant_id AND t.day = l.day AND t.tax_rate_id = l.rate
    WHERE NOT EXISTS (SELECT 1 FROM dirty_days y WHERE y.tenant_id = coalesce(l.tenant_id, t.tenant_id)
        AND y.day = coalesce(l.day, t.day))
      AND (l.net IS NOT t.net - t.refunded_net OR l.tax IS NOT t.tax - t.refunded_tax)`,
  "the daily tables have the customers of each day that is not dirty": `SELECT 1 FROM (
      SELECT s.tenant_id, s.day, c.number, coalesce(s.country, 'Unspecified') AS country FROM sales s
      LEFT JOIN customer_numbers c ON c.tenant_id = s.tenant_id AND c.customer_key = s.customer_key
        AND c.is_account = (s.customer_id IS NOT NULL)
      WHERE s.status = 'completed' AND s.customer_key IS NOT NULL GROUP BY 1, 2, 3, 4) s
    FULL JOIN daily_customers t ON t.tenant_id = s.tenant_id AND t.day = s.day AND t.number = s.number AND t.country = s.country
    WHERE NOT EXISTS (SELECT 1 FROM dirty_days y WHERE y.tenant_id = coalesce(s.tenant_id, t.tenant_id)
        AND y.day = coalesce(s.day, t.day)) AND (s.day IS NULL OR t.day IS NULL)`,
  "the daily tables have the totals of the customers of each day that is not dirty": `SELECT 1 FROM (
      SELECT s.tenant_id, s.day, c.number, sum(s.total) AS revenue, sum(s.units) AS units, sum(s.kind = 'sale') AS sales,
        sum(s.kind = 'refund') AS refunds FROM sales s
      CROSS JOIN customer_numbers c ON c.tenant_id = s.tenant_id AND c.customer_key = s.customer_key
        AND c.is_account = (s.customer_id IS NOT NULL)
      WHERE s.status = 'completed' GROUP BY 1, 2, 3) s
    FULL JOIN (SELECT p.tenant_id, p.day, e.value ->> 0 AS number, e.value ->> 1 AS sales, e.value ->> 2 AS refunds,
        e.value ->> 3 AS units, e.value ->> 4 AS revenue
      FROM ranking_days p CROSS JOIN json_each(p.totals) e WHERE p.subject = 'customers') t
      ON t.tenant_id = s.tenant_id AND t.day = s.day AND t.number = s.number
    WHERE NOT EXISTS (SELECT 1 FROM dirty_days y WHERE y.tenant_id = coalesce(s.tenant_id, t.tenant_id)
        AND y.day = coalesce(s.day, t.day))
      AND (s.revenue IS NOT t.revenue OR s.units IS NOT t.units OR s.sales IS NOT t.sales OR s.refunds IS NOT t.refunds)`,
  "a month that is built is the sum of its days": `SELECT 1 FROM (
      SELECT tenant_id, substr(day, 1, 8) || '01' AS month, sum(revenue) AS revenue, sum(units) AS units, sum(sales) AS sales
      FROM daily_sales GROUP BY 1, 2) d
    FULL JOIN (SELECT t.tenant_id, t.month, e.value ->> 'revenue' AS revenue, e.value ->> 'units' AS units, e.value ->> 'sales' AS sales
      FROM monthly_totals t CROSS JOIN json_each(t.totals) e WHERE t.name = 'daily_sales') m ON m.tenant_id = d.tenant_id AND m.month = d.month
    WHERE NOT EXISTS (SELECT 1 FROM unbuilt_months u WHERE u.tenant_id = coalesce(d.tenant_id, m.tenant_id)
        AND u.month = coalesce(d.month, m.month))
      AND (d.revenue IS NOT m.revenue OR d.units IS NOT m.units OR d.sales IS NOT m.sales)`,
  "the last ranking of a shop has the totals of all days up to its month": `SELECT 1 FROM (
      SELECT tenant_id, subject, max(month) AS month FROM ranking_months GROUP BY 1, 2) m
    CROSS JOIN (SELECT 'customers' AS subject, 4 AS at UNION ALL SELECT 'products', 3) c ON c.subject = m.subject
    WHERE (SELECT total(e.value ->> c.at) FROM ranking_months p CROSS JOIN json_each(p.totals) e
        WHERE p.tenant_id = m.tenant_id AND p.subject = m.subject AND p.month = m.month)
      <> (SELECT total(e.value ->> c.at) FROM ranking_days p CROSS JOIN json_each(p.totals) e
        WHERE p.tenant_id = m.tenant_id AND p.subject = m.subject AND p.day <= substr(m.month, 1, 8) || '31')`,
  "a day of the daily tables has sales": `SELECT 1 FROM daily_sales d WHERE NOT ${isDirty} AND NOT EXISTS (
      SELECT 1 FROM sales s WHERE s.tenant_id = d.tenant_id AND s.day = d.day AND s.status = 'completed')`,
  "no more is refunded than was paid": `SELECT 1 FROM (
      SELECT tenant_id, sale_id, sum(amount) AS paid FROM payments WHERE status = 'received' AND provider <> 'manual'
      GROUP BY 1, 2) p
    WHERE p.paid < (SELECT coalesce(sum(back.amount), 0) FROM sales r
      CROSS JOIN payments back ON back.tenant_id = r.tenant_id AND back.id = r.id
      WHERE r.tenant_id = p.tenant_id AND r.refund_of = p.sale_id)`,
  "search indexes each active product": `SELECT 1 FROM (
      SELECT count(*) AS shown, sum(indexed_version < text_version) AS pending,
        (SELECT count(*) FROM product_search) AS found FROM products WHERE is_active = 1)
    WHERE coalesce(pending, 0) = 0 AND shown <> found`,
  "search indexes each customer": `SELECT 1 FROM (
      SELECT count(*) AS known, (SELECT count(*) FROM customer_search) AS found FROM customers
      WHERE merged_into IS NULL AND erased_at IS NULL)
    WHERE known <> found`,
  "a merged customer leads to one that was not merged": `SELECT 1 FROM customers m
    CROSS JOIN customers c ON c.tenant_id = m.tenant_id AND c.id = m.merged_into WHERE c.merged_into IS NOT NULL`,
};

const checked = z.array(z.record(z.string(), z.unknown()));

const hasNone = (rows: Record<string, unknown>[]): boolean => rows.length === 0;

/** Runs all checks in turn and reports each. Returns how many failed. */
export async function runChecks(
  db: D1Database,
  report: (what: string, wrong: string | null) => void,
): Promise<number> {
  let failed = 0;
  const check = async (what: string, query: string, isFine: (rows: Record<string, unknown>[]) => boolean) => {
    const rows = checked.parse((await db.prepare(query).all()).results);
    const fine = isFine(rows);
    if (!fine) failed += 1;
    report(what, fine ? null : JSON.stringify(rows.slice(0, 3)));
  };
  await check(
    "SQLite finds no corruption",
    "PRAGMA quick_check",
    (rows) => rows[0]?.["quick_check"] === "ok",
  );
  await check("every foreign key refers to a row", "PRAGMA foreign_key_check", hasNone);
  for (const [what, query] of Object.entries(invariants))
    await check(what, `SELECT count(*) AS rows FROM (${query})`, (rows) => rows[0]?.["rows"] === 0);
  return failed;
}
