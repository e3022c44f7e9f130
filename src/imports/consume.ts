// The consumer reads the file by range and stores the rows, rejected rows and checkpoint of each chunk in one batch. After a crash
// the next consumer continues at the checkpoint, and two consumers cannot both advance it. D1 accepts 1,000 statements per
// invocation, so each message stops well before and another continues.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { indexPending } from "../catalog/search/indexing.ts";
import type { Base, Ctx, Tenant } from "../platform/context.ts";
import { violates } from "../platform/d1.ts";
import { rebuildDirtyDays } from "../rollups/rebuild.ts";
import { setMissingCustomers } from "../rollups/references.ts";
import { queueRollup } from "../rollups/jobs.ts";
import { fileKey } from "./jobs.ts";
import type { FileRow, Rejection } from "./rows/row-importer.ts";
import { rowImporters } from "./rows/row-importers.ts";
import { MAX_CHUNK_ROWS, readRecords } from "./file/read.ts";
import { FAULTS, recordText, type CsvRecord } from "./file/records.ts";
import { Plan } from "./mapping/plan.ts";
import { planOfHeader } from "./mapping/resolve.ts";
import { ImportKind } from "./schema.ts";
import { advanceCheckpoint, storeRejectedRows } from "./checkpoint.ts";
import { rejectHeldRows } from "./held.ts";
import { UndoInProgress } from "./rows/sale-existing.ts";
import { failUndo, runUndo } from "./undo/run.ts";

// Leaves room for one more chunk (about 60 statements) and the rollup (about 300).
const MAX_STATEMENTS_PER_MESSAGE = 400;
// Each unclosed quote requires another pass over the rest of its chunk, so a file full of them would take forever.
const MAX_REJECTED_WITH_OPEN_QUOTES = 1000;
// A chunk that crashes its consumer would otherwise be resumed forever.
const MAX_RESUMES = 10;

const importRow = z.object({
  kind: ImportKind,
  status: z.enum(["queued", "running", "done", "failed"]),
  columns: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
  plan: z
    .string()
    .transform((text) => Plan.parse(JSON.parse(text)))
    .nullable(),
  bytes_total: z.number(),
  bytes_read: z.number(),
  rows_read: z.number(),
  rows_rejected: z.number(),
  bytes_reread: z.number(),
  rows_reread: z.number(),
  resumes: z.number(),
  undo_status: z.enum(["undoing", "undone"]).nullable(),
  undo_step: z.string(),
});

const columns = sql.raw(Object.keys(importRow.shape).join(", "));

export type ImportState = z.infer<typeof importRow>;

/**
 * Continues an import, or its undo. Resolves to "more" when another message must continue it, and to "later" when that has to wait
 * for the undo of another import. At the end of the file the affected days are rebuilt before the import is done.
 */
export async function runImport(
  ctx: Base,
  tenant: Tenant,
  importId: string,
  maxStatements = MAX_STATEMENTS_PER_MESSAGE,
): Promise<"more" | "later" | "ended"> {
  try {
    return await continueImport(ctx, tenant, importId, maxStatements);
  } catch (error) {
    if (!(error instanceof UndoInProgress)) throw error;
    await ctx.db.run(sql`UPDATE imports SET progress_at = ${new Date().toISOString()}, resumes = 0
      WHERE tenant_id = ${tenant.id} AND id = ${importId} AND finished_at IS NULL`);
    return "later";
  }
}

async function continueImport(
  ctx: Base,
  tenant: Tenant,
  importId: string,
  maxStatements: number,
): Promise<"more" | "ended"> {
  const [found] = await ctx.db.all(
    importRow,
    sql`SELECT ${columns} FROM imports WHERE tenant_id = ${tenant.id} AND id = ${importId}`,
  );
  if (!found || found.undo_status === "undone") return "ended";
  if (found.undo_status === "undoing") {
    if (found.resumes <= MAX_RESUMES) return runUndo(ctx, tenant, importId, found.undo_step, maxStatements);
    await failUndo(ctx, tenant.id, importId);
    return "ended";
  }
  if (found.status === "done" || found.status === "failed") return "ended";
  if (found.resumes > MAX_RESUMES) {
    await failImport(
      ctx,
      tenant.id,
      importId,
      "The import repeatedly stopped without progress. Rows imported so far are kept.",
    );
    return "ended";
  }
  const shop = { ...ctx, tenant, actor: null };
  if (found.kind === "sales" && (await isWaitingForCustomers(ctx, tenant.id, importId, maxStatements)))
    return "more";
  let state = found;
  while (state.bytes_read < state.bytes_total) {
    const next = await importChunk(shop, importId, state);
    // Another consumer has advanced the checkpoint and continues the import.
    if (!next) return "ended";
    state = next;
    await indexPending(ctx, tenant.id, MAX_CHUNK_ROWS);
    if (next.hasOpenQuotes && next.rows_rejected > MAX_REJECTED_WITH_OPEN_QUOTES) {
      await failImport(
        ctx,
        tenant.id,
        importId,
        "Too many lines contain an unclosed quote. Rows imported so far are kept; fix the file and import it again.",
      );
      return "ended";
    }
    if (ctx.db.cost.statements >= maxStatements) break;
    // A timer lets the runtime serve other requests during a long import.
    await scheduler.wait(1);
  }
  if (state.bytes_read < state.bytes_total) return "more";
  const reread = await rejectHeldRows(shop, importId, state, maxStatements);
  if (reread !== "done") return reread;
  if ((await rebuildDirtyDays(ctx, tenant.id)).more) return "more";
  await finish(ctx, tenant.id, importId, "done", null);
  await queueRollup(ctx, { kind: "rollup", tenant_id: tenant.id, products: true });
  return "ended";
}

/** Gives sales of before imports had customers theirs first, so that nobody counts twice. Whether some are left. */
async function isWaitingForCustomers(
  ctx: Base,
  tenantId: string,
  importId: string,
  maxStatements: number,
): Promise<boolean> {
  while ((await setMissingCustomers(ctx, "", tenantId)) !== null) {
    if (ctx.db.cost.statements < maxStatements) continue;
    await ctx.db.run(sql`UPDATE imports SET progress_at = ${new Date().toISOString()}, resumes = 0
      WHERE tenant_id = ${tenantId} AND id = ${importId} AND finished_at IS NULL`);
    return true;
  }
  return false;
}

/** Ends an import as failed, unless its undo was requested meanwhile. The rows that it has stored remain. */
export async function failImport(
  ctx: Base,
  tenantId: string,
  importId: string,
  error: string,
): Promise<void> {
  await finish(ctx, tenantId, importId, "failed", error);
  await queueRollup(ctx, { kind: "rollup", tenant_id: tenantId, products: false });
}

async function finish(ctx: Base, tenantId: string, importId: string, status: string, error: string | null) {
  const now = new Date().toISOString();
  await ctx.db.batch([
    sql`DELETE FROM import_held WHERE tenant_id = ${tenantId} AND import_id = ${importId}`,
    sql`UPDATE imports SET status = ${status}, error = ${error}, progress_at = ${now}, finished_at = ${now},
      started_at = coalesce(started_at, ${now})
    WHERE tenant_id = ${tenantId} AND id = ${importId} AND finished_at IS NULL AND undo_status IS NULL`,
  ]);
  await ctx.env.FILES.delete(fileKey(tenantId, importId));
}

/** Stores the next chunk. Resolves to null when another consumer has already stored it. Two round trips. */
async function importChunk(
  ctx: Ctx,
  importId: string,
  state: ImportState,
): Promise<(ImportState & { hasOpenQuotes: boolean }) | null> {
  const plan = state.plan ?? planOfHeader(state.kind, state.columns);
  const { chunk, records } = await readRecords(
    ctx.env.FILES,
    fileKey(ctx.tenant.id, importId),
    { from: state.bytes_read, to: state.bytes_total },
    plan,
  );
  const { accepted, rejected, skipped, known, statements } = await prepareRows(
    ctx,
    importId,
    state,
    plan,
    records,
  );
  const rejectedRows = rejected.map(({ row, reason }) => {
    const record = records[row - rowNumber(state, plan, 0)];
    return { row, reason, text: record ? recordText(chunk, record) : "" };
  });
  const next = {
    ...state,
    status: "running" as const,
    bytes_read: state.bytes_read + (records.at(-1)?.end ?? chunk.length),
    rows_read: state.rows_read + records.length,
    rows_rejected: state.rows_rejected + rejectedRows.length,
    hasOpenQuotes: records.some((record) => record.fault === "open-quote"),
  };
  try {
    await ctx.db.batch([
      advanceCheckpoint(ctx.tenant.id, importId, state, next, {
        accepted,
        rejected: rejectedRows.length,
        skipped: skipped.length,
        known,
      }),
      ...statements,
      ...storeRejectedRows(ctx.tenant.id, importId, rejectedRows),
    ]);
  } catch (error) {
    if (violates(error, "imports.bytes_read")) return null;
    throw error;
  }
  return next;
}

/** The row number in a spreadsheet without the blank lines. */
const rowNumber = (state: Pick<ImportState, "rows_read">, plan: Plan, index: number): number =>
  state.rows_read + index + 1 + plan.header_row;

async function prepareRows(ctx: Ctx, importId: string, state: ImportState, plan: Plan, records: CsvRecord[]) {
  const readable: FileRow<string[]>[] = [];
  const faulty: Rejection[] = [];
  for (const [index, { fields, fault }] of records.entries()) {
    const row = rowNumber(state, plan, index);
    if (fields) readable.push({ row, value: fields });
    else faulty.push({ row, reason: FAULTS[fault ?? "open-quote"] });
  }
  const prepared = await rowImporters[state.kind].prepareChunk(ctx, importId, plan, readable);
  return { ...prepared, rejected: [...faulty, ...prepared.rejected] };
}
