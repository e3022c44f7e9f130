// A look into the database, and a way to come between a verb and its batch.
import { env } from "cloudflare:workers";
import type { Base } from "../../src/platform/context.ts";
import type { Db, Statement } from "../../src/platform/d1.ts";

/** The column `n` of the only row; -1 where it is NULL. */
export const count = async (query: string, ...values: unknown[]): Promise<number> =>
  (await env.DB.prepare(query)
    .bind(...values)
    .first<number>("n")) ?? -1;

/** What to count of a table: of the events, those of products stand apart, for a test's products make them. */
export const counted = (table: string): string =>
  table === "events" ? "(SELECT * FROM events WHERE type NOT LIKE 'product.%')" : table;

/** All rows. */
export const rowsOf = async (query: string, ...values: unknown[]): Promise<Record<string, unknown>[]> =>
  (
    await env.DB.prepare(query)
      .bind(...values)
      .all()
  ).results;

export type Between = {
  /** Done before the n-th batch (from 1) is sent. */
  before?: (nth: number) => Promise<void> | void;
  /** The statements that are sent in its place. */
  change?: (nth: number, statements: Statement[]) => Statement[];
  /** Done after the n-th batch was committed, before its caller hears of it. */
  after?: (nth: number) => Promise<void> | void;
};

/** The same context on the real database, with something done between a verb and its batches. */
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

/** What the promise was rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it was expected to fail");
}
