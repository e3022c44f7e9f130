// Gives every test file an empty database at the last migration. Files share a Worker: the first one runs the migrations, and those that follow
// create the schema that they made, which takes a tenth of the time because no table is rebuilt on the way.
import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll } from "vitest";
import { z } from "zod";
import { reportProblems } from "./answered-problems.ts";
import { SCHEMA_QUERY } from "../../scripts/schema/inventory.ts";
// Names the entry whose modules `prewarm` has transformed, so that the Worker gets all of them at once.
import "../../workers/index.ts";

const ATTEMPTS = 5;
// The statistics of the query planner.
const STATISTICS = "sqlite_stat1";

type Statement = { query: string; values: unknown[] };

declare global {
  var __migrated: Statement[] | undefined;
}

const plain = (query: string): Statement => ({ query, values: [] });

/** The statements that make the database as it is now. */
async function readDatabase(): Promise<Statement[]> {
  const { results } = await env.DB.prepare(`${SCHEMA_QUERY} ORDER BY rowid`).all();
  const schema = z.array(z.object({ type: z.string(), name: z.string(), sql: z.string() })).parse(results);
  const tables = schema
    .filter(({ type, sql }) => type === "table" && !sql.startsWith("CREATE VIRTUAL"))
    .map(({ name }) => name);
  const read = [...tables, STATISTICS].map((name) => env.DB.prepare(`SELECT * FROM "${name}"`));
  const stored = await env.DB.batch<Record<string, unknown>>(read);
  const rows = [...tables, STATISTICS].flatMap((name, index): Statement[] =>
    (stored[index]?.results ?? []).map((row) => {
      const columns = Object.keys(row).map((column) => `"${column}"`);
      const query = `INSERT INTO "${name}" (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;
      return { query, values: Object.values(row) };
    }),
  );
  // ANALYZE creates the table of statistics, and loads what it contains.
  const analyze = plain("ANALYZE sqlite_schema");
  // A migration records that the jobs ran when it did: copied, that would be late once all files take ten minutes.
  const runs = plain("UPDATE clock_runs SET ended_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')");
  return [
    ...schema.map(({ sql }) => plain(sql)),
    analyze,
    plain(`DELETE FROM ${STATISTICS}`),
    ...rows,
    runs,
    analyze,
  ];
}

/** Empties the database and migrates it in one batch, which takes half the time of a batch for each migration. */
async function migrate(attempt = 1): Promise<void> {
  await reset();
  const migrations = env.TEST_MIGRATIONS.flatMap(({ queries }) => queries.map(plain));
  try {
    await env.DB.batch(
      (globalThis.__migrated ?? migrations).map(({ query, values }) => env.DB.prepare(query).bind(...values)),
    );
  } catch (error) {
    // A queue consumer that is still running can keep the old database open during the reset.
    if (attempt === ATTEMPTS) throw error;
    await migrate(attempt + 1);
  }
}

await migrate();
globalThis.__migrated ??= await readDatabase();

afterAll(reportProblems);
