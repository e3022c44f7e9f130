// The columns and the filters that the list of orders, their search and their CSV share.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { actorId, type ActorCtx, seesColleagues } from "../../platform/context.ts";
import { Problem } from "../../platform/problem.ts";
import { unitsOf } from "../../platform/quantity-sql.ts";
import { saleNumber } from "../../sales/record.ts";
import { refundedStatus } from "../history.ts";
import { customerJson } from "./order.ts";
import { OrderHead, type OrderQuery } from "./schema.ts";

export type Query = z.infer<typeof OrderQuery>;

export type OrderHeadBody = z.infer<typeof OrderHead>;

const NUMBER = /^\s*a?-?(\d{1,15})\s*$/i;

/** The order number that a search means, or null. */
export const numberIn = (q: string | undefined): string | null => NUMBER.exec(q ?? "")?.[1] ?? null;

/** What a list selects from sales `s`. */
export const headColumns = (
  ctx: ActorCtx,
): SQL => sql`s.id, iif(s.number IS NULL, NULL, ${saleNumber}) AS number, s.channel,
  ${refundedStatus} AS status, s.country, s.payment_method, s.net, s.tax, s.total, s.discount, s.rounding,
  ${unitsOf("s.units")} AS units, s.lines, ${ctx.tenant.currency} AS currency, s.placed_at, s.day, s.hold_expires_at, s.created_at,
  s.seller_id, s.customer_id, s.version,
  (SELECT d.payment FROM order_details d WHERE d.tenant_id = s.tenant_id AND d.sale_id = s.id) AS payment_terms,
  ${customerJson} AS customer`;

export const headRow = OrderHead.extend({
  customer: z
    .string()
    .nullable()
    .transform((text) => OrderHead.shape.customer.parse(JSON.parse(text ?? "null"))),
});

/** A filter: its condition on a row, and the index that serves it, if there is one. */
type Filter = { condition: SQL; index: string | null };

/** @throws Problem forbidden */
export function orderFilters(ctx: ActorCtx, query: Query, of: string): [...Filter[], Filter] {
  const column = (name: string): SQL => sql.raw(`${of}${name}`);
  const filters: Filter[] = [];
  const add = (condition: SQL, index: string | null) => void filters.push({ condition, index });
  const number = numberIn(query.q);
  if (number !== null)
    add(
      sql`${column("series")} = 'A' AND ${column("number")} = CAST(${number} AS INTEGER) AND ${column("number")} IS NOT NULL`,
      "sales_series_number",
    );
  if (query.customer_id !== undefined)
    add(sql`${column("customer_key")} = ${query.customer_id}`, "sales_customer");
  if (query.seller_id !== undefined) {
    // How much a colleague sells is a figure.
    if (query.seller_id !== actorId(ctx) && !seesColleagues(ctx))
      throw new Problem("forbidden", "This shop shows an EMPLOYEE only their own sales by seller.");
    add(sql`${column("seller_id")} = ${query.seller_id}`, "sales_seller");
  }
  // Literals, because SQLite does not use a partial index for a parameter.
  const { status } = query;
  if (status === "pending" || status === "cancelled")
    add(sql.raw(`${of}status = '${status}' AND ${of}status <> 'completed'`), "sales_unfinished");
  return [...filters, { condition: sql`${column("channel")} = 'online'`, index: "sales_channel" }];
}

export const rowFilters = ({ status }: Query): SQL[] => [
  sql`s.kind = 'sale'`,
  ...(status === "completed" || status === "refunded" ? [sql`${refundedStatus} = ${status}`] : []),
];
