// The requests of an import: the dry runs, the upload, its progress and its undo.
import { createHash } from "node:crypto";
import { createReadStream, openAsBlob } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { Import, ImportDryRun, Mostrador } from "../../sdk/src/index.ts";
import { labelled } from "../session.ts";
import type { ImportJob } from "./arguments.ts";

/** As much of a file as the server reads for a preview. */
export const HEAD_BYTES = 512 * 1024;
const POLL_MS = 500;

const ENDED = ["done", "failed", "undone"];

const queryOf = ({ kind, answers: { mapping, mappingName, ...answers } }: ImportJob) => ({
  kind,
  ...answers,
  mapping: mapping ?? mappingName,
});

const formatOptions = ({ format }: ImportJob) => ({
  contentType: format.type,
  contentEncoding: format.isGzip ? ("gzip" as const) : undefined,
});

/** The report of the first rows. @throws Problem */
export async function preview(mostrador: Mostrador, job: ImportJob): Promise<ImportDryRun> {
  const head = (await openAsBlob(job.file)).slice(0, HEAD_BYTES);
  return mostrador.startImport(head, { ...queryOf(job), dry_run: "head" }, formatOptions(job));
}

/** The report of the whole file; `onSent` gets the share that was sent. @throws Problem */
export async function dryRun(
  mostrador: Mostrador,
  job: ImportJob,
  onSent: (share: number) => void,
): Promise<ImportDryRun> {
  const file = await openAsBlob(job.file);
  const onProgress = (sent: number): void => onSent(sent / file.size);
  return mostrador.startImport(
    file,
    { ...queryOf(job), dry_run: "true" },
    { ...formatOptions(job), onProgress },
  );
}

/** Reads the import until it ends. */
async function follow(mostrador: Mostrador, id: string, show: (state: Import) => void): Promise<Import> {
  for (;;) {
    const state = await labelled("The import cannot be followed", mostrador.getImport(id));
    show(state);
    if (ENDED.includes(state.status)) return state;
    await wait(POLL_MS);
  }
}

async function keyOf({ file, kind, answers }: ImportJob): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([kind, answers]));
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}

/** Imports the file. A file whose earlier import failed is sent again under a new key. */
export async function importFile(
  mostrador: Mostrador,
  job: ImportJob,
  show: (state: Import) => void,
): Promise<Import> {
  const file = await openAsBlob(job.file);
  for (let key = await keyOf(job); ;) {
    const options = { ...formatOptions(job), idempotencyKey: key };
    const response = await labelled(job.file, mostrador.raw.startImport(file, queryOf(job), options));
    const isReplay = response.headers.get("idempotent-replayed") === "true";
    if (isReplay) console.log("This file has been imported before: this is that import.");
    const end = await follow(mostrador, (await response.json()).id, show);
    if (!isReplay || end.status !== "failed") return end;
    console.log("That import failed: sending the file again.");
    key = `${key.slice(0, 64)}-after-${end.id}`;
  }
}

/** Takes an import back. Resolves to its end and the CSV of what remains. */
export async function undoImport(
  mostrador: Mostrador,
  id: string,
  show: (state: Import) => void,
): Promise<{ end: Import; retained: string }> {
  await labelled("The import cannot be undone", mostrador.undoImport(id));
  const end = await follow(mostrador, id, show);
  if (end.undo_retained === 0) return { end, retained: "" };
  return { end, retained: await labelled("The list of what remains", mostrador.getImportRetained(id)) };
}
