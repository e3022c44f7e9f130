// Deletes expired rows of all shops by walking the primary key: an index on the expiry would cost every write another row.
// Each run covers a limited number of pages; the next run continues after them.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "./context.ts";
import { returning } from "./d1.ts";

// A page is one round trip of two statements: far below the 1,000 of an invocation.
const MAX_PER_RUN = { pages: 100, rows: 10_000 };

const lastKeyRow = z.object({ last_key: z.string() });
const primaryKeyShape = z.array(z.union([z.string(), z.number()]));

/**
 * Deletes the rows of a table for which `isExpired`, a condition on its columns, holds. One round trip per page. The next
 * run repeats a page that fails.
 */
export async function sweepRows(
  ctx: Base,
  table: string,
  primaryKey: readonly string[],
  isExpired: SQL,
  { pages, rows: limit } = MAX_PER_RUN,
): Promise<void> {
  const positionKey = `sweep-rows:${table}`;
  const name = sql.identifier(table);
  const key = sql.join(
    primaryKey.map((column) => sql.identifier(column)),
    sql`, `,
  );
  let position = await ctx.env.CACHE.get(positionKey);
  try {
    for (let page = 0; page < pages; page += 1) {
      const last = position === null ? null : primaryKeyShape.parse(JSON.parse(position));
      const isAfter = last ? sql`(${key}) > (${sql.join(last, sql`, `)})` : sql`true`;
      const pageEnd = returning(
        lastKeyRow,
        sql`SELECT json_array(${key}) AS last_key FROM ${name} WHERE ${isAfter}
          ORDER BY ${key} LIMIT 1 OFFSET ${limit - 1}`,
      );
      const done = await ctx.db.batch([
        pageEnd,
        sql`DELETE FROM ${name} WHERE (${key}) IN (SELECT ${key} FROM (
          SELECT ${key}, ${isExpired} AS is_expired FROM ${name} WHERE ${isAfter} ORDER BY ${key} LIMIT ${limit})
          WHERE is_expired)`,
      ]);
      position = done.of(pageEnd)[0]?.last_key ?? null;
      if (position === null) return;
    }
  } finally {
    // Written once per run, because KV accepts one write per second to the same key.
    await (position === null ? ctx.env.CACHE.delete(positionKey) : ctx.env.CACHE.put(positionKey, position));
  }
}
