// Objects of the lake are immutable: an existing key always keeps its content.
import type { StoredObject } from "../../platform/object-writer.ts";

export const PARQUET = { httpMetadata: { contentType: "application/vnd.apache.parquet" } };

/** Stores an object unless its key exists, and returns what is then stored under the key. */
export async function putIfAbsent(bucket: R2Bucket, key: string, bytes: Uint8Array): Promise<StoredObject> {
  const created = await bucket.put(key, bytes, { ...PARQUET, onlyIf: { etagDoesNotMatch: "*" } });
  const object = created ?? (await bucket.head(key));
  if (!object) throw new Error(`the object ${key} was deleted while it was written`);
  return { bytes: object.size, etag: object.httpEtag };
}
