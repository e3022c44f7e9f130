// What the actor bought, online and, where the seller named him, over the counter. The order is that of the index sales_customer.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../platform/context.ts";
import { rows } from "../platform/d1.ts";
import { MAX_AMOUNT, mean } from "../values/money.ts";
import { encodeCursor, decodeCursor, pageOf, dayTimeKey } from "../platform/cursor.ts";
import { notFound } from "../platform/problem.ts";
import { saleJson } from "../sales/record.ts";
import { Sale } from "../sales/schema.ts";
import { requestPayment } from "./payments/request-payment.ts";
import {
  type Purchase,
  type PurchaseQuery,
  type PurchaseSummary,
  type SummaryQuery,
  PurchaseHead,
} from "./schema.ts";

/** One purchase of the actor with its lines; a pending one with what is needed to pay it. One round trip. @throws Problem not-found */
export async function getPurchase(ctx: ActorCtx, id: string): Promise<z.infer<typeof Purchase>> {
  const [row] = await ctx.db.all(
    z.object({ sale: z.string() }),
    sql`SELECT ${saleJson(ctx, id)} AS sale FROM sales
      WHERE tenant_id = ${ctx.tenant.id} AND id = ${id} AND kind = 'sale' AND customer_id = ${ctx.actor.id}`,
  );
  if (!row) throw notFound("purchase");
  return requestPayment(ctx, Sale.parse(JSON.parse(row.sale)));
}

/** The sales of the actor, refunds among them. */
const mine = (ctx: ActorCtx): SQL =>
  sql`s.tenant_id = ${ctx.tenant.id} AND s.customer_key = ${ctx.actor.id} AND s.customer_id = ${ctx.actor.id}`;

const within = ({ from, to }: z.infer<typeof SummaryQuery>): SQL =>
  sql`${from === undefined ? sql`` : sql`AND s.day >= ${from}`} ${to === undefined ? sql`` : sql`AND s.day <= ${to}`}`;

const status = sql.raw(`CASE WHEN s.status = 'completed' AND NOT EXISTS (SELECT 1 FROM sale_lines l
  WHERE l.tenant_id = s.tenant_id AND l.sale_id = s.id AND l.refunded < l.quantity) THEN 'refunded' ELSE s.status END`);

/** The purchases of the actor by filter, newest first, without their lines. One round trip. */
export async function listPurchases(ctx: ActorCtx, query: z.infer<typeof PurchaseQuery>) {
  const list = `purchases:${ctx.actor.id}`;
  const last = decodeCursor(dayTimeKey, list, ctx.tenant.id, query.cursor);
  const [day, placedAt, id] = last ?? [];
  const found = await ctx.db.all(
    PurchaseHead,
    sql`SELECT s.id, 'A-' || s.number AS number, s.channel, ${status} AS status, s.country, s.payment_method, s.total, s.units,
        s.lines, ${ctx.tenant.currency} AS currency, s.placed_at, s.day, s.hold_expires_at, s.created_at
      FROM sales s WHERE ${mine(ctx)} AND s.kind = 'sale' ${within(query)}
        ${query.status === undefined ? sql`` : sql`AND ${status} = ${query.status}`}
        ${last ? sql`AND (s.day, s.placed_at, s.id) < (${day}, ${placedAt}, ${id})` : sql``}
      ORDER BY s.day DESC, s.placed_at DESC, s.id DESC LIMIT ${query.limit + 1}`,
  );
  return pageOf(found, query.limit, (row) =>
    encodeCursor(list, ctx.tenant.id, [row.day, row.placed_at, row.id]),
  );
}

const monthRow = z.object({
  month: z.string(),
  orders: z.number(),
  units: z.number(),
  spend: z.number(),
  refunded: z.number(),
});

const categoryRow = z.object({ category: z.string().nullable(), units: z.number(), spend: z.number() });

// What JSON cannot hold is shown as the most that it can; total() does not fail where sum() would.
const amountOf = (sum: number): number => Math.max(-MAX_AMOUNT, Math.min(sum, MAX_AMOUNT));
const sumOf = (what: string): SQL =>
  sql.raw(`CAST(max(-${MAX_AMOUNT}, min(total(${what}), ${MAX_AMOUNT})) AS INTEGER)`);

/** What the actor spent on completed purchases; a refund counts on its own day. One round trip. */
export async function purchaseSummary(
  ctx: ActorCtx,
  range: z.infer<typeof SummaryQuery>,
): Promise<z.infer<typeof PurchaseSummary>> {
  const settled = sql`${mine(ctx)} AND s.status = 'completed' ${within(range)}`;
  const [monthRows, categoryRows] = await ctx.db.batch([
    sql`SELECT substr(s.day, 1, 7) AS month, sum(s.kind = 'sale') AS orders, ${sumOf("s.units")} AS units,
        ${sumOf("s.total")} AS spend, ${sumOf("iif(s.kind = 'refund', -s.total, 0)")} AS refunded
      FROM sales s WHERE ${settled} GROUP BY 1 ORDER BY 1`,
    sql`SELECT p.category, ${sumOf("l.quantity")} AS units, ${sumOf("l.subtotal")} AS spend
      FROM sales s CROSS JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id
      CROSS JOIN products p ON p.tenant_id = l.tenant_id AND p.id = l.product_id
      WHERE ${settled} GROUP BY p.category ORDER BY spend DESC, p.category`,
  ]);
  const months = rows(monthRow, monthRows);
  const sum = (field: "orders" | "units" | "spend" | "refunded"): number =>
    amountOf(months.reduce((total, month) => total + month[field], 0));
  return {
    currency: ctx.tenant.currency,
    orders: sum("orders"),
    units: sum("units"),
    spend: sum("spend"),
    refunded: sum("refunded"),
    average: mean(sum("spend"), sum("orders")),
    by_category: rows(categoryRow, categoryRows),
    by_month: months.map(({ month, orders, spend }) => ({ month, orders, spend })),
  };
}
