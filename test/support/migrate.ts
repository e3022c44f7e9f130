// Gives every test file an empty database at the last migration. Files share a Worker, so the rows of the previous file are deleted.
import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
// Names the entry whose modules `prewarm` has transformed, so that the Worker gets all of them at once.
import "../../workers/index.ts";

const ATTEMPTS = 5;
const queries = env.TEST_MIGRATIONS.flatMap((migration) => migration.queries);

/** Empties the database and migrates it in one batch, which takes half the time of a batch for each migration. */
async function migrate(attempt = 1): Promise<void> {
  await reset();
  try {
    await env.DB.batch(queries.map((query) => env.DB.prepare(query)));
  } catch (error) {
    // A queue consumer that is still running can keep the old database open during the reset.
    if (attempt === ATTEMPTS) throw error;
    await migrate(attempt + 1);
  }
}

await migrate();
