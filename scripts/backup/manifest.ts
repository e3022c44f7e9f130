// A backup is a folder with one file per table, the objects that rows refer to, and manifest.json, which is written last: a
// folder without it is an unfinished backup.
import { readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const storedObject = z.object({ key: z.string(), bytes: z.number(), sha256: z.string() });

export type StoredObject = z.infer<typeof storedObject>;

const manifestShape = z.object({
  format: z.literal(1),
  /** "local", "staging" or "production". */
  of: z.string(),
  /** The time of the state that the backup contains. */
  at: z.string(),
  /** The last migration. */
  schema: z.string(),
  tables: z.array(
    z.object({ name: z.string(), columns: z.array(z.string()), rows: z.number(), sha256: z.string() }),
  ),
  objects: z.array(storedObject),
  /** Keys of objects that rows refer to and that are missing in the bucket. */
  missing: z.array(z.string()),
});

export type Manifest = z.infer<typeof manifestShape>;

export const MANIFEST = "manifest.json";

export const tableFile = (folder: string, table: string): string => join(folder, `${table}.ndjson.gz`);

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const path = join(folder, MANIFEST);
  await writeFile(`${path}.part`, `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(`${path}.part`, path);
}

export function readManifest(folder: string): Manifest {
  let text: string;
  try {
    text = readFileSync(join(folder, MANIFEST), "utf8");
  } catch (error) {
    throw new Error(`${folder} has no complete backup: ${MANIFEST} is missing.`, { cause: error });
  }
  const manifest = manifestShape.safeParse(JSON.parse(text));
  if (!manifest.success)
    throw new Error(`${join(folder, MANIFEST)} has a format that this version does not read.`);
  return manifest.data;
}
