// What a backup reads. On this machine it is the file of the database, in one read transaction: nobody waits for it, and npm run
// dev may write (two that write one file would fail). At Cloudflare there is no transaction over many answers: there it reads
// through the binding, and has what changes meanwhile written down (watch.ts).
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openPlace, type Where } from "./place.ts";
import { readerOf, type Read } from "./schema.ts";

/** `live` is the database where others write to it between two answers of `read`; else all are of the moment `at`. */
export type Source = {
  name: string;
  at: string;
  read: Read;
  files: R2Bucket;
  live: D1Database | null;
  close: () => Promise<void>;
};

/** Where the local runtime keeps the one database of ours. */
function localFile(state: string): string {
  const folder = join(state, "d1/miniflare-D1DatabaseObject");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const [name, ...others] = names.filter((each) => /^[0-9a-f]{64}\.sqlite$/.test(each));
  if (name === undefined || others.length > 0)
    throw new Error(`There is no database in ${state}: run npm run dev once.`);
  return join(folder, name);
}

/** Opens the local database as it is now, or the one of an environment at Cloudflare. */
export async function openSource(where: Where): Promise<Source> {
  if (where.env !== undefined) {
    const { db, ...place } = await openPlace(where);
    return { ...place, at: new Date().toISOString(), read: readerOf(db), live: db };
  }
  const file = new DatabaseSync(localFile(where.state), { readOnly: true });
  // The first read fixes the moment.
  file.exec("BEGIN; SELECT 1 FROM sqlite_master");
  const at = new Date().toISOString();
  const { name, files, close } = await openPlace(where);
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
