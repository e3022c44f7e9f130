// The objects that rows refer to: covers, the files of unfinished imports, and the sealed days of events in the lake, which cannot be built
// again. Other objects are orphans or are rebuilt.
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { coverKey } from "../../src/catalog/covers/covers.ts";
import { fileKey } from "../../src/imports/jobs.ts";
import type { Objects } from "./environment.ts";
import { readRowFile } from "./row-file.ts";
import { tableFile, type StoredObject } from "./manifest.ts";

const CONCURRENCY = 4;
// R2 requires parts of at least 5 MiB, all of one size but the last.
const PART_BYTES = 5 * 1024 * 1024;

const productRow = z.object({ tenant_id: z.string(), cover_image_url: z.string().nullable() });
const importRow = z.object({ tenant_id: z.string(), id: z.string(), finished_at: z.string().nullable() });

const shopRow = z.object({ tenant_id: z.string(), sealed_day: z.string() });
const lakeRow = z.object({
  tenant_id: z.string(),
  key: z.string(),
  dataset: z.string(),
  day: z.string(),
  added: z.number().nullable(),
  dropped: z.number().nullable(),
});

/** The path of an object in a backup's folder. */
export const objectFile = (folder: string, key: string): string => join(folder, "files", ...key.split("/"));

/** The keys of the objects that the rows of these tables refer to. */
export async function referencedObjects(folder: string, tables: Map<string, unknown>): Promise<Set<string>> {
  const keys = new Set<string>();
  const each = async (table: string, keyOf: (row: unknown) => string | null) => {
    if (!tables.has(table)) return;
    for await (const lines of readRowFile(tableFile(folder, table)))
      for (const line of lines) {
        const key = keyOf(JSON.parse(line));
        if (key !== null) keys.add(key);
      }
  };
  await each("products", (row) => {
    const { tenant_id, cover_image_url } = productRow.parse(row);
    return coverKey(tenant_id, cover_image_url);
  });
  await each("imports", (row) => {
    const { tenant_id, id, finished_at } = importRow.parse(row);
    return finished_at === null ? fileKey(tenant_id, id) : null;
  });
  const sealedDays = new Map<string, string>();
  await each("lake_shops", (row) => {
    const { tenant_id, sealed_day } = shopRow.parse(row);
    sealedDays.set(tenant_id, sealed_day);
    return null;
  });
  await each("lake_files", (row) => {
    const { tenant_id, key, dataset, day, added, dropped } = lakeRow.parse(row);
    const isCounted = dataset === "events" && added !== null && dropped === null;
    return isCounted && day <= (sealedDays.get(tenant_id) ?? "") ? key : null;
  });
  return keys;
}

/** Processes all items, four at a time. */
export async function forEachConcurrently<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

/** Copies an object into the folder; null if the bucket lacks it. */
export async function copyObject(bucket: Objects, folder: string, key: string): Promise<StoredObject | null> {
  const object = await bucket.get(key);
  if (!object) return null;
  const path = objectFile(folder, key);
  await mkdir(dirname(path), { recursive: true });
  const hash = createHash("sha256");
  let bytes = 0;
  async function* counted(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  await pipeline(Readable.from(counted(object.body)), createWriteStream(`${path}.part`));
  await rename(`${path}.part`, path);
  return { key, bytes, sha256: hash.digest("hex") };
}

/** Size and checksum of an object's file; null if there is none. */
async function checksumOfObject(folder: string, key: string): Promise<StoredObject | null> {
  const path = objectFile(folder, key);
  const found = await stat(path).catch(() => null);
  if (!found) return null;
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return { key, bytes: found.size, sha256: hash.digest("hex") };
}

/** Checks the files of objects. @throws Error naming the first that is absent or has other contents */
export async function requireSameObjects(folder: string, objects: StoredObject[]): Promise<void> {
  for (const object of objects) {
    const found = await checksumOfObject(folder, object.key);
    if (found?.sha256 !== object.sha256)
      throw new Error(`The object ${object.key} differs from the manifest.`);
  }
}

/** Uploads an object. Holds at most one part of it in memory. */
export async function putObject(
  bucket: Objects,
  folder: string,
  { key, bytes }: StoredObject,
): Promise<void> {
  const path = objectFile(folder, key);
  if (bytes <= PART_BYTES) {
    await bucket.put(key, await readFile(path));
    return;
  }
  const upload = await bucket.createMultipartUpload(key);
  const parts: R2UploadedPart[] = [];
  for await (const part of createReadStream(path, { highWaterMark: PART_BYTES }))
    parts.push(await upload.uploadPart(parts.length + 1, part));
  await upload.complete(parts);
}
