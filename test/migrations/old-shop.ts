// A shop that has existed since the first version.
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { z } from "zod";
import { rowsOf } from "../support/d1.ts";
import first from "./shop-0003.sql?raw";
import second from "./shop-0013.sql?raw";
import third from "./shop-0019.sql?raw";
import fourth from "./shop-0026.sql?raw";
import fifth from "./shop-0027.sql?raw";
import sixth from "./shop-0029.sql?raw";
import seventh from "./shop-0031.sql?raw";
import eighth from "./shop-0034.sql?raw";
import ninth from "./shop-0035.sql?raw";
import tenth from "./shop-0037.sql?raw";
import eleventh from "./shop-0038.sql?raw";
import twelfth from "./shop-0039.sql?raw";
import thirteenth from "./shop-0041.sql?raw";
import fourteenth from "./shop-0044.sql?raw";
import fifteenth from "./shop-0045.sql?raw";

export const TENANT = "01900000-0000-7000-8000-000000000001";

// The rows of a shop as the API of that version stored them.
const filledAfter: Record<string, string> = {
  "0003_shift_overlap.sql": first,
  "0013_lake_rules.sql": second,
  "0019_lake_days_again.sql": third,
  "0026_payment_refunds.sql": fourth,
  "0027_commerce.sql": fifth,
  "0029_imports.sql": sixth,
  "0031_mail.sql": seventh,
  "0034_watermark.sql": eighth,
  "0035_import_mappings.sql": ninth,
  "0037_customer_numbers.sql": tenth,
  "0038_figures.sql": eleventh,
  "0039_goals.sql": twelfth,
  "0041_customers.sql": thirteenth,
  "0044_worked_hours.sql": fourteenth,
  "0045_product_categories.sql": fifteenth,
};

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
    const rows = filledAfter[name];
    if (rows === undefined) continue;
    await env.DB.batch(statementsOf(rows).map((statement) => env.DB.prepare(statement)));
    await filled?.(name);
  }
}
