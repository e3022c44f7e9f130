// The only file that touches env.DB. It opens the database, counts what each request costs there
// (round trips, rows read and written: what Cloudflare bills) and names the constraint that refused a write.
import type { SQL } from "drizzle-orm";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import { z } from "zod";
import { unavailable } from "./problem.ts";

/**
 * queries = round trips, statements = each one of a batch counted (D1 takes a thousand an invocation), read and written =
 * rows, ms = time spent waiting for D1.
 */
export type Cost = { queries: number; statements: number; read: number; written: number; ms: number };

type Row = Record<string, unknown>;

/** Each of them throws Problem unavailable where D1 fails, and the error itself where D1 refuses a statement. */
export type Db = {
  cost: Cost;
  /** One row set, checked against `shape`. One round trip. */
  all: <T>(shape: z.ZodType<T>, statement: SQL) => Promise<T[]>;
  /** One statement, its answer not wanted. One round trip. */
  run: (statement: SQL) => Promise<void>;
  /** One transaction: all statements or none. Answers the rows of each. One round trip. */
  batch: (statements: SQL[]) => Promise<Row[][]>;
  /** Where a replica must have got to, to see what this one wrote; null before the first query. */
  bookmark: () => string | null;
};

// Statements are Drizzle's `sql` templates, bound and executed here: its own D1 driver drops the meta that we count,
// and cannot batch a template with parameters.
const dialect = new SQLiteAsyncDialect();

/** Opens D1. `start` is a bookmark, "first-primary" for writers, or "first-unconstrained" for readers of any replica. */
export function openDb(env: Pick<Env, "DB">, start: string): Db {
  const cost: Cost = { queries: 0, statements: 0, read: 0, written: 0, ms: 0 };
  // Opened by the first statement, so that a database that cannot be opened fails where it is used.
  let opened: D1DatabaseSession | undefined;
  const session = (): D1DatabaseSession => (opened ??= env.DB.withSession(start));
  const prepare = (statement: SQL): D1PreparedStatement => {
    const { sql, params } = dialect.sqlToQuery(statement);
    return session()
      .prepare(sql)
      .bind(...params);
  };
  const measured = async (
    statements: number,
    work: () => Promise<D1Result<Row>[]>,
  ): Promise<D1Result<Row>[]> => {
    const begin = Date.now();
    cost.queries += 1;
    cost.statements += statements;
    const results = await work().catch((error: unknown) => {
      throw isOurs(error) ? error : unavailable(error);
    });
    cost.ms += Date.now() - begin;
    for (const { meta } of results) {
      cost.read += meta.rows_read;
      cost.written += meta.rows_written;
    }
    return results;
  };
  return {
    cost,
    all: async (shape, statement) => {
      const [result] = await measured(1, async () => [await prepare(statement).all<Row>()]);
      return rows(shape, result?.results);
    },
    run: async (statement) => {
      await measured(1, async () => [await prepare(statement).run<Row>()]);
    },
    batch: async (statements) => {
      const results = await measured(statements.length, async () =>
        session().batch<Row>(statements.map(prepare)),
      );
      return results.map((result) => result.results);
    },
    bookmark: () => opened?.getBookmark() ?? null,
  };
}

/** SQLite has no booleans: 1 and 0. */
export const flag = z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1);

/** The rows of one statement of a batch, checked against `shape`. */
export const rows = <T>(shape: z.ZodType<T>, result: Row[] | undefined): T[] =>
  (result ?? []).map((row) => shape.parse(row));

// How D1 says that it has understood a statement and will not run it. What SQLite says of a database that is busy, full or
// broken is none of these, nor is anything about the way there.
const REFUSED =
  /SQLITE_(ERROR|CONSTRAINT|MISMATCH|RANGE|TOOBIG|AUTH|MISUSE)|D1_TYPE_ERROR|D1_COLUMN_NOTFOUND/;

/** Whether a failed statement is our doing, by a bug or against a rule of the schema, and not a failure of D1. */
function isOurs(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof TypeError || cause instanceof RangeError || REFUSED.test(cause.message)) return true;
  return constraintOf(error) !== null;
}

/** Which rule of the schema refused a write. */
type Constraint = { kind: "CHECK" | "UNIQUE" | "NOT NULL" | "FOREIGN KEY" | "RAISE"; name: string };

/**
 * The constraint behind a failed statement, or null where the error is another: the name of a CHECK, `table.column`
 * lists of UNIQUE and NOT NULL, the text of a trigger's RAISE, and "" for a foreign key, which SQLite does not name.
 */
function constraintOf(error: unknown): Constraint | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const failed = /(CHECK|UNIQUE|NOT NULL|FOREIGN KEY) constraint failed(?:: ([^:]*))?/.exec(cause.message);
    const kind = failed?.[1];
    if (kind === "CHECK" || kind === "UNIQUE" || kind === "NOT NULL" || kind === "FOREIGN KEY")
      return { kind, name: (failed?.[2] ?? "").trim() };
    const raised = /rule: ([a-z_]+)/.exec(cause.message)?.[1];
    if (raised) return { kind: "RAISE", name: raised };
  }
  return null;
}

/** Whether a write was refused by this rule: a CHECK's name, a trigger's rule, or the first `table.column` of a key. */
export const refusedBy = (error: unknown, name: string): boolean => {
  const constraint = constraintOf(error);
  return constraint !== null && (constraint.name === name || constraint.name.startsWith(`${name},`));
};
