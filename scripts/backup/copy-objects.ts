// Copies the objects that the rows of a backup name.
import { rm } from "node:fs/promises";
import { showProgress } from "../terminal.mjs";
import type { StoredObject } from "./manifest.ts";
import { copyObject, forEach, objectFile } from "./objects.ts";

/** Copies the objects that are not copied yet, and forgets what is named no more; answers the keys that the bucket lacks. */
export async function copyObjects(
  files: R2Bucket,
  folder: string,
  wanted: Set<string>,
  copied: Map<string, StoredObject>,
): Promise<string[]> {
  const show = showProgress();
  const missing: string[] = [];
  for (const key of copied.keys())
    if (!wanted.has(key)) {
      copied.delete(key);
      await rm(objectFile(folder, key));
    }
  let done = 0;
  await forEach([...wanted], async (key) => {
    const object = copied.get(key) ?? (await copyObject(files, folder, key));
    if (object) copied.set(key, object);
    else missing.push(key);
    done += 1;
    if (process.stdout.isTTY) show(done / wanted.size, `${done} of ${wanted.size} objects`);
  });
  if (wanted.size > 0) show(1, `${copied.size} of ${wanted.size} objects`, true);
  return missing.toSorted();
}
