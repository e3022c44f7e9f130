// What the exports of sales and of their lines have in common. An import of the lines gives the same sales again.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../../platform/context.ts";
import { type Filters, saleFilters } from "../history.ts";
import { saleNumber } from "../record.ts";

/** The number of the sale `s` on its receipt, or in the file from which it was imported. */
const numberOf = sql`iif(s.number IS NULL, s.external_ref, ${saleNumber})`;

/** The columns of a sale `s` that both exports have. */
export const headColumns: SQL = sql`s.id, ${numberOf} AS number, s.kind, s.channel, s.status, s.day, s.placed_at,
  s.seller_id, coalesce(s.customer_ref, s.customer_id) AS customer, s.customer_id, s.country, s.discount_reason AS sale_discount_reason, s.reason,
  (SELECT ${sql.raw("iif(o.number IS NULL, o.external_ref, iif(o.series = 'A', 'A-' || o.number, printf('%s-%06d', o.series, o.number)))")}
    FROM sales o WHERE o.tenant_id = s.tenant_id AND o.id = s.refund_of) AS refund_of,
  (SELECT json_group_array(json_array(y.method, y.amount)) FROM (SELECT p.method, p.amount FROM sale_payments p
    WHERE p.tenant_id = s.tenant_id AND p.sale_id = s.id ORDER BY p.payment_no) y) AS payments`;

const payments = z.array(z.tuple([z.string(), z.number()]));

export const headRow = z.object({
  id: z.string(),
  number: z.string().nullable(),
  kind: z.string(),
  channel: z.string(),
  status: z.string(),
  day: z.string(),
  placed_at: z.string(),
  seller_id: z.string().nullable(),
  customer: z.string().nullable(),
  customer_id: z.string().nullable(),
  country: z.string().nullable(),
  sale_discount_reason: z.string().nullable(),
  reason: z.string().nullable(),
  refund_of: z.string().nullable(),
  payments: z.string(),
});

/** How a sale was paid: `cash=20.00 card=5.00`. */
export const paymentsText = (json: string, amount: (minor: number) => string): string =>
  json === "[]"
    ? ""
    : payments
        .parse(JSON.parse(json))
        .map(([method, minor]) => `${method}=${amount(minor)}`)
        .join(" ");

/** The order of the exports, and the key of a page. */
const oldestFirst = sql.raw("s.day, s.placed_at, s.id");

type Last = { day: string; placed_at: string; id: string };

/**
 * SQL after FROM: the sales `s` that match, those after `last`, or with ">=" also that one, in the order of their index. An index takes one
 * lower bound, and with `from` as well each page would read all pages before it again.
 */
export function salesAfter(
  ctx: ActorCtx,
  query: Filters,
  last: Last | undefined,
  after: ">" | ">=" = ">",
): SQL {
  const { index, conditions } = saleFilters(ctx, last ? { ...query, from: undefined } : query);
  if (last)
    conditions.push(sql`(${oldestFirst}) ${sql.raw(after)} (${last.day}, ${last.placed_at}, ${last.id})`);
  return sql`sales s INDEXED BY ${sql.raw(index)} WHERE ${sql.join(conditions, sql` AND `)} ORDER BY ${oldestFirst}`;
}
