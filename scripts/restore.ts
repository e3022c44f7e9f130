// `npm run restore -- --from DIR`: puts a backup into an empty database, compares every row, and checks what must be so.
import { parseArgs } from "node:util";
import { failed } from "./backup/failed.ts";
import { readManifest } from "./backup/manifest.ts";
import { openPlace, placeOptions } from "./backup/place.ts";
import { putBack } from "./backup/put-back.ts";

const USAGE = `npm run restore -- --from DIR [--env staging|production]

The database must have no rows; run again, a restore that was cut off is begun anew. Without --env it is the database of
npm run dev, which must not run; --state names another local one.`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { ...placeOptions, from: { type: "string" } } });
  const { from: folder } = values;
  if (folder === undefined) throw new Error("Name the folder: --from DIR.");
  const manifest = readManifest(folder);
  const place = await openPlace(values);
  try {
    const wrong = await putBack(place, folder, manifest);
    if (wrong > 0) throw new Error(`${wrong} checks found something wrong: see above.`);
    console.log(`The ${place.name} database is the ${manifest.of} one of ${manifest.at}.`);
  } finally {
    await place.close();
  }
}

await main().catch(failed(USAGE));
