// Rankings are sorted by a total in descending order, then by a key, so that a cursor continues after both.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";

/** The total and the key of the last row of a page. */
export const rankKey = z.tuple([z.number(), z.string()]);

/** The condition that a row comes after this rank. */
export const afterRank = (rank: z.infer<typeof rankKey> | null, total: string, key: string): SQL => {
  if (!rank) return sql`true`;
  const [last, lastKey] = rank;
  const column = sql.raw(total);
  return sql`(${column} < ${last} OR ${column} = ${last} AND ${sql.raw(key)} > ${lastKey})`;
};
