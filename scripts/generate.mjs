// Generates a migration. drizzle-kit cannot write STRICT and WITHOUT ROWID, so both are added to its output. Without a rowid, a row with
// a composite key costs one write instead of two; products and customers need their rowid for full-text search, and the payload of an event would
// take pages of its own.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { runCommand } from "./cli.mjs";
import { ensureInstalled } from "./install.mjs";
import { runTool } from "./tools.mjs";

const usage = `npm run db:generate -- --name what_it_does [--custom]

Compares the tables in src with the last migration and writes the next one to migrations/.
--custom   writes an empty migration, to be filled in by hand`;

const ROWID_TABLES = ["products", "events", "customers"];

const options = { name: { type: "string" }, custom: { type: "boolean", default: false } };

function addTableOptions() {
  for (const name of readdirSync("migrations").filter((file) => file.endsWith(".sql"))) {
    const path = `migrations/${name}`;
    const text = readFileSync(path, "utf8");
    const strict = text.replace(
      /CREATE TABLE `(\w+)` \(([\s\S]*?)\n\);/g,
      (_, table, body) =>
        `CREATE TABLE \`${table}\` (${body}\n) STRICT${ROWID_TABLES.includes(table.replace("__new_", "")) ? "" : ", WITHOUT ROWID"};`,
    );
    if (strict !== text) writeFileSync(path, strict);
  }
}

await runCommand({ usage, options }, async ({ values: { name, custom } }) => {
  await ensureInstalled();
  const args = [...(name === undefined ? [] : ["--name", name]), ...(custom ? ["--custom"] : [])];
  const code = await runTool("drizzle-kit", ["generate", ...args]);
  if (code === 0) addTableOptions();
  return code;
});
