// Queries of the tests' database, and hooks around a function's batches.
import { env } from "cloudflare:workers";
import type { Base } from "../../src/platform/context.ts";
import type { Db, Statement } from "../../src/platform/d1.ts";

/** The column `n` of the only row; -1 if it is NULL. */
export const count = async (query: string, ...values: unknown[]): Promise<number> =>
  (await env.DB.prepare(query)
    .bind(...values)
    .first<number>("n")) ?? -1;

/** The table to count in, without the events that the creation of test products adds. */
export const counted = (table: string): string =>
  table === "events" ? "(SELECT * FROM events WHERE type NOT LIKE 'product.%')" : table;

/** All rows. */
export const rowsOf = async (query: string, ...values: unknown[]): Promise<Record<string, unknown>[]> =>
  (
    await env.DB.prepare(query)
      .bind(...values)
      .all()
  ).results;

/** All rows of each of these queries, by its name, in one round trip. */
export async function rowsOfEach(
  queries: Record<string, { query: string; values: unknown[] }>,
): Promise<Map<string, Record<string, unknown>[]>> {
  const named = Object.entries(queries);
  const results = await env.DB.batch<Record<string, unknown>>(
    named.map(([, { query, values }]) => env.DB.prepare(query).bind(...values)),
  );
  return new Map(named.map(([name], nth) => [name, results[nth]?.results ?? []]));
}

export type Between = {
  /** Called before the n-th batch (from 1) is sent. */
  before?: (nth: number) => Promise<void> | void;
  /** Returns the statements to send instead. */
  change?: (nth: number, statements: Statement[]) => Statement[];
  /** Called after the n-th batch has committed, before its caller gets the results. */
  after?: (nth: number) => Promise<void> | void;
};

/** The same context with hooks around its batches, which go to the real database. */
export function between<C extends Base>(ctx: C, { before, change, after }: Between): C {
  let sent = 0;
  const batch: Db["batch"] = async (statements) => {
    sent += 1;
    const nth = sent;
    await before?.(nth);
    const results = await ctx.db.batch(change?.(nth, statements) ?? statements);
    await after?.(nth);
    return results;
  };
  return { ...ctx, db: { ...ctx.db, batch } };
}

/** The reason for which the promise was rejected. Throws if it was not. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("The promise was expected to be rejected.");
}
