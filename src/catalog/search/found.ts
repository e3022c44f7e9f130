import { sql, type SQL } from "drizzle-orm";

// The weights of the index's columns: title, author, details, description, codes, stems, near, near_description, starts,
// marks.
const WEIGHTS = sql.raw("'bm25(10, 8, 4, 1, 10, 3, 2, 0.5, 0, 0)'");

/**
 * For a FROM: the `most` products `p` that match best by bm25, the least `distance` first. By FTS5's own `rank` the index
 * sorts them itself: an ORDER BY bm25(...) would hand every match to SQLite.
 */
export const foundBy = (match: string, most: number): SQL => sql`
  (SELECT rowid AS at, rank AS distance FROM product_search
    WHERE product_search MATCH ${match} AND rank MATCH ${WEIGHTS} ORDER BY rank LIMIT ${most}) found
  CROSS JOIN products p ON p.rowid = found.at`;
