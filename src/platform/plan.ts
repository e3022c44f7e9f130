import type { BatchResult, Db, Returning } from "./d1.ts";

/** A read as the statements it needs and the function that reads their results, so that several reads share one batch. */
export type Plan<T> = { statements: Returning<unknown>[]; read: (done: BatchResult) => T };

const NOTHING: BatchResult = { of: () => [] };

/** The result of a plan. One round trip, or none without statements. */
export const runPlan = async <T>({ db }: { db: Db }, { statements, read }: Plan<T>): Promise<T> =>
  read(statements.length === 0 ? NOTHING : await db.batch(statements));

/** The plan of one statement. */
export const planOf = <R, T>(statement: Returning<R>, read: (rows: R[]) => T): Plan<T> => ({
  statements: [statement],
  read: (done) => read(done.of(statement)),
});
