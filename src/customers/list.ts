import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { decodeCursor, encodeCursor, pageOf, singleKey } from "../platform/cursor.ts";
import { type CustomerBody, customerColumns, customerRow } from "./columns.ts";
import { matchExpression } from "./search.ts";

type Query = { q?: string | undefined; limit: number; cursor?: string | undefined };

type Page = { data: CustomerBody[]; next_cursor: string | null };

/** The customers of the shop, newest first, or those that match `q`. One round trip. @throws Problem invalid-cursor */
export const listCustomers = (ctx: Ctx, query: Query): Promise<Page> =>
  query.q === undefined ? listAll(ctx, query) : search(ctx, query.q, query);

async function listAll(ctx: Ctx, { limit, cursor }: Query): Promise<Page> {
  const [after] = decodeCursor(singleKey, "customers", ctx.tenant.id, cursor) ?? [];
  const found = await ctx.db.all(
    customerRow,
    sql`SELECT ${customerColumns()} FROM customers INDEXED BY customers_live
      WHERE tenant_id = ${ctx.tenant.id} AND merged_into IS NULL AND erased_at IS NULL
        ${after === undefined ? sql`` : sql`AND id < ${after}`}
      ORDER BY id DESC LIMIT ${limit + 1}`,
  );
  return pageOf(found, limit, ({ id }) => encodeCursor("customers", ctx.tenant.id, [id]));
}

const searchKey = z.tuple([z.int()]);

const positionRow = z.object({ position: z.number() });

// The index returns rows by their position, so that a page reads only its own.
async function search(ctx: Ctx, q: string, { limit, cursor }: Query): Promise<Page> {
  const list = `customers:${q}`;
  const [before] = decodeCursor(searchKey, list, ctx.tenant.id, cursor) ?? [];
  const expression = matchExpression(ctx.tenant.id, q);
  if (expression === null) return { data: [], next_cursor: null };
  const found = await ctx.db.all(
    positionRow.loose(),
    sql`SELECT c.rowid AS position, ${customerColumns("c")} FROM (
        SELECT rowid AS found FROM customer_search WHERE customer_search MATCH ${expression}
          ${before === undefined ? sql`` : sql`AND rowid < CAST(${before} AS INTEGER)`}
        ORDER BY rowid DESC LIMIT ${limit + 1}) f
      CROSS JOIN customers c ON c.rowid = f.found AND c.tenant_id = ${ctx.tenant.id} ORDER BY f.found DESC`,
  );
  const page = pageOf(found, limit, ({ position }) => encodeCursor(list, ctx.tenant.id, [position]));
  return { ...page, data: page.data.map((row) => customerRow.parse(row)) };
}
