// A database whose first batch tells whether what a request relies on still holds: its guard is the first statement, and aborts the
// batch where it does not. So a request needs no round trip for that alone, and one whose guard is violated has changed nothing.
import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import {
  type BatchResult,
  type Db,
  type Delegated,
  type Guard,
  type GuardState,
  render,
  returning,
  type Statement,
  undisclosed,
  violatesAny,
} from "./d1.ts";
import { Problem } from "./problem.ts";

/** Thrown by a guarded database, and by bindings that wait for it, when the guard is violated. */
export class GuardViolated extends Error {
  constructor() {
    super("what the request relies on has changed");
  }
}

export type GuardedDb = {
  db: Db;
  guard: Guard;
  /** Whether the guard holds. One round trip if no batch has told yet. @throws Problem unavailable */
  holds: () => Promise<boolean>;
  /** Whether a batch has told that the guard holds. */
  isConfirmed: () => boolean;
  /** The value of the guard. One round trip, or none after the first batch. @throws GuardViolated, Problem unavailable */
  value: () => Promise<number>;
  /** Whether a batch that carried the guard failed in such a manner that it may have been committed. */
  mayHaveCommitted: () => boolean;
  /** For the result of a call that was given the guard. */
  delegated: () => Delegated["guard"];
};

// SQLite repeats a path that is no path in its error, which is how a SELECT can raise.
const VIOLATED = "guard_violated";

const isViolated = (error: unknown): boolean => {
  // The database may be a guarded one itself.
  if (error instanceof GuardViolated) return true;
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause.message.includes(VIOLATED)) return true;
  return false;
};

const valueRow = z.object({ value: z.number() });

/** `scalar` is a query whose value is NULL where the guard is violated; `isUndisclosed` is that of its cost. */
export const newGuard = (scalar: SQL, isUndisclosed = false): Guard => ({
  statement: render(sql`SELECT coalesce((${scalar}), json_extract('{}', ${VIOLATED})) AS value`),
  isUndisclosed,
});

export function guardDb(db: Db, guard: Guard): GuardedDb {
  const raising = returning(valueRow, guard.statement);
  const guarding = guard.isUndisclosed ? undisclosed(raising) : raising;
  let state: GuardState = "pending";
  let value: number | null = null;
  let mayHaveCommitted = false;
  // Only one batch at a time carries the guard. If two did, one could commit and the other be aborted.
  let sent: Promise<unknown> | null = null;

  const send = async (statements: Statement[]): Promise<BatchResult> => {
    try {
      const done = await db.batch([guarding, ...statements]);
      value = done.of(guarding)[0]?.value ?? null;
      state = "holds";
      return done;
    } catch (error) {
      if (isViolated(error)) {
        state = "violated";
        throw new GuardViolated();
      }
      // Statements run in order, so the guard held where a later one violated a constraint.
      if (violatesAny(error)) state = "holds";
      if (error instanceof Problem && statements.length > 0) mayHaveCommitted = true;
      throw error;
    }
  };

  const batch = async (statements: Statement[]): Promise<BatchResult> => {
    if (state === "violated") throw new GuardViolated();
    // Without statements only the guard was to be sent, and another batch has carried it in the meantime.
    if (state === "holds") return statements.length === 0 ? { of: () => [] } : db.batch(statements);
    if (sent) {
      await sent.catch(() => null);
      return batch(statements);
    }
    const first = send(statements);
    sent = first;
    try {
      return await first;
    } finally {
      sent = null;
    }
  };

  const handOver = async <T extends Delegated>(call: (guard: Guard) => Promise<T>): Promise<T> => {
    try {
      const result = await call(guard);
      ({ state } = result.guard);
      mayHaveCommitted ||= result.guard.mayHaveCommitted;
      return result;
    } catch (error) {
      // Its result is lost, unless an outer guard is violated.
      if (!(error instanceof GuardViolated)) mayHaveCommitted = true;
      throw error;
    }
  };

  const delegate: Db["delegate"] = async (call) => {
    if (state === "violated") throw new GuardViolated();
    if (state === "holds") return db.delegate(call);
    if (sent) {
      await sent.catch(() => null);
      return delegate(call);
    }
    const first = handOver(call);
    sent = first;
    try {
      const result = await first;
      if (result.guard.state === "violated") throw new GuardViolated();
      return result;
    } finally {
      sent = null;
    }
  };

  const guarded: Db = {
    ...db,
    batch,
    delegate,
    all: async (shape, statement) => {
      if (state === "holds") return db.all(shape, statement);
      const handle = returning(shape, statement);
      return (await batch([handle])).of(handle);
    },
    run: async (statement) => {
      if (state === "holds") return db.run(statement);
      await batch([statement]);
    },
  };

  const readValue = async (): Promise<number> => {
    const done = await (state === "pending" ? batch([]) : db.batch([guarding]));
    value ??= done.of(guarding)[0]?.value ?? null;
    if (value === null) throw new GuardViolated();
    return value;
  };

  return {
    db: guarded,
    guard,
    value: async () => value ?? readValue(),
    holds: async () => {
      if (state === "pending")
        await batch([]).catch((error: unknown) => {
          if (!(error instanceof GuardViolated)) throw error;
        });
      return state === "holds";
    },
    isConfirmed: () => state === "holds",
    mayHaveCommitted: () => mayHaveCommitted,
    delegated: () => ({ state, mayHaveCommitted }),
  };
}
