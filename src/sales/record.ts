// What every change of a sale puts into its batch, whatever the channel: the sale as clients see it, the day that the ETL
// rebuilds, and the shop's revision, which invalidates cached figures.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { type IdempotentRequest, storeResponse } from "../idempotency/run-once.ts";
import type { Ctx } from "../platform/context.ts";
import { type BatchResult, type Returning, returning } from "../platform/d1.ts";
import { Sale, saleFields, SaleLine } from "./schema.ts";

export type SaleBody = z.infer<typeof Sale>;

/** The statements that mark days (SQL that yields a JSON array) for a rebuild of their figures. */
export const markDaysDirty = (tenantId: string, days: SQL): SQL[] => [
  sql`INSERT INTO dirty_days (tenant_id, day) SELECT ${tenantId}, value FROM json_each(${days}) WHERE true
    ON CONFLICT DO NOTHING`,
  sql`UPDATE tenants SET revision = revision + 1 WHERE id = ${tenantId}`,
];

// The currency is the shop's, not a column of the sale.
const storedFields = Object.keys(saleFields).filter((name) => name !== "currency");

const expressionOf = (name: string): string => (name === "number" ? "'A-' || s.number" : `s.${name}`);

/** The columns of the sale `s` under their names on the wire, without the currency. */
export const saleColumns = sql.raw(storedFields.map((name) => `${expressionOf(name)} AS ${name}`).join(", "));

const lineFields = Object.keys(SaleLine.shape);

/** The columns of a sale line. */
export const saleLineColumns = sql.raw(lineFields.join(", "));

const head = storedFields.map((name) => `'${name}', ${expressionOf(name)}`).join(", ");

const items = `(SELECT json_group_array(json_object(${lineFields.map((name) => `'${name}', l.${name}`).join(", ")})
    ORDER BY l.line_no)
  FROM sale_lines l WHERE l.tenant_id = s.tenant_id AND l.sale_id = s.id)`;

/** A scalar query: the JSON of one sale with its lines, in the shape of `Sale`. */
export const saleJson = (ctx: Ctx, id: string): SQL => sql`
  (SELECT json_object(${sql.raw(head)}, 'shipping_address', json(s.shipping_address), 'currency', ${ctx.tenant.currency},
    'items', json(${sql.raw(items)}))
  FROM sales s WHERE s.tenant_id = ${ctx.tenant.id} AND s.id = ${id})`;

const saleEvent = z.object({ payload: z.string().transform((text) => Sale.parse(JSON.parse(text))) });

export type ReturningSale = Returning<z.infer<typeof saleEvent>>;

/** Makes a handle for an `emit` whose payload is `saleJson`. */
export const returningSale = (event: SQL): ReturningSale => returning(saleEvent, event);

/** Stores the sale of an event as the response to a keyed request, for the batch that emits the event. */
export const storeSaleResponse = (ctx: Ctx, request: IdempotentRequest | null, eventId: string): SQL[] =>
  storeResponse(
    ctx.now,
    request,
    sql`(SELECT payload FROM events WHERE tenant_id = ${ctx.tenant.id} AND id = ${eventId})`,
  );

/** The sale in the event of a committed batch. */
export function saleOf(done: BatchResult, handle: ReturningSale): SaleBody {
  const [event] = done.of(handle);
  if (!event) throw new Error("the batch has recorded no event of a sale");
  return event.payload;
}
