// Copies a shop's lake to a folder in Hive layout. The list that was copied is kept as manifest.json: it is replaced when
// all of its files are there, and only then is what has left the lake removed. So a reader of the list sees one state.
import { createWriteStream, readFileSync } from "node:fs";
import { mkdir, readdir, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { call, request } from "../session.mjs";
import { showProgress } from "../terminal.mjs";

const MANIFEST = "manifest.json";
const AT_ONCE = 4;
const TRIES = 5;

/** Asks once more with a new token where the old one has ended. */
export async function renewing(to, what) {
  try {
    return await what();
  } catch (error) {
    if (error.status !== 401) throw error;
    await to.renew();
    return what();
  }
}

/** All pages of a list; what the last one says beside its data is answered too. */
export async function readList(to, path) {
  const data = [];
  for (let cursor = null; ;) {
    const url = `${to.api}${path}?limit=100${cursor ? `&cursor=${cursor}` : ""}`;
    const { body } = await renewing(to, () => call("The list", url, { headers: to.headers }));
    data.push(...body.data);
    if (body.next_cursor === null) return { ...body, data };
    cursor = body.next_cursor;
  }
}

// The first part of a key is the shop.
const placeOf = (folder, key) => join(folder, ...key.split("/").slice(1));

const sizeOf = (path) =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/** Fetches a file, from where an earlier try has stopped; it gets its name when it is whole. */
async function fetchFile(to, folder, { key, bytes, etag }) {
  const path = placeOf(folder, key);
  // Keys never change their content: size and name say that it is there.
  if ((await sizeOf(path)) === bytes) return;
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  let have = await sizeOf(part);
  if (have > bytes) {
    await rm(part);
    have = 0;
  }
  if (have < bytes) {
    const headers = { "if-range": etag, ...(have > 0 ? { range: `bytes=${have}-` } : {}) };
    const answer = await renewing(to, () =>
      request(key, `${to.api}/lake/files/${key}`, { headers: { ...to.headers, ...headers } }),
    );
    const flags = answer.status === 206 ? "a" : "w";
    await pipeline(Readable.fromWeb(answer.body), createWriteStream(part, { flags }));
  }
  if ((await sizeOf(part)) !== bytes) throw new Error(`${key} came with another size than ${bytes} bytes.`);
  await rename(part, path);
}

// How files of a lake are named. The folder may have others, of somebody else.
const OURS =
  /^(daily_summary|events|products|purchases)[/\\]year=\d+[/\\].*(whole|batch|month-\d\d)-[0-9a-f-]{36}\.parquet(\.part)?$/;

/** Removes files of a lake that are not of this list; folders that are empty then, too. */
async function removeOthers(folder, keep) {
  const found = (await readdir(folder, { recursive: true })).filter((path) => OURS.test(path));
  for (const path of found.map((path) => join(folder, path))) {
    if (keep.has(path)) continue;
    await rm(path);
    for (let home = dirname(path); (await readdir(home)).length === 0; home = dirname(home))
      await rmdir(home);
  }
}

/** What was copied into this folder. */
export function readManifest(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, MANIFEST), "utf8"));
  } catch (error) {
    throw new Error(`There is no lake in ${folder}: run npm run lake -- pull --to ${folder}`, {
      cause: error,
    });
  }
}

async function fetchAll(to, folder, files) {
  const show = showProgress();
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  let done = 0;
  let count = 0;
  const waiting = [...files];
  const worker = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      await fetchFile(to, folder, file);
      done += file.bytes;
      count += 1;
      const part = bytes === 0 ? 1 : done / bytes;
      const isEnd = count === files.length;
      if (process.stdout.isTTY || isEnd || count % 100 === 0)
        show(part, `${count} of ${files.length} files, ${(done / 1e6).toFixed(1)} MB`, isEnd);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Makes the folder what the lake is now; what is there already is not fetched again. */
export async function pull(to, folder) {
  for (let tries = 1; ; tries += 1) {
    const { data: files, revision } = await readList(to, "/lake/files");
    try {
      await mkdir(folder, { recursive: true });
      await fetchAll(to, folder, files);
    } catch (error) {
      // It was replaced since the list was made: the list of now has another one.
      if (error.status !== 404 || tries === TRIES) throw error;
      continue;
    }
    const manifest = {
      revision,
      files: files.map(({ key, ...file }) => ({ path: placeOf("", key), ...file })),
    };
    await writeFile(join(folder, `${MANIFEST}.part`), JSON.stringify(manifest));
    await rename(join(folder, `${MANIFEST}.part`), join(folder, MANIFEST));
    await removeOthers(folder, new Set(files.map(({ key }) => placeOf(folder, key))));
    return manifest;
  }
}
