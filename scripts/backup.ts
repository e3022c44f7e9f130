// Copies all shops of an environment, as of one moment, while they are in use.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copySource } from "./backup/copy-source.ts";
import { environmentOptions } from "./backup/environment.ts";
import { MANIFEST } from "./backup/manifest.ts";
import { openSource } from "./backup/source.ts";
import { runCommand, UsageError } from "./cli.mjs";

const usage = `npm run backup -- --to DIR [--env staging|production]

DIR must be new or empty. Without --env the database of npm run dev is copied, which may be running; --state names
another local one.`;

// Marks a folder that a backup has not finished, which the next backup may replace.
const UNFINISHED = "unfinished";

/** Creates an empty folder. @throws Error if it has other contents than an unfinished backup */
function prepare(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const found = readdirSync(folder);
  if (found.includes(MANIFEST) || (found.length > 0 && !found.includes(UNFINISHED)))
    throw new Error(`${folder} is not empty: name a new folder.`);
  for (const name of found) rmSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, UNFINISHED), "");
}

const options = { ...environmentOptions, to: { type: "string" } } as const;

await runCommand({ usage, options }, async ({ values: { env, state, to: folder } }) => {
  if (folder === undefined) throw new UsageError("Name the folder: --to DIR.");
  const source = await openSource({ env, state });
  try {
    prepare(folder);
    const { at, tables, objects, missing } = await copySource(source, folder);
    rmSync(join(folder, UNFINISHED));
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    console.log(
      `${folder} is the ${source.name} database at ${at}: ${rows.toLocaleString("en")} rows in ${tables.length} tables, ${objects.length} objects.`,
    );
    for (const key of missing) console.log(`missing in the bucket: ${key}`);
  } finally {
    await source.close();
  }
});
