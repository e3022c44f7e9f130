// Applies the missing migrations to the local database in one runtime. `wrangler d1 migrations apply --local` starts one for each, which
// takes most of a minute for a new database.
import { environmentOptions, openEnvironment } from "./backup/environment.ts";
import { applyMigrations } from "./backup/migrations.ts";

const { db, close } = await openEnvironment({ state: environmentOptions.state.default });
try {
  await applyMigrations(db);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await close();
}
