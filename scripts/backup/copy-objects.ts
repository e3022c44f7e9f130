// Copies the objects that the rows of a backup refer to.
import { rm } from "node:fs/promises";
import { showProgress } from "../terminal.mjs";
import type { Objects } from "./environment.ts";
import type { StoredObject } from "./manifest.ts";
import { copyObject, forEachConcurrently, objectFile } from "./objects.ts";

/** Copies the objects not copied yet and removes those no longer referred to. Returns the keys that are missing in the bucket. */
export async function copyObjects(
  files: Objects,
  folder: string,
  referenced: Set<string>,
  copied: Map<string, StoredObject>,
): Promise<string[]> {
  const show = showProgress();
  const missing: string[] = [];
  for (const key of copied.keys())
    if (!referenced.has(key)) {
      copied.delete(key);
      await rm(objectFile(folder, key));
    }
  let done = 0;
  await forEachConcurrently([...referenced], async (key) => {
    const object = copied.get(key) ?? (await copyObject(files, folder, key));
    if (object) copied.set(key, object);
    else missing.push(key);
    done += 1;
    if (process.stdout.isTTY) show(done / referenced.size, `${done} of ${referenced.size} objects`);
  });
  if (referenced.size > 0) show(1, `${copied.size} of ${referenced.size} objects`, true);
  return missing.toSorted();
}
