import { sql, type SQL } from "drizzle-orm";

// The weights of the index's columns: title, author, details, description, codes, stems, near, near_description, starts,
// marks.
const WEIGHTS = sql.raw("'bm25(10, 8, 4, 1, 10, 3, 2, 0.5, 0, 0)'");

/**
 * A FROM clause with the `limit` products `p` that match best, the smallest `matched.distance` (bm25) first.
 * Ordering by FTS5's `rank` sorts inside the index, whereas ORDER BY bm25(...) would return every match to SQLite.
 */
export const bestMatches = (match: string | SQL, limit: number): SQL => sql`
  (SELECT rowid AS product_rowid, rank AS distance FROM product_search
    WHERE product_search MATCH ${match} AND rank MATCH ${WEIGHTS} ORDER BY rank LIMIT ${limit}) matched
  CROSS JOIN products p ON p.rowid = matched.product_rowid`;

/** A condition: the index has a product that matches. */
export const isMatched = (match: string): SQL =>
  sql`EXISTS (SELECT 1 FROM product_search WHERE product_search MATCH ${match})`;

/** The expression that matches nothing: an empty phrase. */
export const NOTHING = '""';
