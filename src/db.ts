// The only file that touches env.DB. It opens the database, counts what each request costs there
// (round trips, rows read and written: what Cloudflare bills) and names the constraint that refused a write.
import { drizzle, type DrizzleD1Database } from "drizzle-orm/d1";
import type { SQL } from "drizzle-orm";
import { z } from "zod";

/** queries = round trips, read and written = rows, ms = time spent waiting for D1. */
export type Cost = { queries: number; read: number; written: number; ms: number };

type Orm = DrizzleD1Database<Record<string, never>>;
export type Statement = Parameters<Orm["batch"]>[0][number];

export type Db = {
  orm: Orm;
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

type Row = Record<string, unknown>;

/** Opens D1. `start` is a bookmark, "first-primary" for writers, or "first-unconstrained" for readers of any replica. */
export function openDb(env: Pick<Env, "DB">, start: string): Db {
  const cost: Cost = { queries: 0, read: 0, written: 0, ms: 0 };
  const session = env.DB.withSession(start);
  const orm = drizzle(metered(session, cost));
  return {
    orm,
    cost,
    all: async (shape, statement) => z.array(shape).parse(await orm.all(statement)),
    run: async (statement) => {
      await orm.run(statement);
    },
    batch: async (statements) => {
      const [first, ...rest] = statements.map((statement) => orm.run(statement));
      if (!first) return [];
      return (await orm.batch([first, ...rest])).map((result) => z.array(rowShape).parse(result.results));
    },
    bookmark: () => session.getBookmark(),
  };
}

const rowShape = z.record(z.string(), z.unknown());

/** SQLite has no booleans: 1 and 0. */
export const flag = z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1);

/** The rows of one statement of a batch, checked against `shape`. */
export const rows = <T>(shape: z.ZodType<T>, result: Row[] | undefined): T[] => z.array(shape).parse(result ?? []);

type Metered = { inner: D1PreparedStatement };

// Drizzle asks for arrays with raw(), which drops the meta that we count: all() carries it, and its columns keep
// their order. Two result columns of one name would collapse there: name the columns of a join apart.
function metered(session: D1DatabaseSession, cost: Cost): D1Database {
  const count = async <T extends D1Result | D1Result[]>(work: Promise<T>): Promise<T> => {
    const start = Date.now();
    cost.queries += 1;
    const result = await work;
    cost.ms += Date.now() - start;
    for (const { meta } of Array.isArray(result) ? result : [result]) {
      cost.read += meta.rows_read;
      cost.written += meta.rows_written;
    }
    return result;
  };
  const wrap = (inner: D1PreparedStatement) => ({
    inner,
    bind: (...values: unknown[]) => wrap(inner.bind(...values)),
    run: () => count(inner.run()),
    all: () => count(inner.all()),
    raw: async () => (await count(inner.all<Row>())).results.map((row) => Object.values(row)),
    first: async () => (await count(inner.all())).results[0] ?? null,
  });
  const client = {
    prepare: (query: string) => wrap(session.prepare(query)),
    batch: (statements: Metered[]) => count(session.batch(statements.map((statement) => statement.inner))),
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Drizzle calls only what `client` has: prepare and batch
  return client as unknown as D1Database;
}

/** Which rule of the schema refused a write. */
export type Constraint = { kind: "CHECK" | "UNIQUE" | "NOT NULL" | "FOREIGN KEY" | "RAISE"; name: string };

/**
 * The constraint behind a failed statement, or null where the error is another: the name of a CHECK, `table.column`
 * lists of UNIQUE and NOT NULL, the text of a trigger's RAISE, and "" for a foreign key, which SQLite does not name.
 */
export function constraintOf(error: unknown): Constraint | null {
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
