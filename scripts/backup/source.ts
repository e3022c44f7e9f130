// The source of a backup. Locally it is the database file, read in one transaction while npm run dev may write. At Cloudflare no
// transaction spans several queries, so rows are read through the binding and concurrent changes are logged (change-log.ts).
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openEnvironment, type EnvironmentOptions, type Objects } from "./environment.ts";
import { readerOf, type Read } from "./schema.ts";

/** `live` is the database if it may change between two reads; otherwise all reads are of the state at `at`. */
export type Source = {
  name: string;
  at: string;
  read: Read;
  files: Objects;
  live: D1Database | null;
  close: () => Promise<void>;
};

/** The file in which the local runtime stores the database. */
function localFile(state: string): string {
  const folder = join(state, "d1/miniflare-D1DatabaseObject");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const [name, ...others] = names.filter((each) => /^[0-9a-f]{64}\.sqlite$/.test(each));
  if (name === undefined || others.length > 0)
    throw new Error(`${state} has no database: run npm run dev once.`);
  return join(folder, name);
}

/** Opens the local database, or that of an environment at Cloudflare. */
export async function openSource(options: EnvironmentOptions): Promise<Source> {
  if (options.env !== undefined) {
    const { db, ...environment } = await openEnvironment(options);
    return { ...environment, at: new Date().toISOString(), read: readerOf(db), live: db };
  }
  const file = new DatabaseSync(localFile(options.state), { readOnly: true });
  // The transaction's snapshot is that of its first read.
  file.exec("BEGIN; SELECT 1 FROM sqlite_master");
  const at = new Date().toISOString();
  const { name, files, close } = await openEnvironment(options);
  return {
    name,
    at,
    files,
    read: async (query, ...values) => file.prepare(query).all(...values),
    live: null,
    close: async () => {
      file.close();
      await close();
    },
  };
}
