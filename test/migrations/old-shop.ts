// A shop that has existed since the first version.
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { z } from "zod";
import { rowsOf } from "../support/d1.ts";

export const TENANT = "01900000-0000-7000-8000-000000000001";

// The rows of a shop as the API of a version stored them, named after the last migration of that version.
const files = import.meta.glob<string>(["./shop-*.sql"], { query: "?raw", import: "default", eager: true });

const rowsAfter = (migration: string): string | undefined => files[`./shop-${migration.slice(0, 4)}.sql`];

const tableRow = z.object({ name: z.string(), type: z.string() });

/** The tables of the schema, either the virtual or the other ones. */
export async function tables(isVirtual: boolean): Promise<string[]> {
  const all = z.array(tableRow).parse(await rowsOf("PRAGMA table_list"));
  return all
    .filter(({ name, type }) => !/^(sqlite|_cf|d1)_/.test(name) && type === (isVirtual ? "virtual" : "table"))
    .map(({ name }) => name);
}

const statementsOf = (text: string): string[] =>
  text
    .replace(/^--.*$/gm, "")
    .split(/;$/m)
    .filter((statement) => statement.trim() !== "");

type Hooks = Partial<Record<"before" | "after" | "filled", (migration: string) => Promise<void>>>;

/** Empties the database and applies the migrations to it one after another; hooks run around each, and after rows were added. */
export async function migrateOldShop({ before, after, filled }: Hooks = {}): Promise<void> {
  const names = [...(await tables(true)), ...(await tables(false))];
  // A queue consumer of an earlier test file may have stored rows.
  const drops = ["PRAGMA defer_foreign_keys = on", ...names.map((name) => `DROP TABLE "${name}"`)];
  await env.DB.batch(drops.map((drop) => env.DB.prepare(drop)));
  for (const [index, { name }] of env.TEST_MIGRATIONS.entries()) {
    await before?.(name);
    await applyD1Migrations(env.DB, env.TEST_MIGRATIONS.slice(0, index + 1));
    await after?.(name);
    const rows = rowsAfter(name);
    if (rows === undefined) continue;
    await env.DB.batch(statementsOf(rows).map((statement) => env.DB.prepare(statement)));
    await filled?.(name);
  }
}
