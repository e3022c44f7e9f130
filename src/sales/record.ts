// What every change of sales carries with it in its batch, whatever the channel: the sale as clients see it, the day that
// the ETL has to build again, and the shop's revision, by which cached figures know that they are old.
import { sql, type SQL } from "drizzle-orm";
import type { Ctx } from "../platform/context.ts";

/** The statements that make figures of these days (a JSON array) be computed anew. */
export const markDaysDirty = (tenantId: string, days: SQL): SQL[] => [
  sql`INSERT INTO dirty_days (tenant_id, day) SELECT ${tenantId}, value FROM json_each(${days}) WHERE true
    ON CONFLICT DO NOTHING`,
  sql`UPDATE tenants SET revision = revision + 1 WHERE id = ${tenantId}`,
];

const head = `'id', s.id, 'kind', s.kind, 'channel', s.channel, 'status', s.status, 'refund_of', s.refund_of,
  'reason', s.reason, 'seller_id', s.seller_id, 'shift_id', s.shift_id, 'customer_id', s.customer_id, 'customer_ref', s.customer_ref,
  'country', s.country, 'payment_method', s.payment_method, 'external_ref', s.external_ref, 'total', s.total,
  'units', s.units, 'lines', s.lines, 'placed_at', s.placed_at, 'day', s.day, 'created_at', s.created_at,
  'number', 'A-' || s.number, 'payment_provider', s.payment_provider, 'hold_expires_at', s.hold_expires_at,
  'shipping_address', json(s.shipping_address)`;

const items = `(SELECT json_group_array(json_object('line_no', l.line_no, 'product_id', l.product_id, 'sku', l.sku,
  'description', l.description, 'quantity', l.quantity, 'unit_price', l.unit_price, 'exact_price', l.exact_price,
  'subtotal', l.subtotal, 'refunded', l.refunded) ORDER BY l.line_no)
  FROM sale_lines l WHERE l.tenant_id = s.tenant_id AND l.sale_id = s.id)`;

/** A scalar query: the JSON of one sale with its lines, as `Sale` says. */
export const saleJson = (ctx: Ctx, id: string): SQL => sql`
  (SELECT json_object(${sql.raw(head)}, 'currency', ${ctx.tenant.currency}, 'items', json(${sql.raw(items)}))
  FROM sales s WHERE s.tenant_id = ${ctx.tenant.id} AND s.id = ${id})`;
