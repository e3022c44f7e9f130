// The purchases of the actor: online, and counter sales that name them. The order is that of the index sales_customer.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { UserCtx, Ctx, OrderLinkCtx } from "../platform/context.ts";
import { returning } from "../platform/d1.ts";
import { MAX_AMOUNT, mean } from "../values/money.ts";
import { scanPage } from "../platform/bounded-scan.ts";
import { encodeCursor, decodeCursor, dayTimeKey } from "../platform/cursor.ts";
import { runPlan } from "../platform/plan.ts";
import { notFound } from "../platform/problem.ts";
import { unitsOf } from "../platform/quantity-sql.ts";
import { fromThousandths, quantityColumn } from "../values/quantities.ts";
import { type SaleBody, saleJson, saleNumber } from "../sales/record.ts";
import { Sale } from "../sales/schema.ts";
import { joinDetails, paymentTerms, requestPayment, termsColumns } from "./payments/request-payment.ts";
import {
  type Purchase,
  type PurchaseQuery,
  type PurchaseSummary,
  type SummaryQuery,
  PurchaseHead,
} from "./schema.ts";

type ReaderCtx = UserCtx | OrderLinkCtx;

/** The sale as its reader sees it: the bearer of a link does not learn which customer the shop has found by the e-mail address. */
export const visibleSale = (ctx: Ctx | OrderLinkCtx, sale: SaleBody): SaleBody =>
  ctx.actor === null ? { ...sale, customer_id: null } : sale;

/**
 * A purchase of the actor, or of the link's order, with its lines; a pending one can be paid. One round trip.
 * @throws Problem not-found
 */
export async function getPurchase(ctx: ReaderCtx, id: string): Promise<z.infer<typeof Purchase>> {
  const isReadable =
    ctx.actor === null ? sql`id = ${ctx.orderId} AND channel = 'online'` : sql`customer_id = ${ctx.actor.id}`;
  const [row] = await ctx.db.all(
    paymentTerms.extend({ sale: z.string() }),
    sql`SELECT ${saleJson(ctx, id)} AS sale, ${termsColumns} FROM sales s ${joinDetails}
      WHERE s.tenant_id = ${ctx.tenant.id} AND s.id = ${id} AND s.kind = 'sale' AND ${isReadable}`,
  );
  if (!row) throw notFound("purchase");
  return requestPayment(ctx, visibleSale(ctx, Sale.parse(JSON.parse(row.sale))), row);
}

// Without the hint the planner reads all sales of the shop, in the order of its days.
const ownSales = sql.raw("sales s INDEXED BY sales_customer");

/** The sales of the actor, including refunds. */
const isOfActor = (ctx: UserCtx): SQL =>
  sql`s.tenant_id = ${ctx.tenant.id} AND s.customer_key = ${ctx.actor.id} AND s.customer_id = ${ctx.actor.id}`;

const isInRange = (
  column: "day" | "s.day",
  { from, to }: Pick<z.infer<typeof SummaryQuery>, "from" | "to">,
): SQL => {
  const day = sql.raw(column);
  return sql`${from === undefined ? sql`` : sql`AND ${day} >= ${from}`} ${to === undefined ? sql`` : sql`AND ${day} <= ${to}`}`;
};

// Whether a purchase was refunded is read from its lines.
const MAX_SCANNED = 300;

/** SQL for the status of the sale `s` on the wire. */
export const refundedStatus =
  sql.raw(`CASE WHEN s.status = 'completed' AND NOT EXISTS (SELECT 1 FROM sale_lines l
  WHERE l.tenant_id = s.tenant_id AND l.sale_id = s.id AND l.refunded < l.quantity) THEN 'refunded' ELSE s.status END`);

/** The purchases of the actor, newest first, without their lines. One round trip. @throws Problem invalid-cursor */
export async function listPurchases(ctx: UserCtx, query: z.infer<typeof PurchaseQuery>) {
  const list = `purchases:${ctx.actor.id}`;
  const last = decodeCursor(dayTimeKey, list, ctx.tenant.id, query.cursor);
  const [day, placedAt, id] = last ?? [];
  const { from, to, limit } = query;
  const isBefore = last
    ? sql`AND (day, placed_at, id) < (${day}, ${placedAt}, ${id}) ${to === undefined ? sql`` : sql`AND +day <= ${to}`}`
    : isInRange("day", { to });
  const purchases = scanPage(
    {
      table: "sales",
      index: "sales_customer",
      indexed: [
        sql`tenant_id = ${ctx.tenant.id} AND customer_key = ${ctx.actor.id} AND customer_id = ${ctx.actor.id} AND kind = 'sale'
          ${isInRange("day", { from })} ${isBefore}`,
      ],
      filters: query.status === undefined ? [] : [sql`${refundedStatus} = ${query.status}`],
      columns: sql`s.id, iif(s.number IS NULL, NULL, ${saleNumber}) AS number, s.channel, ${refundedStatus} AS status, s.country,
        s.payment_method, s.net, s.tax, s.total, s.discount, s.rounding, ${unitsOf("s.units")} AS units, s.lines,
        ${ctx.tenant.currency} AS currency, s.placed_at, s.day, s.hold_expires_at, s.created_at`,
      row: PurchaseHead,
      order: ["day", "placed_at", "id"],
      key: z.object({ day: z.string(), placed_at: z.string(), id: z.string() }),
      limit,
      maxRows: MAX_SCANNED,
    },
    (row) => encodeCursor(list, ctx.tenant.id, [row.day, row.placed_at, row.id]),
  );
  return runPlan(ctx, purchases);
}

const monthRow = z.object({
  month: z.string(),
  orders: z.number(),
  units: z.number(),
  spend: z.number(),
  refunded: z.number(),
});

const categoryRow = z.object({ category: z.string().nullable(), units: quantityColumn, spend: z.number() });

// Amounts are clamped to what JSON can represent; total() does not overflow as sum() does.
const clampAmount = (sum: number): number => Math.max(-MAX_AMOUNT, Math.min(sum, MAX_AMOUNT));
const sumOf = (expression: string): SQL =>
  sql.raw(`CAST(max(-${MAX_AMOUNT}, min(total(${expression}), ${MAX_AMOUNT})) AS INTEGER)`);

/** The totals of the actor's completed purchases; a refund counts on the day of the refund. One round trip. */
export async function purchaseSummary(
  ctx: UserCtx,
  range: z.infer<typeof SummaryQuery>,
): Promise<z.infer<typeof PurchaseSummary>> {
  const isCounted = sql`${isOfActor(ctx)} AND s.status = 'completed' ${isInRange("s.day", range)}`;
  const byMonth = returning(
    monthRow,
    sql`SELECT substr(s.day, 1, 7) AS month, sum(s.kind = 'sale') AS orders, ${sumOf("s.units")} AS units,
        ${sumOf("s.total")} AS spend, ${sumOf("iif(s.kind = 'refund', -s.total, 0)")} AS refunded
      FROM ${ownSales} WHERE ${isCounted} GROUP BY 1 ORDER BY 1`,
  );
  const byCategory = returning(
    categoryRow,
    sql`SELECT p.category, ${sumOf("l.quantity")} AS units, ${sumOf("l.subtotal")} AS spend
      FROM ${ownSales} CROSS JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id
      CROSS JOIN products p ON p.tenant_id = l.tenant_id AND p.id = l.product_id
      WHERE ${isCounted} GROUP BY p.category ORDER BY spend DESC, p.category`,
  );
  const done = await ctx.db.batch([byMonth, byCategory]);
  const months = done.of(byMonth);
  const sum = (field: "orders" | "units" | "spend" | "refunded"): number =>
    clampAmount(months.reduce((total, month) => total + month[field], 0));
  return {
    currency: ctx.tenant.currency,
    orders: sum("orders"),
    units: fromThousandths(sum("units")),
    spend: sum("spend"),
    refunded: sum("refunded"),
    average: mean(sum("spend"), sum("orders")),
    by_category: done.of(byCategory),
    by_month: months.map(({ month, orders, spend }) => ({ month, orders, spend })),
  };
}
