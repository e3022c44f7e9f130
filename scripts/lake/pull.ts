// Copies a shop's lake to a folder in Hive layout. manifest.json lists the files: it is replaced once all of them are there, and outdated
// files are removed after that. So a reader of the manifest always sees one revision of the lake.
import { createWriteStream, readFileSync } from "node:fs";
import { mkdir, readdir, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isProblem, type LakeFile, type Mostrador } from "../../sdk/src/index.ts";
import { labelled } from "../session.ts";
import { showProgress } from "../terminal.mjs";

const MANIFEST = "manifest.json";
const AT_ONCE = 4;
const MAX_ATTEMPTS = 5;

/** The files of a copied lake, by their paths in its folder. */
export type Manifest = { revision: number; files: (Omit<LakeFile, "key"> & { path: string })[] };

/** All files of the lake, and its revision after the last page. */
async function listFiles(mostrador: Mostrador): Promise<{ files: LakeFile[]; revision: number }> {
  const files: LakeFile[] = [];
  let revision = 0;
  for await (const page of mostrador.pages.listLakeFiles().pages()) {
    files.push(...page.data);
    revision = page.revision;
  }
  return { files, revision };
}

// The first segment of a key is the shop.
const pathOf = (folder: string, key: string): string => join(folder, ...key.split("/").slice(1));

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/** Fetches a file and resumes an interrupted download; the file is named .part until it is complete. */
async function fetchFile(
  mostrador: Mostrador,
  folder: string,
  { key, bytes, etag }: LakeFile,
): Promise<void> {
  const path = pathOf(folder, key);
  // The content of a key never changes, so a file of the right size is complete.
  if ((await sizeOf(path)) === bytes) return;
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.part`;
  let received = await sizeOf(partial);
  if (received > bytes) {
    await rm(partial);
    received = 0;
  }
  if (received < bytes) {
    const headers = { "if-range": etag, ...(received > 0 ? { range: `bytes=${received}-` } : {}) };
    const response = await mostrador.raw.getLakeFile(key, { headers });
    if (!response.body) throw new Error(`${key} is empty.`);
    const flags = response.status === 206 ? "a" : "w";
    await pipeline(Readable.from(response.body), createWriteStream(partial, { flags }));
  }
  if ((await sizeOf(partial)) !== bytes) throw new Error(`${key} does not have ${bytes} bytes.`);
  await rename(partial, path);
}

// Names of lake files. The folder may contain other files, which are never removed.
const LAKE_FILE =
  /^(daily_summary|events|products|purchases)[/\\]year=\d+[/\\].*(whole|batch|month-\d\d)-[0-9a-f-]{36}\.parquet(\.part)?$/;

/** Removes the lake files that are not in `current`, and folders that become empty. */
async function removeOutdated(folder: string, current: Set<string>): Promise<void> {
  const existing = (await readdir(folder, { recursive: true })).filter((path) => LAKE_FILE.test(path));
  for (const path of existing.map((path) => join(folder, path))) {
    if (current.has(path)) continue;
    await rm(path);
    for (let parent = dirname(path); (await readdir(parent)).length === 0; parent = dirname(parent))
      await rmdir(parent);
  }
}

/** Reads the manifest of a pulled lake. */
export function readManifest(folder: string): Manifest {
  try {
    return JSON.parse(readFileSync(join(folder, MANIFEST), "utf8"));
  } catch (error) {
    throw new Error(`There is no lake in ${folder}: run npm run lake -- pull --to ${folder}`, {
      cause: error,
    });
  }
}

async function fetchAll(mostrador: Mostrador, folder: string, files: LakeFile[]): Promise<void> {
  const show = showProgress();
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  let done = 0;
  let count = 0;
  const waiting = [...files];
  const worker = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      await fetchFile(mostrador, folder, file);
      done += file.bytes;
      count += 1;
      const share = bytes === 0 ? 1 : done / bytes;
      const isEnd = count === files.length;
      if (process.stdout.isTTY || isEnd || count % 100 === 0)
        show(share, `${count} of ${files.length} files, ${(done / 1e6).toFixed(1)} MB`, isEnd);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Makes the folder a copy of the lake; fetches only the files that are missing. Returns the manifest. */
export async function pull(mostrador: Mostrador, folder: string): Promise<Manifest> {
  for (let attempt = 1; ; attempt += 1) {
    const { files, revision } = await labelled("The list of files", listFiles(mostrador));
    try {
      await mkdir(folder, { recursive: true });
      await fetchAll(mostrador, folder, files);
    } catch (error) {
      // A file was replaced after the list was read: read the list again.
      if (!isProblem(error, "not-found") || attempt === MAX_ATTEMPTS) throw error;
      continue;
    }
    const manifest = {
      revision,
      files: files.map(({ key, ...file }) => ({ path: pathOf("", key), ...file })),
    };
    await writeFile(join(folder, `${MANIFEST}.part`), JSON.stringify(manifest));
    await rename(join(folder, `${MANIFEST}.part`), join(folder, MANIFEST));
    await removeOutdated(folder, new Set(files.map(({ key }) => pathOf(folder, key))));
    return manifest;
  }
}
