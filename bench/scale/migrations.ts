// node bench/scale/migrations.ts STATE FIRST: how long each statement of the migrations from FIRST on takes over the shops that the scale
// benchmark has left in STATE. Their rows are copied into a database of the migrations before, with the columns that it has.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { runCommand, UsageError } from "../../scripts/cli.mjs";
import { ROOT } from "../runtime.ts";
import { databaseFile } from "./generate.ts";

const usage = "node bench/scale/migrations.ts STATE FIRST   for example /tmp/shops 41";
// Cloudflare ends a query after thirty seconds.
const LIMIT_MS = 30_000;
const SHOWN_MS = 100;

const statementsOf = (file: string): string[] =>
  readFileSync(join(ROOT, "migrations", file), "utf8")
    .split("--> statement-breakpoint")
    .filter((statement) => statement.trim() !== "");

const names = (db: DatabaseSync, query: string, ...values: string[]): string[] =>
  db
    .prepare(query)
    .all(...values)
    .map(({ name }) => String(name));

const columnsOf = (db: DatabaseSync, schema: string, table: string): string[] =>
  names(db, "SELECT name FROM pragma_table_xinfo(?, ?) WHERE hidden = 0", table, schema);

/** Copies the rows of each table that both databases have. */
function copyRows(db: DatabaseSync): void {
  const tables = names(
    db,
    `SELECT m.name FROM main.sqlite_master m JOIN source.sqlite_master s ON s.name = m.name AND s.type = 'table'
      WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%' AND m.name NOT LIKE 'product_search%' AND m.name NOT LIKE 'sqlite%'`,
  );
  const created = db
    .prepare(
      "SELECT type, name, sql FROM main.sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL",
    )
    .all();
  db.exec("BEGIN");
  for (const { type, name } of created) db.exec(`DROP ${String(type)} "${String(name)}"`);
  for (const table of tables) {
    const known = new Set(columnsOf(db, "source", table));
    const columns = columnsOf(db, "main", table)
      .filter((column) => known.has(column))
      .join(", ");
    db.exec(`INSERT OR IGNORE INTO main.${table} (${columns}) SELECT ${columns} FROM source.${table}`);
  }
  for (const { sql } of created) db.exec(String(sql));
  db.exec("COMMIT");
}

function measure(state: string, first: number): void {
  const folder = mkdtempSync(join(tmpdir(), "mostrador-migrations-"));
  try {
    const db = new DatabaseSync(join(folder, "db.sqlite"), { enableForeignKeyConstraints: false });
    db.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -500000");
    const files = readdirSync(join(ROOT, "migrations")).filter((file) => file.endsWith(".sql"));
    const isMeasured = (file: string): boolean => Number(file.slice(0, 4)) >= first;
    for (const file of files.filter((each) => !isMeasured(each)))
      for (const statement of statementsOf(file)) db.exec(statement);
    db.prepare("ATTACH ? AS source").run(databaseFile(state));
    copyRows(db);
    db.exec("DETACH source");
    const counts = ["sales", "sale_lines"].map(
      (table) => `${String(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"])} ${table}`,
    );
    console.log(
      `${counts.join(", ")}\n\n| migration | statements | all, s | slowest, s | |\n|${" --- |".repeat(5)}`,
    );
    for (const file of files.filter(isMeasured)) {
      const times = statementsOf(file).map((statement) => {
        const begin = performance.now();
        db.exec(statement);
        return { ms: performance.now() - begin, statement };
      });
      const all = times.reduce((sum, { ms }) => sum + ms, 0);
      const slowest = times.reduce((worst, each) => (each.ms > worst.ms ? each : worst));
      const text =
        slowest.ms < SHOWN_MS
          ? ""
          : slowest.statement.replace(/--.*/g, "").replace(/\s+/g, " ").trim().slice(0, 90);
      const seconds = [all, slowest.ms].map((ms) => (ms / 1000).toFixed(2)).join(" | ");
      console.log(
        `| ${file.slice(0, -4)} | ${times.length} | ${seconds} | ${slowest.ms > LIMIT_MS ? "OVER: " : ""}${text} |`,
      );
    }
    db.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await runCommand(
  { usage, options: {}, positionals: ["state", "first"] },
  ({ positionals: [state, first] }) => {
    if (state === undefined || first === undefined || !/^\d+$/.test(first))
      throw new UsageError("Name the folder and the number of the first migration.");
    measure(state, Number(first));
  },
);
