// The report of a shift: its sales and the expected cash in its drawer. While the shift is open it is computed (X report);
// the batch that closes the shift numbers and stores it, and it is never computed again (Z report).
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { actorId, isUnrestricted, type ActorCtx } from "../../platform/context.ts";
import { unitsOf } from "../../platform/quantity-sql.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import { expectedCash } from "./expected-cash.ts";
import { TillReport } from "./schema.ts";

// The completed sales and refunds `s` of the shift `h`. Without INDEXED BY SQLite reads all sales of the shop in some of the queries.
const ofShift = sql.raw("s.tenant_id = h.tenant_id AND s.shift_id = h.id AND s.status = 'completed'");

const isSale = sql.raw("s.kind = 'sale'");
const isCounterSale = sql.raw("s.kind = 'sale' AND s.channel = 'counter'");
const isRefund = sql.raw("s.kind = 'refund' AND s.is_void = 0");
const isVoid = sql.raw("s.is_void = 1");

const countIf = (condition: SQL): SQL => sql`coalesce(sum(${condition}), 0)`;
const sumIf = (condition: SQL, amount: string): SQL =>
  sql`coalesce(sum(iif(${condition}, ${sql.raw(amount)}, 0)), 0)`;

const byPaymentMethod = sql`(SELECT json_group_array(json_object('payment_method', method, 'sales', sold, 'refunds', refunded,
    'voids', voided, 'total', sold + refunded + voided) ORDER BY method) FROM (
  SELECT p.method AS method, ${sumIf(isSale, "p.amount")} AS sold, ${sumIf(isRefund, "p.amount")} AS refunded,
    ${sumIf(isVoid, "p.amount")} AS voided
  FROM sales s INDEXED BY sales_shift CROSS JOIN sale_payments p ON p.tenant_id = s.tenant_id AND p.sale_id = s.id
  WHERE ${ofShift} GROUP BY p.method))`;

const taxes = sql`(SELECT json_group_array(json_object('tax_rate_id', t.id, 'name', r.name, 'rate', t.rate, 'net', t.net,
    'tax', t.tax, 'gross', t.gross) ORDER BY t.rate DESC NULLS LAST, r.name, t.id) FROM (
  SELECT l.tax_rate_id AS id, l.tax_rate AS rate, sum(l.net) AS net, sum(l.tax) AS tax, sum(l.subtotal) AS gross
  FROM sales s INDEXED BY sales_shift CROSS JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id
  WHERE ${ofShift} GROUP BY l.tax_rate_id) t
  LEFT JOIN tax_rates r ON r.tenant_id = h.tenant_id AND r.id = t.id)`;

const byCategory = sql`(SELECT json_group_array(json_object('category', category, 'units', ${unitsOf("units")}, 'total', total)
    ORDER BY total DESC, category) FROM (
  SELECT p.category AS category, sum(l.quantity) AS units, sum(l.subtotal) AS total
  FROM sales s INDEXED BY sales_shift CROSS JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id
  CROSS JOIN products p ON p.tenant_id = l.tenant_id AND p.id = l.product_id
  WHERE ${ofShift} GROUP BY p.category))`;

/** A scalar query: the JSON of the report of the shift `h`, in the shape of `TillReport` without its late sales. */
export const reportJson = (currency: string): SQL => sql`(
  SELECT json_object('report', iif(h.status = 'OPEN', 'X', 'Z'), 'z_number', h.z_number, 'shift_id', h.id,
    'user_id', h.user_id, 'start_at', h.start_at, 'end_at', h.end_at, 'currency', ${currency},
    'sales', json_object('count', t.sales, 'total', t.sold), 'refunds', json_object('count', t.refunds, 'total', t.refunded),
    'voids', json_object('count', t.voids, 'total', t.voided), 'total', t.total, 'net', t.total - t.tax, 'tax', t.tax,
    'discounts', t.discounts, 'rounding', t.rounding, 'first_sale_at', t.first_at, 'last_sale_at', t.last_at,
    'opening_cash', h.opening_cash, 'paid_in', m.paid_in, 'paid_out', m.paid_out,
    'expected_cash', e.cash, 'counted_cash', h.counted_cash, 'difference', h.counted_cash - e.cash,
    'by_payment_method', json(${byPaymentMethod}), 'taxes', json(${taxes}), 'by_category', json(${byCategory}))
  FROM (SELECT ${countIf(isSale)} AS sales, ${countIf(isRefund)} AS refunds, ${countIf(isVoid)} AS voids,
      ${sumIf(isSale, "s.total")} AS sold, ${sumIf(isRefund, "s.total")} AS refunded, ${sumIf(isVoid, "s.total")} AS voided,
      coalesce(sum(s.total), 0) AS total, coalesce(sum(s.tax), 0) AS tax, coalesce(sum(s.discount), 0) AS discounts,
      coalesce(sum(s.rounding), 0) AS rounding, min(iif(${isCounterSale}, s.placed_at, NULL)) AS first_at,
      max(iif(${isCounterSale}, s.placed_at, NULL)) AS last_at
    FROM sales s INDEXED BY sales_shift WHERE ${ofShift}) t,
   (SELECT coalesce(sum(iif(kind = 'paid_in', amount, 0)), 0) AS paid_in,
      coalesce(sum(iif(kind = 'paid_out', amount, 0)), 0) AS paid_out
    FROM cash_moves WHERE tenant_id = h.tenant_id AND shift_id = h.id) m,
   (SELECT ${expectedCash} AS cash) e)`;

const MAX_LATE_SALES = 100;

// Each late sale once: those that arrived during the shift `h`, and those of the shift that arrived after its end. Without INDEXED BY
// the planner would scan the sales of the shop.
const lateSales = sql.raw(`(
  SELECT id, number, total, placed_at, shift_id FROM sales INDEXED BY sales_late
    WHERE tenant_id = h.tenant_id AND late_shift_id = h.id AND late_shift_id IS NOT NULL
  UNION ALL SELECT id, number, total, placed_at, shift_id FROM sales INDEXED BY sales_late_of_shift
    WHERE tenant_id = h.tenant_id AND shift_id = h.id AND late_shift_id IS NOT NULL AND late_shift_id <> h.id)`);

/** The JSON of a report (SQL) of the shift `h` with the sales that arrived after the end of their shift, which no Z report counts. */
const withLateSales = (report: SQL): SQL => sql`json_set(${report},
  '$.late_sales', json((SELECT json_group_array(json_object('id', id, 'number', printf('C-%06d', number), 'total', total,
      'sold_at', placed_at, 'shift_id', shift_id) ORDER BY id)
    FROM (SELECT * FROM ${lateSales} ORDER BY id LIMIT CAST(${MAX_LATE_SALES} AS INTEGER)))),
  '$.late_sales_count', (SELECT count(*) FROM ${lateSales}))`;

/** The JSON of the stored report of the shift `h`, in the shape of `TillReport`. */
export const storedReportJson = withLateSales(sql`h.z_report`);

/** A column that holds a report with its late sales. */
export const reportColumn = z.string().transform((text) => TillReport.parse(JSON.parse(text)));

const reportRow = z.object({ user_id: z.string(), report: reportColumn });

/** The report of a shift of the actor, or, for an ADMIN, of any shift. One round trip. @throws Problem not-found, forbidden */
export async function getReport(ctx: ActorCtx, shiftId: string): Promise<z.infer<typeof TillReport>> {
  const [row] = await ctx.db.all(
    reportRow,
    sql`SELECT h.user_id, ${withLateSales(sql`coalesce(h.z_report, ${reportJson(ctx.tenant.currency)})`)} AS report FROM shifts h
      WHERE h.tenant_id = ${ctx.tenant.id} AND h.id = ${shiftId}`,
  );
  if (!row) throw notFound("shift");
  if (!isUnrestricted(ctx) && row.user_id !== actorId(ctx))
    throw new Problem("forbidden", "The shift belongs to another user.");
  return row.report;
}
