// The products that have changed since a time, for a till that keeps a copy of the catalogue.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { isStaff, type Ctx } from "../../platform/context.ts";
import { decodeCursor, encodeCursor, pageOf } from "../../platform/cursor.ts";
import { productBody, productColumns, productRow } from "../products/columns.ts";

const LIST = "products:updated";

const positionKey = z.tuple([z.string(), z.string()]);

/**
 * The products changed at `since` (RFC 3339 in UTC) or later, by time of change and id; staff also get hidden ones. One round
 * trip. @throws Problem invalid-cursor
 */
export async function listUpdates(
  ctx: Ctx,
  since: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
) {
  const last = decodeCursor(positionKey, LIST, ctx.tenant.id, cursor);
  const rows = await ctx.db.all(
    productRow,
    sql`SELECT ${productColumns} FROM products INDEXED BY products_by_update WHERE tenant_id = ${ctx.tenant.id}
      AND ${last ? sql`(updated_at, id) > (${last[0]}, ${last[1]})` : sql`updated_at >= ${since}`}
      AND ${isStaff(ctx) ? sql`removed_at IS NULL` : sql`is_active = 1`} ORDER BY updated_at, id LIMIT ${limit + 1}`,
  );
  const page = pageOf(rows, limit, ({ updated_at, id }) =>
    encodeCursor(LIST, ctx.tenant.id, [updated_at, id]),
  );
  return { ...page, data: page.data.map((row) => productBody(ctx, row)) };
}
