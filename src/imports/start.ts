// A new import is its file in R2, its row and its message. The hash of the file is the request's fingerprint under the
// Idempotency-Key.
import { sql } from "drizzle-orm";
import type { z } from "zod";
import { audit } from "../audit/log.ts";
import { idempotentRequest, runOnce, storeResponse } from "../idempotency/run-once.ts";
import { actorId, type ActorCtx } from "../platform/context.ts";
import { logFailure } from "../platform/log.ts";
import { Problem } from "../platform/problem.ts";
import { newId } from "../values/ids.ts";
import { storeFile, type ReadOptions } from "./file/store.ts";
import type { FormatChoice } from "./formats/evidence.ts";
import { fileKey, type ImportJob } from "./jobs.ts";
import { parseMapping } from "./mapping/caller.ts";
import { getImport } from "./progress.ts";
import { ImportStatus, type ImportKind } from "./schema.ts";

/** What the caller says about the file. The mapping is JSON. */
export type CallerOptions = FormatChoice & {
  charset?: string | null;
  mapping?: string | undefined;
  sheet?: string | undefined;
  /** Only the rows in these bytes are read. */
  maxBytes?: number | undefined;
};

/** The options with which a file is read; what the request says comes before its mapping. @throws Problem invalid */
export function readOptions(
  kind: z.infer<typeof ImportKind>,
  { charset = null, mapping, dates, decimal, sheet, maxBytes }: CallerOptions,
): ReadOptions {
  const parsed = parseMapping(kind, mapping);
  return {
    kind,
    charset,
    sheet,
    maxBytes,
    mapping: parsed,
    formats: { dates: dates ?? parsed.formats.dates, decimal: decimal ?? parsed.formats.decimal },
  };
}

/**
 * Stores the file and queues its import. @throws Problem missing-columns, ambiguous-format, unsupported-media-type, invalid,
 * invalid-gzip, too-large, idempotency-mismatch
 */
export async function startImport(
  ctx: ActorCtx,
  kind: z.infer<typeof ImportKind>,
  body: ReadableStream<Uint8Array>,
  key: string | undefined,
  options: CallerOptions = {},
): Promise<{ replayed: boolean; value: z.infer<typeof ImportStatus> }> {
  const id = newId();
  const file = fileKey(ctx.tenant.id, id);
  const stored = await storeFile(ctx.env.FILES, file, body, readOptions(kind, options));
  const { plan, ignored, bytes, hash, start: end } = stored;
  const { mapping, dates, decimal, sheet } = options;
  const request = idempotentRequest(ctx.tenant.id, actorId(ctx), key, {
    kind,
    hash,
    ...(mapping || dates || decimal || sheet ? { mapping, dates, decimal, sheet } : {}),
  });
  const at = ctx.now.toISOString();
  const result = await runOnce(ctx, request, ImportStatus, async () => {
    const started: z.infer<typeof ImportStatus> = {
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
      rows_skipped: 0,
      rows_known: 0,
      undone_sales: 0,
      undone_products: 0,
      undone_customers: 0,
      undo_retained: 0,
      created_at: at,
      started_at: null,
      finished_at: null,
    };
    await ctx.db.batch([
      sql`INSERT INTO imports (tenant_id, id, kind, status, columns, ignored_columns, plan, bytes_total, bytes_read, bytes_reread, actor_id,
          created_at, progress_at)
        VALUES (${ctx.tenant.id}, ${id}, ${kind}, 'queued', ${JSON.stringify(plan.header)}, ${JSON.stringify(ignored)},
          ${JSON.stringify(plan)}, ${bytes}, ${end}, ${end}, ${actorId(ctx)}, ${at}, ${at})`,
      audit(ctx, "import.started", id, { after: sql`${JSON.stringify({ kind, bytes_total: bytes })}` }),
      ...storeResponse(ctx.now, request, JSON.stringify(started)),
    ]);
    return started;
  }).catch(async (error: unknown) => {
    if (!(await mayExist(ctx, id, error))) await deleteFile(ctx, file);
    throw error;
  });
  // A replay may return this very import, when its batch was committed but the result was lost.
  if (result.value.id !== id) await deleteFile(ctx, file);
  // The sweep sends a message that fails here within two minutes.
  else
    await ctx.env.IMPORTS.send({
      kind: "import",
      tenant_id: ctx.tenant.id,
      import_id: id,
    } satisfies ImportJob).catch((error: unknown) => logFailure("import queue", error));
  return result;
}

/** Whether the import may be stored although starting it failed. One round trip when D1 was unavailable. */
async function mayExist(ctx: ActorCtx, id: string, error: unknown): Promise<boolean> {
  if (!(error instanceof Problem) || error.slug !== "unavailable") return false;
  try {
    await getImport(ctx, id);
    return true;
  } catch (failure) {
    return !(failure instanceof Problem) || failure.slug !== "not-found";
  }
}

/** The nightly sweep deletes a file that remains here. */
const deleteFile = (ctx: ActorCtx, file: string): Promise<void> =>
  ctx.env.FILES.delete(file).catch((error: unknown) => logFailure("import file", error));
