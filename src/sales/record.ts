// What every change of a sale puts into its batch, whatever the channel: the sale as clients see it, the day that the ETL
// rebuilds, and the shop's revision, which invalidates cached figures.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import type { BatchResult, Returning } from "../platform/d1.ts";
import { unitsOf } from "../platform/quantity-sql.ts";
import { Sale, saleFields, SaleLine } from "./schema.ts";

export type SaleBody = z.infer<typeof Sale>;

const nextRevision = (tenantId: string): SQL =>
  sql`UPDATE tenants SET revision = revision + 1 WHERE id = ${tenantId}`;

/**
 * The statements that mark days (SQL that yields a JSON array) for a rebuild of their figures, because sales of these days have
 * changed or are gone. For a sale that is added, see `markSale`.
 */
export const markDaysForRebuild = (tenantId: string, days: SQL): SQL[] => [
  sql`INSERT INTO dirty_days (tenant_id, day, needs_rebuild) SELECT ${tenantId}, value, 1 FROM json_each(${days}) WHERE true
    ON CONFLICT DO UPDATE SET needs_rebuild = 1 WHERE needs_rebuild = 0`,
  nextRevision(tenantId),
];

/** The statements that have the ETL add a sale or refund that becomes completed to the figures of its day. */
export const markSale = (tenantId: string, id: string, day: string | SQL, placedAt: string | SQL): SQL[] => [
  sql`INSERT INTO dirty_days (tenant_id, day, needs_rebuild) VALUES (${tenantId}, ${day}, 0) ON CONFLICT DO NOTHING`,
  sql`INSERT INTO late_sales (tenant_id, day, placed_at, sale_id)
    SELECT tenant_id, day, ${placedAt}, ${id} FROM daily_sales
    WHERE tenant_id = ${tenantId} AND day = ${day} AND built_until >= ${placedAt} || ' ' || ${id}`,
  nextRevision(tenantId),
];

/** The number of the sale `s` as clients see it: the series, and at least six digits for receipts and refunds. */
export const saleNumber = sql.raw(
  `iif(s.series = 'A', 'A-' || s.number, printf('%s-%06d', s.series, s.number))`,
);

const numberOrNull = sql`iif(s.number IS NULL, NULL, ${saleNumber})`;

/** The fields of a sale that its row does not have under their own name; booleans are 0 or 1. */
const computedFields: Record<string, SQL> = {
  number: numberOrNull,
  units: unitsOf("s.units"),
  offline: sql.raw("s.is_offline"),
  restocked: sql.raw("s.is_restocked"),
};

const booleans = ["offline", "is_void", "restocked"];

// The currency is the shop's, not a column of the sale.
const storedFields = Object.keys(saleFields).filter((name) => name !== "currency");

const expressionOf = (name: string): SQL => computedFields[name] ?? sql.raw(`s.${name}`);

const asJson = (name: string): SQL =>
  booleans.includes(name) ? sql`json(iif(${expressionOf(name)}, 'true', 'false'))` : expressionOf(name);

/** The columns of the sale `s` under their names on the wire, without the currency; booleans are 0 or 1. */
export const saleColumns = sql.join(
  storedFields.map((name) => sql`${expressionOf(name)} AS ${sql.raw(name)}`),
  sql`, `,
);

const head = sql.join(
  storedFields.map((name) => sql`${sql.raw(`'${name}'`)}, ${asJson(name)}`),
  sql`, `,
);

const lineOf = (name: string): SQL =>
  name === "quantity" || name === "refunded" ? unitsOf(`l.${name}`) : sql.raw(`l.${name}`);

const lineJson = sql.join(
  Object.keys(SaleLine.shape).map((name) => sql`${sql.raw(`'${name}'`)}, ${lineOf(name)}`),
  sql`, `,
);

const items = sql`(SELECT json_group_array(json_object(${lineJson}) ORDER BY l.line_no)
  FROM sale_lines l WHERE l.tenant_id = s.tenant_id AND l.sale_id = s.id)`;

/** A scalar query: the JSON array of the payments of the sale `s`. */
const paymentsJson = sql.raw(`(SELECT json_group_array(json_object('method', y.method, 'amount', y.amount,
    'tendered', y.tendered) ORDER BY y.payment_no)
  FROM sale_payments y WHERE y.tenant_id = s.tenant_id AND y.sale_id = s.id)`);

const change = sql.raw(`(SELECT coalesce(sum(y.tendered - y.amount), 0) FROM sale_payments y
  WHERE y.tenant_id = s.tenant_id AND y.sale_id = s.id AND y.tendered IS NOT NULL)`);

/** The JSON of the sale `s` with its lines and payments, in the shape of `Sale`. */
export const saleJsonOf = (ctx: Ctx): SQL =>
  sql`json_object(${head}, 'shipping_address', json(s.shipping_address), 'currency', ${ctx.tenant.currency},
    'items', json(${items}), 'payments', json(${paymentsJson}), 'change', ${change})`;

/** A scalar query: `saleJsonOf` one sale. */
export const saleJson = (ctx: Ctx, id: string): SQL => sql`
  (SELECT ${saleJsonOf(ctx)} FROM sales s WHERE s.tenant_id = ${ctx.tenant.id} AND s.id = ${id})`;

const saleEvent = z.object({ payload: z.string().transform((text) => Sale.parse(JSON.parse(text))) });

export type ReturningSale = Returning<z.infer<typeof saleEvent>>;

/** Makes a handle for an `emit` whose payload is `saleJson`. */
export const returningSale = (event: Returning<unknown>): ReturningSale => ({ ...event, shape: saleEvent });

/** The sale in the event of a committed batch. */
export function saleOf(done: BatchResult, handle: ReturningSale): SaleBody {
  const [event] = done.of(handle);
  if (!event) throw new Error("the batch has recorded no event of a sale");
  return event.payload;
}
