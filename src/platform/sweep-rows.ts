// Rows of all shops that have had their time. No index says which they are: it would cost each write a row, and a row that is
// soon forgotten is looked at a few times only. A night walks so many pages of the primary key, and the next goes on behind them.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "./context.ts";
import { rows } from "./d1.ts";

// Each page is a round trip and two statements: well below the thousand that an invocation may take.
const A_NIGHT = { pages: 100, rows: 10_000 };

const placeRow = z.object({ place: z.string() });
const placeShape = z.array(z.union([z.string(), z.number()]));

/**
 * Deletes the rows of a table that are old, walking it by its primary key. `isOld` may name the table's columns. One round trip a
 * page. A page that fails is the next night's first.
 */
export async function sweepRows(
  ctx: Base,
  table: string,
  primaryKey: readonly string[],
  isOld: SQL,
  { pages, rows: limit } = A_NIGHT,
): Promise<void> {
  const kept = `forgotten:${table}`;
  const name = sql.identifier(table);
  const key = sql.join(
    primaryKey.map((column) => sql.identifier(column)),
    sql`, `,
  );
  let place = await ctx.env.CACHE.get(kept);
  try {
    for (let page = 0; page < pages; page += 1) {
      const after = place === null ? null : placeShape.parse(JSON.parse(place));
      const behind = after ? sql`(${key}) > (${sql.join(after, sql`, `)})` : sql`true`;
      const [last] = await ctx.db.batch([
        sql`SELECT json_array(${key}) AS place FROM ${name} WHERE ${behind}
          ORDER BY ${key} LIMIT 1 OFFSET ${limit - 1}`,
        sql`DELETE FROM ${name} WHERE (${key}) IN (SELECT ${key} FROM (
          SELECT ${key}, ${isOld} AS is_old FROM ${name} WHERE ${behind} ORDER BY ${key} LIMIT ${limit}) WHERE is_old)`,
      ]);
      place = rows(placeRow, last)[0]?.place ?? null;
      if (place === null) return;
    }
  } finally {
    // Once a night, for KV takes a key once a second.
    await (place === null ? ctx.env.CACHE.delete(kept) : ctx.env.CACHE.put(kept, place));
  }
}
