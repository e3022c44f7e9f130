import { sql } from "drizzle-orm";
import { z } from "zod";
import { actorId, type ActorCtx, seesColleagues } from "../platform/context.ts";
import { encodeCursor, decodeCursor, pageOf } from "../platform/cursor.ts";
import { quantityColumn } from "../values/quantities.ts";
import { inRange } from "./days.ts";
import { type LinesQuery, MetricLine } from "./schema.ts";

const lineKey = z.tuple([z.string(), z.string(), z.string(), z.int()]);

const lineRow = MetricLine.extend({ quantity: quantityColumn });

/** The sale lines behind the figures that the actor may list, newest first. One round trip, which reads only the lines of the page. */
export async function listSaleLines(ctx: ActorCtx, query: z.infer<typeof LinesQuery>) {
  const previous = decodeCursor(lineKey, "lines", ctx.tenant.id, query.cursor);
  const [day, placedAt, id, lineNo] = previous ?? [];
  const after = previous
    ? sql`AND (s.day, s.placed_at, s.id) <= (${day}, ${placedAt}, ${id}) AND NOT (s.id = ${id} AND l.line_no <= ${lineNo})`
    : sql``;
  // The index takes one upper bound: the plus sign leaves it to the cursor, so that earlier pages are not read again.
  const { from, to } = query;
  const range = previous
    ? sql`${inRange("s.day", { from })} ${inRange("+s.day", { to })}`
    : inRange("s.day", { from, to });
  const isVisible = seesColleagues(ctx) ? sql`` : sql`AND s.seller_id = ${actorId(ctx)}`;
  const found = await ctx.db.all(
    lineRow,
    sql`SELECT s.id AS sale_id, l.line_no, s.kind, s.channel, s.external_ref, s.day, s.placed_at, s.seller_id,
        s.customer_key AS customer, s.country, l.product_id, l.sku, l.description, l.quantity, l.unit, l.unit_price, l.subtotal
      FROM sales s CROSS JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id
      WHERE s.tenant_id = ${ctx.tenant.id} AND s.status = 'completed' ${isVisible} ${range} ${after}
      ORDER BY s.day DESC, s.placed_at DESC, s.id DESC, l.line_no LIMIT ${query.limit + 1}`,
  );
  return pageOf(found, query.limit, (row) =>
    encodeCursor("lines", ctx.tenant.id, [row.day, row.placed_at, row.sale_id, row.line_no]),
  );
}
