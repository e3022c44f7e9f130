// The only file that touches env.DB. It counts what each request costs there (round trips, rows read and written: what
// Cloudflare bills) and identifies the constraint that rejected a write.
import { type SQL, sql } from "drizzle-orm";
import { CasingCache } from "drizzle-orm/casing";
import { z } from "zod";
import { unavailable } from "./problem.ts";

/**
 * The cost of a request at D1: `queries` are round trips, `statements` counts each statement of a batch (D1 accepts a
 * thousand per invocation), `read` and `written` are rows, `ms` is the time spent waiting.
 */
export type Cost = { queries: number; statements: number; read: number; written: number; ms: number };

type Row = Record<string, unknown>;

/** A statement as data, which can be passed to a Durable Object. */
export type Rendered = { readonly text: string; readonly params: readonly unknown[] };

/** A statement of a batch whose rows are read back by this handle. */
export type Returning<T> = {
  readonly statement: SQL | Rendered;
  readonly shape: z.ZodType<T>;
  /** Whether its rows are left out of what the client is told about the cost, because their number answers a question. */
  readonly isUndisclosed?: boolean;
  /** Called with its rows once its batch is committed. */
  readonly learn?: (rows: Row[]) => void;
};

/** Makes a handle for the rows of `statement`, each validated against `shape` when read. */
export const returning = <T>(shape: z.ZodType<T>, statement: SQL | Rendered): Returning<T> => ({
  statement,
  shape,
});

/** A statement whose rows, read and written, are left out of what the client is told about the cost. */
export function undisclosed(statement: SQL): Returning<unknown>;
export function undisclosed<T>(statement: Returning<T>): Returning<T>;
export function undisclosed(statement: SQL | Returning<unknown>): Returning<unknown> {
  const handle = "statement" in statement ? statement : returning(z.unknown(), statement);
  return { ...handle, isUndisclosed: true };
}

export type Statement = SQL | Returning<unknown>;

/** The rows of a committed batch, by the handle of the statement that returned them. */
export type BatchResult = { of: <T>(handle: Returning<T>) => T[] };

/** All methods throw Problem unavailable when D1 fails, and D1's own error when it rejects a statement. */
export type Db = {
  cost: Cost;
  /** The part of the rows of `cost` that clients are not told about. */
  undisclosed: Pick<Cost, "read" | "written">;
  /** Runs one query and validates its rows against `shape`. One round trip. */
  all: <T>(shape: z.ZodType<T>, statement: SQL | Rendered) => Promise<T[]>;
  /** Runs one statement and discards its rows. One round trip. */
  run: (statement: SQL) => Promise<void>;
  /** Runs all statements in one transaction, or none. One round trip. */
  batch: (statements: Statement[]) => Promise<BatchResult>;
  /** The D1 bookmark that lets a later reader see this session's writes, or null before the first query. */
  bookmark: () => string | null;
  /** From now on statements go to the database of this shop; null is that which all shops share. */
  enterShop: (tenantId: string | null) => void;
  /**
   * Runs `call`, which uses another database session, that of a Durable Object. If this database has a guard that no batch has confirmed,
   * `call` is given it and has it in the first batch of that session. @throws GuardViolated, and what `call` throws
   */
  delegate: <T extends Delegated>(call: (guard: Guard | null) => Promise<T>) => Promise<T>;
};

/** The guard of a database, which a Durable Object can be given: the statement that raises where it is violated. */
export type Guard = { readonly statement: Rendered; readonly isUndisclosed: boolean };

/** What has become of a guard: `pending` if no batch has confirmed it. */
export type GuardState = "pending" | "holds" | "violated";

/** The result of a call that was given a guard, and whether a batch that carried the guard may have been committed though it failed. */
export type Delegated = { guard: { state: GuardState; mayHaveCommitted: boolean } };

// Drizzle renders and binds the `sql` templates; they run here because its D1 driver drops the row counts and cannot batch
// templates with parameters. Its SQLite dialect would do the same as this, but brings along all that builds queries.
const dialect = {
  casing: new CasingCache(),
  escapeName: (name: string) => `"${name.replaceAll('"', '""')}"`,
  escapeParam: () => "?",
  escapeString: (text: string) => `'${text.replaceAll("'", "''")}'`,
};

export function render(statement: SQL): Rendered {
  const { sql, params } = statement.toQuery(dialect);
  return { text: sql, params };
}

/**
 * The database that has the rows of a shop; for null, that which all shops share. At present it is the same one for all. Where shops get
 * databases of their own, a batch must also confirm here that the shop has not moved.
 */
const databaseOf = ({ DB }: Pick<Env, "DB">, _tenantId: string | null): D1Database => DB;

/** Opens the database of a shop. `start` is a bookmark, "first-primary" for writers, or "first-unconstrained" to read from any replica. */
export const openDb = (env: Pick<Env, "DB">, tenantId: string, start: string): Db =>
  open(env, tenantId, start);

/**
 * Opens the shared database of all shops: for cron triggers and messages that concern several, and for requests, which enter their shop
 * once a token or a slug has named it. `start` is that of `openDb`.
 */
export const openSharedDb = (env: Pick<Env, "DB">, start: string): Db => open(env, null, start);

function open(env: Pick<Env, "DB">, tenantId: string | null, start: string): Db {
  const cost: Cost = { queries: 0, statements: 0, read: 0, written: 0, ms: 0 };
  const hidden = { read: 0, written: 0 };
  let shop = tenantId;
  // Opened by the first statement, so that a failure surfaces where the database is used.
  const sessions = new Map<D1Database, D1DatabaseSession>();
  const session = (): D1DatabaseSession => {
    const database = databaseOf(env, shop);
    const opened = sessions.get(database) ?? database.withSession(start);
    sessions.set(database, opened);
    return opened;
  };
  const prepare = (statement: SQL | Rendered): D1PreparedStatement => {
    const { text, params } = "text" in statement ? statement : render(statement);
    return session()
      .prepare(text)
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
      throw isRejection(error) ? error : unavailable(error);
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
    undisclosed: hidden,
    all: async (shape, statement) => {
      const [result] = await measured(1, async () => [await prepare(statement).all<Row>()]);
      return rows(shape, result?.results);
    },
    run: async (statement) => {
      await measured(1, async () => [await prepare(statement).run<Row>()]);
    },
    batch: async (statements) => {
      const results = await measured(statements.length, async () =>
        session().batch<Row>(statements.map((each) => prepare("statement" in each ? each.statement : each))),
      );
      for (const [index, each] of statements.entries()) {
        if (!("statement" in each)) continue;
        each.learn?.(results[index]?.results ?? []);
        if (!each.isUndisclosed) continue;
        hidden.read += results[index]?.meta.rows_read ?? 0;
        hidden.written += results[index]?.meta.rows_written ?? 0;
      }
      return {
        of: (handle) => {
          const result = results[statements.indexOf(handle)];
          if (!result) throw new Error("the statement is not part of this batch");
          return rows(handle.shape, result.results);
        },
      };
    },
    bookmark: () => sessions.get(databaseOf(env, shop))?.getBookmark() ?? null,
    enterShop: (id) => {
      shop = id;
    },
    delegate: async (call) => call(null),
  };
}

/** A boolean column: SQLite stores 1 and 0. */
export const sqlBoolean = z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1);

/** Validates rows against `shape`. */
const rows = <T>(shape: z.ZodType<T>, result: Row[] | undefined): T[] =>
  (result ?? []).map((row) => shape.parse(row));

// How D1 reports that it rejected a statement, as opposed to a busy, full or unreachable database.
const REJECTED =
  /SQLITE_(ERROR|CONSTRAINT|MISMATCH|RANGE|TOOBIG|AUTH|MISUSE)|D1_TYPE_ERROR|D1_COLUMN_NOTFOUND/;

/** Whether D1 rejected the statement (a bug or a violated constraint), as opposed to failing itself. */
function isRejection(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof TypeError || cause instanceof RangeError || REJECTED.test(cause.message))
      return true;
  return constraintOf(error) !== null;
}

/** The constraint that rejected a write. */
type Constraint = { kind: "CHECK" | "UNIQUE" | "NOT NULL" | "FOREIGN KEY" | "RAISE"; name: string };

/**
 * The constraint behind a failed statement, or null for any other error. `name` is the name of a CHECK, the `table.column`
 * list of a UNIQUE or NOT NULL, the rule that a trigger or `requireThat` raised, or "" for a foreign key, which SQLite does not name.
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

/** Whether a write violated this constraint: the name of a CHECK, a trigger's rule, or the first `table.column` of a key. */
export const violates = (error: unknown, name: string): boolean => {
  const constraint = constraintOf(error);
  return constraint !== null && (constraint.name === name || constraint.name.startsWith(`${name},`));
};

/** The statement that aborts its batch with this rule (`violates`) unless the condition holds. */
export const requireThat = (rule: string, condition: SQL): SQL =>
  // SQLite repeats a path that is no path in its error, which is how a SELECT can raise.
  sql`SELECT iif(${condition}, 1, json_extract('{}', ${`rule: ${rule}`}))`;

/** Whether a write violated a constraint of any kind. */
export const violatesAny = (error: unknown): boolean => constraintOf(error) !== null;

/** Whether a write violated a foreign key, whose name SQLite does not report. */
export const violatesForeignKey = (error: unknown): boolean => constraintOf(error)?.kind === "FOREIGN KEY";
