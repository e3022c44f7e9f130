// Deletes expired rows of all shops by walking the primary key: an index on the expiry would cost every write another row.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "./context.ts";
import { returning } from "./d1.ts";

const ROWS_PER_PAGE = 10_000;

const lastKeyRow = z.object({ last_key: z.string() });
const primaryKeyShape = z.array(z.union([z.string(), z.number()]));

/**
 * A page of a sweep (see sweeps.ts) that deletes the rows of a table for which `isExpired`, a condition on its columns, holds. One
 * round trip.
 */
export async function sweepRows(
  ctx: Base,
  after: string,
  table: string,
  primaryKey: readonly string[],
  isExpired: SQL,
  limit = ROWS_PER_PAGE,
): Promise<string | null> {
  const name = sql.identifier(table);
  const key = sql.join(
    primaryKey.map((column) => sql.identifier(column)),
    sql`, `,
  );
  const last = after === "" ? null : primaryKeyShape.parse(JSON.parse(after));
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
  return done.of(pageEnd)[0]?.last_key ?? null;
}
