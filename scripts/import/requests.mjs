// The requests of an import: the dry runs, the upload, its progress and its undo.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { call, request } from "../session.mjs";

/** As much of a file as the server reads for a preview. */
export const HEAD_BYTES = 512 * 1024;
const POLL_MS = 500;
// A token lives ten minutes.
const RENEW_AFTER_MS = 5 * 60_000;

const ENDED = ["done", "failed", "undone"];

function queryOf({ kind, answers: { mapping, mappingName, ...answers } }, dryRun) {
  const query = new URLSearchParams({ kind });
  for (const [name, value] of Object.entries({
    ...answers,
    mapping: mapping ?? mappingName,
    dry_run: dryRun,
  }))
    if (value !== undefined) query.set(name, value);
  return query;
}

/** Sends the file, or its first `bytes`; `onSent` gets the share that was sent. */
async function send(to, label, { file, format, ...rest }, { dryRun, key, bytes, onSent = () => {} }) {
  const size = Math.min((await stat(file)).size, bytes ?? Infinity);
  const stream = createReadStream(file, size === 0 ? {} : { end: size - 1 });
  async function* counted() {
    let sent = 0;
    for await (const chunk of stream) {
      yield chunk;
      onSent((sent += chunk.length) / size);
    }
  }
  return call(label, `${to.api}/imports?${queryOf(rest, dryRun)}`, {
    method: "POST",
    headers: {
      ...to.headers,
      "content-type": format.type,
      ...(format.isGzip ? { "content-encoding": "gzip" } : {}),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    },
    body: Readable.toWeb(Readable.from(counted())),
    duplex: "half",
  });
}

/** The report of the first rows. */
export async function preview(to, options) {
  return (await send(to, options.file, options, { dryRun: "head", bytes: HEAD_BYTES })).body;
}

/** The report of the whole file. */
export async function dryRun(to, options, onSent) {
  return (await send(to, options.file, options, { dryRun: "true", onSent })).body;
}

/** Reads the import until it ends. */
async function follow(to, id, show) {
  let renewedAt = Date.now();
  for (;;) {
    const { body } = await call("The import cannot be followed", `${to.api}/imports/${id}`, {
      headers: to.headers,
    });
    show(body);
    if (ENDED.includes(body.status)) return body;
    await wait(POLL_MS);
    if (Date.now() - renewedAt < RENEW_AFTER_MS) continue;
    await to.renew();
    renewedAt = Date.now();
  }
}

async function keyOf({ file, kind, answers }) {
  const hash = createHash("sha256").update(JSON.stringify([kind, answers]));
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}

/** Imports the file. A file whose earlier import failed is sent again under a new key. */
export async function importFile(to, options, show) {
  for (let key = await keyOf(options); ;) {
    const { body, isReplay } = await send(to, options.file, options, { key });
    if (isReplay) console.log("This file has been imported before: this is that import.");
    const end = await follow(to, body.id, show);
    if (!isReplay || end.status !== "failed") return end;
    console.log("That import failed: sending the file again.");
    key = `${key.slice(0, 64)}-after-${end.id}`;
  }
}

/** Takes an import back. Resolves to its end and the CSV of what remains. */
export async function undoImport(to, id, show) {
  const url = `${to.api}/imports/${encodeURIComponent(id)}`;
  await call("The import cannot be undone", url, { method: "DELETE", headers: to.headers });
  const end = await follow(to, id, show);
  if (end.undo_retained === 0) return { end, retained: "" };
  const response = await request("The list of what remains", `${url}/retained`, { headers: to.headers });
  return { end, retained: await response.text() };
}
