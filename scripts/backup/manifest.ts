// What a backup is: a folder with a file for each table, the objects that rows name, and manifest.json, which is written last.
// Without it a folder is no backup, but what a killed one has left.
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
  /** The moment that it is of. */
  at: z.string(),
  /** The last migration. */
  schema: z.string(),
  tables: z.array(
    z.object({ name: z.string(), columns: z.array(z.string()), rows: z.number(), sha256: z.string() }),
  ),
  objects: z.array(storedObject),
  /** Objects that rows name and the bucket did not have. */
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
    throw new Error(`There is no whole backup in ${folder}: it has no ${MANIFEST}.`, { cause: error });
  }
  const manifest = manifestShape.safeParse(JSON.parse(text));
  if (!manifest.success)
    throw new Error(`${join(folder, MANIFEST)} is not of a form that this version knows.`);
  return manifest.data;
}
