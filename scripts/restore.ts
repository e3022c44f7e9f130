// Restores a backup into an empty database, compares every row, and checks the invariants.
import { openEnvironment, environmentOptions } from "./backup/environment.ts";
import { readManifest } from "./backup/manifest.ts";
import { restoreBackup } from "./backup/restore-backup.ts";
import { runCommand, UsageError } from "./cli.mjs";

const usage = `npm run restore -- --from DIR [--env staging|production]

The database must have no rows; after an interrupted restore, run it again to start over. Without --env it is the database
of npm run dev, which must not be running; --state names another local one.`;

const options = { ...environmentOptions, from: { type: "string" } } as const;

await runCommand({ usage, options }, async ({ values: { env, state, from: folder } }) => {
  if (folder === undefined) throw new UsageError("Name the folder: --from DIR.");
  const manifest = readManifest(folder);
  const environment = await openEnvironment({ env, state });
  try {
    const failed = await restoreBackup(environment, folder, manifest);
    if (failed > 0) throw new Error(`${failed} checks failed: see above.`);
    console.log(`The ${environment.name} database is the ${manifest.of} one of ${manifest.at}.`);
  } finally {
    await environment.close();
  }
});
