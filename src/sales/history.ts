// The sales of a shop, newest day first: the order of the index sales_day, so an unfiltered page reads only the rows it shows.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { type ActorCtx, type Ctx, seesColleagues } from "../platform/context.ts";
import { encodeCursor, decodeCursor, pageOf, dayTimeKey } from "../platform/cursor.ts";
import { notFound, Problem } from "../platform/problem.ts";
import { returning, sqlBoolean } from "../platform/d1.ts";
import { planOf } from "../platform/plan.ts";
import { saleColumns, saleJson, type SaleBody } from "./record.ts";
import { Sale, type SaleQuery } from "./schema.ts";

// What the cursor needs and what SQLite has no type for; the route validates the rest.
const listRow = z.looseObject({
  id: z.string(),
  day: z.string(),
  placed_at: z.string(),
  offline: sqlBoolean,
  is_void: sqlBoolean,
  restocked: sqlBoolean,
});

const NUMBER = /^([ACR])-(\d+)$/i;

/** The condition on the number of a receipt, refund or order; the literal series lets SQLite use the partial index. */
function isNumbered(number: string): SQL {
  const [, series, digits] = NUMBER.exec(number) ?? [];
  return sql`series = ${series?.toUpperCase() ?? ""} AND number = CAST(${digits ?? ""} AS INTEGER) AND number IS NOT NULL`;
}

/** One sale with its lines. One round trip. @throws Problem not-found */
export async function getSale(ctx: Ctx, id: string): Promise<SaleBody> {
  const [row] = await ctx.db.all(
    z.object({ sale: z.string().nullable() }),
    sql`SELECT ${saleJson(ctx, id)} AS sale`,
  );
  if (!row || row.sale === null) throw notFound("sale");
  return Sale.parse(JSON.parse(row.sale));
}

/**
 * What an EMPLOYEE who does not see colleagues lists: their own sales, online orders, which nobody sold, and what they look up by
 * number or customer, as for a refund. @throws Problem forbidden
 */
function visibleSales(ctx: ActorCtx, query: z.infer<typeof SaleQuery>): SQL[] {
  if (seesColleagues(ctx)) return [];
  if (query.seller_id !== undefined && query.seller_id !== ctx.actor.id)
    throw new Problem("forbidden", "This shop shows an EMPLOYEE only their own sales.");
  if (query.number !== undefined || query.customer !== undefined) return [];
  const isOwn = sql`seller_id = ${ctx.actor.id}`;
  return [query.channel === "online" ? sql`(seller_id IS NULL OR ${isOwn})` : isOwn];
}

/** The sales and refunds that match the filters and that the actor may list, without their lines. @throws Problem invalid-cursor, forbidden */
export function listSales(ctx: ActorCtx, query: z.infer<typeof SaleQuery>) {
  const last = decodeCursor(dayTimeKey, "sales", ctx.tenant.id, query.cursor);
  const filters: SQL[] = [sql`tenant_id = ${ctx.tenant.id}`, ...visibleSales(ctx, query)];
  if (query.from !== undefined) filters.push(sql`day >= ${query.from}`);
  if (query.to !== undefined) filters.push(sql`day <= ${query.to}`);
  if (query.channel !== undefined) filters.push(sql`channel = ${query.channel}`);
  // Literals, validated by the schema: SQLite does not use a partial index for a parameter.
  if (query.kind !== undefined) filters.push(sql.raw(`kind = '${query.kind}'`));
  if (query.status !== undefined) filters.push(sql.raw(`status = '${query.status}'`));
  if (query.seller_id !== undefined) filters.push(sql`seller_id = ${query.seller_id}`);
  if (query.customer !== undefined) filters.push(sql`customer_key = ${query.customer}`);
  if (query.number !== undefined) filters.push(isNumbered(query.number));
  if (last) {
    const [day, placedAt, id] = last;
    filters.push(sql`(day, placed_at, id) < (${day}, ${placedAt}, ${id})`);
  }
  const sales = returning(
    listRow,
    sql`SELECT ${saleColumns}, ${ctx.tenant.currency} AS currency
      FROM sales s WHERE ${sql.join(filters, sql` AND `)}
      ORDER BY day DESC, placed_at DESC, id DESC LIMIT ${query.limit + 1}`,
  );
  return planOf(sales, (rows) =>
    pageOf(rows, query.limit, (row) =>
      encodeCursor("sales", ctx.tenant.id, [row.day, row.placed_at, row.id]),
    ),
  );
}
