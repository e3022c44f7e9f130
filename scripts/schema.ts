// npm run db:schema: writes the schema that all migrations make, and the hashes of new migrations, with which test/migrations
// compares them.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { readD1Migrations } from "@cloudflare/vitest-plugin";
import { z } from "zod";
import { runCommand } from "./cli.mjs";
import { migrationHash, SCHEMA_QUERY, schemaText } from "./schema/inventory.ts";

const usage = `npm run db:schema

Writes the schema after all migrations to test/migrations/schema.sql, and adds new migrations to test/migrations/landed.json.`;

const ROOT = join(import.meta.dirname, "..");
const SCHEMA = join(ROOT, "test/migrations/schema.sql");
const LANDED = join(ROOT, "test/migrations/landed.json");

await runCommand({ usage }, async () => {
  const migrations = await readD1Migrations(join(ROOT, "migrations"));
  const db = new DatabaseSync(":memory:");
  for (const { queries } of migrations) for (const query of queries) db.exec(query);
  const schema = schemaText(db.prepare(SCHEMA_QUERY).all());
  const landed = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(LANDED, "utf8")));
  // The hash of a landed migration stays, so that the test notices an edit.
  const hashes = migrations.map(({ name, queries }) => [name, landed[name] ?? migrationHash({ queries })]);
  writeFileSync(SCHEMA, schema);
  writeFileSync(LANDED, `${JSON.stringify(Object.fromEntries(hashes), null, 2)}\n`);
  console.log("test/migrations/schema.sql and landed.json are up to date.");
});
