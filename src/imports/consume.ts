// The consumer of an import reads the file by range and stores each piece's rows, rejects and the checkpoint in ONE batch.
// Killed anywhere, the next consumer goes on at the checkpoint; two at once cannot both move it. D1 takes a thousand
// statements an invocation: a message stops well before, and what is not indexed by then is left to the sweep.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { indexPending } from "../catalog/search/indexing.ts";
import type { Base, Ctx, Tenant } from "../platform/context.ts";
import { violates } from "../platform/d1.ts";
import { MAX_DAYS_PER_MESSAGE, rebuildDirtyDays } from "../rollups/rebuild.ts";
import { queueProducts, queueRollup } from "../rollups/run.ts";
import { fileKey } from "./jobs.ts";
import type { Numbered } from "./rows/kind.ts";
import { kinds } from "./rows/kinds.ts";
import { recordsOf, textOf, type CsvRecord } from "./file/records.ts";
import { ImportKind } from "./schema.ts";
import { moveCheckpoint, storeRejects } from "./checkpoint.ts";

// JSON of the rows of a piece stays below what D1 takes as one value (2 MB), whatever characters they have.
const PIECE_BYTES = 512 * 1024;
const PIECE_ROWS = 5_000;
// Then another message goes on: a piece more (some 60 at worst) and the roll-up (300) still fit.
const STATEMENTS_A_MESSAGE = 400;
// Each quote that is never closed costs a look at the rest of its piece: a file full of them would never end.
const MAX_REJECTS_IF_QUOTES_BREAK = 1000;
// A piece that kills its consumer would be resumed for ever.
const MAX_RESUMES = 10;

const stateRow = z.object({
  kind: ImportKind,
  status: z.enum(["queued", "running", "done", "failed"]),
  columns: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
  bytes_total: z.number(),
  bytes_read: z.number(),
  rows_read: z.number(),
  rows_rejected: z.number(),
  resumes: z.number(),
});

type State = z.infer<typeof stateRow>;

/**
 * Goes on with an import; answers "more" where another message has to. When the file ends the touched days are rolled
 * up, and the import is done.
 */
export async function runImport(
  ctx: Base,
  tenant: Tenant,
  importId: string,
  statementsAMessage = STATEMENTS_A_MESSAGE,
): Promise<"more" | "ended"> {
  const where = sql`tenant_id = ${tenant.id} AND id = ${importId}`;
  const [found] = await ctx.db.all(
    stateRow,
    sql`SELECT kind, status, columns, bytes_total, bytes_read, rows_read, rows_rejected, resumes FROM imports WHERE ${where}`,
  );
  if (!found || found.status === "done" || found.status === "failed") return "ended";
  if (found.resumes > MAX_RESUMES) {
    await failImport(
      ctx,
      tenant.id,
      importId,
      "It stopped without progress, again and again. Its stored rows stay.",
    );
    return "ended";
  }
  let state = found;
  while (state.bytes_read < state.bytes_total) {
    const next = await importPiece({ ...ctx, tenant, actor: null }, importId, state);
    // Another consumer moved the checkpoint: the import is its now.
    if (!next) return "ended";
    state = next;
    await indexPending(ctx, tenant.id, PIECE_ROWS);
    if (next.hasOpenQuotes && next.rows_rejected > MAX_REJECTS_IF_QUOTES_BREAK) {
      await failImport(
        ctx,
        tenant.id,
        importId,
        "Too many lines open a quote that is never closed: mend the file.",
      );
      return "ended";
    }
    if (ctx.db.cost.statements >= statementsAMessage) break;
    // A timer makes the runtime look at its sockets: without it a long import keeps other requests waiting.
    await scheduler.wait(1);
  }
  if (state.bytes_read < state.bytes_total) return "more";
  if ((await rebuildDirtyDays(ctx, tenant.id)) >= MAX_DAYS_PER_MESSAGE) return "more";
  await finish(ctx, tenant.id, importId, "done", null);
  await queueProducts(ctx, { kind: "product-counts", tenant_id: tenant.id, products_after: "" });
  return "ended";
}

/** Ends an import that cannot go on; what it has stored stays, and says so. */
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
  await ctx.db
    .run(sql`UPDATE imports SET status = ${status}, error = ${error}, progress_at = ${now}, finished_at = ${now},
      started_at = coalesce(started_at, ${now})
    WHERE tenant_id = ${tenantId} AND id = ${importId} AND finished_at IS NULL`);
  await ctx.env.FILES.delete(fileKey(tenantId, importId));
}

/** Stores the next piece; null where another consumer has it. Two round trips. */
async function importPiece(
  ctx: Ctx,
  importId: string,
  state: State,
): Promise<(State & { hasOpenQuotes: boolean }) | null> {
  const length = Math.min(PIECE_BYTES, state.bytes_total - state.bytes_read);
  const object = await ctx.env.FILES.get(fileKey(ctx.tenant.id, importId), {
    range: { offset: state.bytes_read, length },
  });
  if (!object) throw new Error(`the file of import ${importId} is gone`);
  const piece = Buffer.from(await object.arrayBuffer());
  const isLast = state.bytes_read + length === state.bytes_total;
  const records = (await recordsOf(piece, isLast)).slice(0, PIECE_ROWS);
  const { accepted, refused, statements } = await take(ctx, importId, state, records);
  const rejects = refused.map(({ row, reason }) => {
    const record = records[row - rowAt(state, 0)];
    return { row, reason, text: record ? textOf(piece, record) : "" };
  });
  const next = {
    ...state,
    status: "running" as const,
    bytes_read: state.bytes_read + (records.at(-1)?.end ?? length),
    rows_read: state.rows_read + records.length,
    rows_rejected: state.rows_rejected + rejects.length,
    hasOpenQuotes: records.some((record) => record.fields === null),
  };
  try {
    await ctx.db.batch([
      moveCheckpoint(ctx.tenant.id, importId, state, next, accepted, rejects.length),
      ...statements,
      ...storeRejects(ctx.tenant.id, importId, rejects),
    ]);
  } catch (error) {
    if (violates(error, "imports.bytes_read")) return null;
    throw error;
  }
  return next;
}

/** The number that a spreadsheet gives a record of the piece, blank lines left out: the header is row 1. */
const rowAt = (state: State, index: number): number => state.rows_read + index + 2;

/** What the kind makes of the records; a quote that is never closed is none of its business. */
async function take(ctx: Ctx, importId: string, state: State, records: CsvRecord[]) {
  const readable: Numbered<string[]>[] = [];
  const broken: { row: number; reason: string }[] = [];
  for (const [index, { fields }] of records.entries()) {
    const row = rowAt(state, index);
    if (fields) readable.push({ row, value: fields });
    else broken.push({ row, reason: "a quote is opened and never closed" });
  }
  const taken = await kinds[state.kind].take(ctx, importId, state.columns, readable);
  return { ...taken, refused: [...broken, ...taken.refused] };
}
