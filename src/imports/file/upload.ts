// The upload streams to R2, decompressed, so that consumers can read it by range; nothing of it stays in memory but the
// part that is being sent. The file's hash is its content under the Idempotency-Key.
import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import type { z } from "zod";
import { audit } from "../../audit/log.ts";
import type { ActorCtx } from "../../platform/context.ts";
import { invalid, Problem } from "../../platform/problem.ts";
import { idempotentRequest, runOnce, storeResponse } from "../../idempotency/run-once.ts";
import { newId } from "../../values/ids.ts";
import { logFailure } from "../../platform/log.ts";
import { checkHeader, type Layout } from "./columns.ts";
import { fileKey, type ImportJob } from "../jobs.ts";
import { kinds } from "../rows/kinds.ts";
import { getImport } from "../progress.ts";
import { recordsOf } from "./records.ts";
import { ImportStatus, type ImportKind } from "../schema.ts";
import { unpack } from "./unpack.ts";

const MAX_BYTES = 200 * 1024 * 1024;
// So much of a compressed file is read on though its header is wrong: it may be worse, a bomb.
const LOOKS_ON = 20 * 1024 * 1024;
// R2 takes parts of 5 MiB or more, all of one size but the last.
const PART_BYTES = 5 * 1024 * 1024;
const HEADER_BYTES = 64 * 1024;
const MAX_COLUMNS = 200;

type ImportBody = z.infer<typeof ImportStatus>;

/** Stores the file and queues its import. @throws Problem missing-columns, invalid, invalid-gzip, too-large */
export async function startImport(
  ctx: ActorCtx,
  kind: z.infer<typeof ImportKind>,
  body: ReadableStream<Uint8Array>,
  key: string | undefined,
): Promise<{ replayed: boolean; value: ImportBody }> {
  const id = newId();
  const file = fileKey(ctx.tenant.id, id);
  const { header, bytes, hash } = await store(ctx.env.FILES, file, body, kinds[kind].layout);
  const { columns, ignored, end } = header;
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { kind, hash });
  const at = ctx.now.toISOString();
  const result = await runOnce(ctx, request, ImportStatus, async () => {
    const started: ImportBody = {
      id,
      kind,
      status: "queued",
      error: null,
      ignored_columns: ignored,
      bytes_total: bytes,
      bytes_read: end,
      rows_read: 0,
      rows_accepted: 0,
      rows_rejected: 0,
      created_at: at,
      started_at: null,
      finished_at: null,
    };
    await ctx.db.batch([
      sql`INSERT INTO imports (tenant_id, id, kind, status, columns, ignored_columns, bytes_total, bytes_read, actor_id,
          created_at, progress_at)
        VALUES (${ctx.tenant.id}, ${id}, ${kind}, 'queued', ${JSON.stringify(columns)}, ${JSON.stringify(ignored)},
          ${bytes}, ${end}, ${ctx.actor.id}, ${at}, ${at})`,
      audit(ctx, "import.started", id, { after: sql`${JSON.stringify({ kind, bytes_total: bytes })}` }),
      ...storeResponse(ctx.now, request, JSON.stringify(started)),
    ]);
    return started;
  }).catch(async (error: unknown) => {
    if (!(await mayBeStored(ctx, id, error))) await drop(ctx, file);
    throw error;
  });
  // What was made before may be this very request's, whose answer was lost.
  if (result.value.id !== id) await drop(ctx, file);
  // What is not sent here, the sweep sends within two minutes.
  else
    await ctx.env.IMPORTS.send({
      kind: "import",
      tenant_id: ctx.tenant.id,
      import_id: id,
    } satisfies ImportJob).catch((error: unknown) => logFailure("import queue", error));
  return result;
}

/** Whether an import that was refused or lost may have its row: no where D1 says so. One round trip where D1 had failed. */
async function mayBeStored(ctx: ActorCtx, id: string, error: unknown): Promise<boolean> {
  if (!(error instanceof Problem) || error.slug !== "unavailable") return false;
  try {
    await getImport(ctx, id);
    return true;
  } catch (found) {
    return !(found instanceof Problem) || found.slug !== "not-found";
  }
}

/** What is not deleted here, the nightly sweep deletes. */
const drop = (ctx: ActorCtx, file: string): Promise<void> =>
  ctx.env.FILES.delete(file).catch((error: unknown) => logFailure("import file", error));

type Header = { columns: string[]; ignored: string[]; end: number };

/** The columns that the first line names, and where it ends. @throws Problem invalid, missing-columns */
async function headerOf(head: Buffer, layout: Layout): Promise<Header> {
  const bom = head.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
  const [record] = await recordsOf(head.subarray(bom), true);
  if (!record?.fields) throw invalid([{ pointer: "#", detail: "the first line names no columns" }]);
  const columns = record.fields.map((name) => name.trim());
  if (columns.length > MAX_COLUMNS)
    throw invalid([{ pointer: "#", detail: `the first line names more than ${MAX_COLUMNS} columns` }]);
  return { columns, ignored: checkHeader(layout, columns).ignored, end: bom + record.end };
}

/**
 * Streams the body to R2; answers its header, its length and its SHA-256, all decompressed. The header is checked as soon
 * as it is there: a wrong file is refused before it is sent whole.
 */
async function store(bucket: R2Bucket, key: string, body: ReadableStream<Uint8Array>, layout: Layout) {
  const hash = createHash("sha256");
  let head = Buffer.alloc(0);
  let header: Header | null = null;
  let bytes = 0;
  let part: Buffer[] = [];
  let partBytes = 0;
  let upload: R2MultipartUpload | null = null;
  const sent: R2UploadedPart[] = [];
  let fault: unknown = null;
  const { isGzip, chunks } = await unpack(body);
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) throw new Problem("too-large", "A file may have 200 MB at most, decompressed.");
      if (fault !== null) {
        if (bytes > LOOKS_ON) break;
        continue;
      }
      hash.update(chunk);
      if (head.length < HEADER_BYTES)
        head = Buffer.concat([head, chunk.subarray(0, HEADER_BYTES - head.length)]);
      if (!header && (head.length === HEADER_BYTES || head.toString("latin1").trimStart().includes("\n")))
        try {
          header = await headerOf(head, layout);
        } catch (error) {
          if (!isGzip) throw error;
          fault = error;
          continue;
        }
      part.push(chunk);
      partBytes += chunk.length;
      while (partBytes >= PART_BYTES) {
        const whole = Buffer.concat(part);
        upload ??= await bucket.createMultipartUpload(key);
        sent.push(await upload.uploadPart(sent.length + 1, whole.subarray(0, PART_BYTES)));
        // A copy: a view would keep the part that has been sent.
        part = [Buffer.from(whole.subarray(PART_BYTES))];
        partBytes = whole.length - PART_BYTES;
      }
    }
    if (fault !== null) throw fault;
    header ??= await headerOf(head, layout);
    const rest = Buffer.concat(part);
    if (!upload) await bucket.put(key, rest);
    else {
      if (rest.length > 0) sent.push(await upload.uploadPart(sent.length + 1, rest));
      await upload.complete(sent);
    }
  } catch (error) {
    // What is not let go here, R2 lets go after a week.
    await upload?.abort().catch((failed: unknown) => logFailure("import upload", failed));
    throw error;
  }
  return { header, bytes, hash: hash.digest("base64url") };
}
