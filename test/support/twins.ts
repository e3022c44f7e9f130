// Twins of a shop: other shops whose rows have the same ids. A statement that names rows without their shop finds those of a twin too.
import { env } from "cloudflare:workers";
import { z } from "zod";
import type { Tenant } from "../../src/platform/context.ts";
import { change } from "./change.ts";
import { rowsOf } from "./d1.ts";

const named = z.object({ name: z.string(), sql: z.string().nullable() });

// One sorts before all ids of shops, the other after them.
const TWINS = ["00000000-0000-7000-8000-000000000001", "ffffffff-0000-7000-8000-000000000001"];

// What no shop owns, and what belongs to a run of a job over all shops.
const SHARED = ["clock_runs", "event_claims", "platform_lists"];

// A twin's values differ, so that a value that is read from it shows.
const PREFIXED = new Set(
  "title name first_name last_name description category author password_hash".split(" "),
);
const INCREMENTED = new Set(["price", "cost", "stock", "low_stock_threshold", "rate"]);
/** The columns that SQLite gives each row. */
export const SEQUENCES = new Set(["seq"]);

function valueOf(column: string): string {
  if (PREFIXED.has(column)) return `'twin ' || "${column}"`;
  return INCREMENTED.has(column) ? `"${column}" + 1` : `"${column}"`;
}

type Table = { name: string; columns: string[] };

/** The tables of what belongs to a shop, with their columns. */
export async function readTables(): Promise<Table[]> {
  const rows = z.array(z.object({ tbl: z.string(), col: z.string() })).parse(
    await rowsOf(`SELECT t.name tbl, c.name col FROM pragma_table_list t CROSS JOIN pragma_table_xinfo(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '_cf%' AND t.name NOT LIKE 'd1_%'
          AND t.name NOT LIKE 'product_search%' AND c.hidden = 0`),
  );
  return [...Map.groupBy(rows, ({ tbl }) => tbl)]
    .map(([name, columns]) => ({ name, columns: columns.map(({ col }) => col) }))
    .filter(({ name, columns }) => columns.includes("tenant_id") && !SHARED.includes(name));
}

/** Runs statements that copy rows: a trigger would add rows of its own to them. */
export async function withoutTriggers(statements: D1PreparedStatement[]): Promise<void> {
  const triggers = z
    .array(named)
    .parse(await rowsOf("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"));
  await env.DB.batch([
    env.DB.prepare("PRAGMA defer_foreign_keys = on"),
    ...triggers.map(({ name }) => env.DB.prepare(`DROP TRIGGER ${name}`)),
    ...statements,
    ...triggers.flatMap(({ sql }) => (sql === null ? [] : [env.DB.prepare(sql)])),
  ]);
}

/** Copies the rows of a shop, the shop itself among them, to each twin, whose earlier rows are deleted. */
export async function addTwins({ id }: Tenant): Promise<void> {
  const tables = await readTables();
  const [{ columns } = { columns: "" }] = z
    .array(z.object({ columns: z.string() }))
    .parse(
      await rowsOf(
        "SELECT group_concat(name) columns FROM pragma_table_xinfo('tenants') WHERE hidden = 0 AND name NOT IN ('id', 'slug')",
      ),
    );
  const statements = TWINS.flatMap((twin, index) => [
    ...tables.map(({ name }) => `DELETE FROM ${name} WHERE tenant_id = '${twin}'`),
    `DELETE FROM tenants WHERE id = '${twin}'`,
    `INSERT INTO tenants (id, slug, ${columns}) SELECT '${twin}', slug || '-${twin.slice(0, 1)}', ${columns} FROM tenants WHERE id = '${id}'`,
    ...tables.map(({ name, columns: all }) => {
      const others = all.filter((column) => column !== "tenant_id" && !SEQUENCES.has(column));
      return `INSERT INTO ${name} (tenant_id, ${others.map((column) => `"${column}"`).join(", ")})
        SELECT '${twin}', ${others.map(valueOf).join(", ")} FROM ${name} WHERE tenant_id = '${id}'`;
    }),
    // What the ETL has still to do, also where the shop's figures are built.
    `INSERT INTO dirty_days (tenant_id, day, needs_rebuild) SELECT DISTINCT tenant_id, day, ${index} FROM sales
      WHERE tenant_id = '${twin}' ON CONFLICT DO NOTHING`,
    `INSERT INTO late_sales (tenant_id, day, placed_at, sale_id) SELECT tenant_id, day, placed_at, id FROM sales
      WHERE tenant_id = '${twin}' ON CONFLICT DO NOTHING`,
    `INSERT INTO unbuilt_months (tenant_id, month) SELECT DISTINCT tenant_id, substr(day, 1, 8) || '01' FROM sales
      WHERE tenant_id = '${twin}' ON CONFLICT DO NOTHING`,
  ]);
  await withoutTriggers(statements.map((statement) => env.DB.prepare(statement)));
}

/** Changes the rows of a table of the twins; `assignments` may use `value` as ?1. */
export const changeTwins = (table: string, assignments: string, value: string | number = ""): Promise<void> =>
  change(
    `UPDATE ${table} SET ${assignments} WHERE ?1 = ?1 AND tenant_id IN (${TWINS.map((twin) => `'${twin}'`).join(", ")})`,
    value,
  );

/** Moves the rows of a shop behind those of its twins, in a table that SQLite reads in the order in which its rows were added. */
export const moveBehindTwins = (table: "customers" | "events" | "products", { id }: Tenant): Promise<void> =>
  withoutTriggers([
    env.DB.prepare(
      `UPDATE ${table} SET rowid = rowid + (SELECT max(rowid) FROM ${table}) WHERE tenant_id = ?`,
    ).bind(id),
  ]);

/** All rows of the twins, by table. */
export async function twinRows(): Promise<Record<string, unknown[]>> {
  const tables = await readTables();
  const twins = TWINS.map((twin) => `'${twin}'`).join(", ");
  const results = await env.DB.batch(
    tables.map(({ name, columns }) =>
      env.DB.prepare(
        `SELECT * FROM ${name} WHERE tenant_id IN (${twins}) ORDER BY ${columns.map((column) => `"${column}"`).join(", ")}`,
      ),
    ),
  );
  return Object.fromEntries(tables.map(({ name }, index) => [name, results[index]?.results ?? []]));
}

/** A response without what changes with time: when it was made, and how long the open shifts have lasted. */
export const withoutTime = (text: string): string =>
  text.replaceAll(
    /"(as_of|calculated_at|exported_at|request_id|instance|seconds|hours|sales_per_hour)":("[^"]*"|[\d.]+|null)/g,
    "",
  );
