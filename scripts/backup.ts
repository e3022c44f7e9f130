// `npm run backup -- --to DIR`: a copy of all shops of an environment, of one moment, while they are in use.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { copySource } from "./backup/copy.ts";
import { placeOptions } from "./backup/place.ts";
import { openSource } from "./backup/source.ts";
import { failed } from "./backup/failed.ts";
import { MANIFEST } from "./backup/manifest.ts";

const USAGE = `npm run backup -- --to DIR [--env staging|production]

DIR must be new or empty. Without --env it is the database of npm run dev, which may run; --state names another local one.`;

// Says that what is in a folder was begun by us: an unfinished backup may be begun anew in its place.
const UNFINISHED = "unfinished";

/** Makes an empty folder of it, or refuses. */
function prepare(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const found = readdirSync(folder);
  if (found.includes(MANIFEST) || (found.length > 0 && !found.includes(UNFINISHED)))
    throw new Error(`${folder} is not empty: name a new folder.`);
  for (const name of found) rmSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, UNFINISHED), "");
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { ...placeOptions, to: { type: "string" } } });
  const { to: folder } = values;
  if (folder === undefined) throw new Error("Name the folder: --to DIR.");
  const source = await openSource(values);
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
}

await main().catch(failed(USAGE));
