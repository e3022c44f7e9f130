import type { BatchResult, Db, Returning } from "./d1.ts";

/** A read as the statements it needs and the function that reads their results, so that several reads share one batch. */
export type Plan<T> = { statements: Returning<unknown>[]; read: (done: BatchResult) => T };

/** The result of a plan. One round trip. */
export const runPlan = async <T>({ db }: { db: Db }, plan: Plan<T>): Promise<T> =>
  plan.read(await db.batch(plan.statements));

/** The plan of one statement. */
export const planOf = <R, T>(statement: Returning<R>, read: (rows: R[]) => T): Plan<T> => ({
  statements: [statement],
  read: (done) => read(done.of(statement)),
});
