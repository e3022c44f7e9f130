// The consumer of an import reads the file by range and stores each piece's rows, rejects and the checkpoint in ONE batch.
// Killed anywhere, the next consumer goes on at the checkpoint; two at once cannot both move it. An invoice belongs to
// the import that brought it first: in a second file it is refused, so a file can be sent again without harm.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { indexPending } from "../catalog/search/indexing.ts";
import type { Base, Tenant } from "../context.ts";
import { refusedBy, rows } from "../db.ts";
import { minorDigits } from "../money.ts";
import { rebuildDirtyDays } from "../rollups/rebuild.ts";
import { fileKey } from "./jobs.ts";
import { recordsOf, textOf, type CsvRecord } from "./records.ts";
import { positionsOf } from "./sale-columns.ts";
import { readSaleRow, Refused, type SaleRow } from "./sale-rows.ts";
import { type Known, moveCheckpoint, type Reject, storeRejects, storeSales } from "./store.ts";

// JSON of the rows of a piece stays below what D1 takes as one value (2 MB), whatever characters they have.
const PIECE_BYTES = 512 * 1024;
const PIECE_ROWS = 5_000;
// Then another message goes on: a consumer's CPU time and its D1 calls are limited.
const PIECES_A_MESSAGE = 50;
// Each quote that is never closed costs a look at the rest of its piece: a file full of them would never end.
const MAX_REJECTS_IF_QUOTES_BREAK = 1000;
// A piece that kills its consumer would be resumed for ever.
const MAX_RESUMES = 10;

const stateRow = z.object({
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
  piecesAMessage = PIECES_A_MESSAGE,
): Promise<"more" | "ended"> {
  const where = sql`tenant_id = ${tenant.id} AND id = ${importId}`;
  const [found] = await ctx.db.all(
    stateRow,
    sql`SELECT status, columns, bytes_total, bytes_read, rows_read, rows_rejected, resumes FROM imports WHERE ${where}`,
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
  for (let pieces = 0; pieces < piecesAMessage && state.bytes_read < state.bytes_total; pieces += 1) {
    const next = await importPiece(ctx, tenant, importId, state);
    // Another consumer moved the checkpoint: the import is its now.
    if (!next) return "ended";
    state = next;
    if (next.hasOpenQuotes && next.rows_rejected > MAX_REJECTS_IF_QUOTES_BREAK) {
      await failImport(
        ctx,
        tenant.id,
        importId,
        "Too many lines open a quote that is never closed: mend the file.",
      );
      return "ended";
    }
    // A timer makes the runtime look at its sockets: without it a long import keeps other requests waiting.
    await scheduler.wait(1);
  }
  if (state.bytes_read < state.bytes_total) return "more";
  await indexPending(ctx, tenant.id);
  await rebuildDirtyDays(ctx, tenant.id);
  await finish(ctx, tenant.id, importId, "done", null);
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
  await rebuildDirtyDays(ctx, tenantId);
}

async function finish(ctx: Base, tenantId: string, importId: string, status: string, error: string | null) {
  const now = new Date().toISOString();
  await ctx.db
    .run(sql`UPDATE imports SET status = ${status}, error = ${error}, progress_at = ${now}, finished_at = ${now},
      started_at = coalesce(started_at, ${now})
    WHERE tenant_id = ${tenantId} AND id = ${importId} AND finished_at IS NULL`);
  await ctx.env.FILES.delete(fileKey(tenantId, importId));
}

type Numbered = SaleRow & { row: number; record: CsvRecord };

/** Stores the next piece; null where another consumer has it. Two round trips. */
async function importPiece(
  ctx: Base,
  tenant: Tenant,
  importId: string,
  state: State,
): Promise<(State & { hasOpenQuotes: boolean }) | null> {
  const length = Math.min(PIECE_BYTES, state.bytes_total - state.bytes_read);
  const object = await ctx.env.FILES.get(fileKey(tenant.id, importId), {
    range: { offset: state.bytes_read, length },
  });
  if (!object) throw new Error(`the file of import ${importId} is gone`);
  const piece = Buffer.from(await object.arrayBuffer());
  const records = (await recordsOf(piece, state.bytes_read + length === state.bytes_total)).slice(
    0,
    PIECE_ROWS,
  );
  const { accepted, rejects } = read(records, piece, state, tenant);
  const known = await lookUp(ctx, tenant.id, importId, accepted);
  const lines: Numbered[] = [];
  for (const row of accepted) {
    const reason = whyRefused(row, known);
    if (reason === null) lines.push(row);
    else rejects.push({ row: row.row, reason, text: textOf(piece, row.record) });
  }
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
      moveCheckpoint(tenant.id, importId, state, next, lines.length, rejects.length),
      ...storeSales(ctx, tenant.id, importId, lines, known),
      ...storeRejects(tenant.id, importId, rejects),
    ]);
  } catch (error) {
    if (refusedBy(error, "imports.bytes_read")) return null;
    throw error;
  }
  return next;
}

function read(records: CsvRecord[], piece: Buffer, state: State, tenant: Tenant) {
  const columns = positionsOf(state.columns);
  const reading = { timezone: tenant.timezone, digits: minorDigits(tenant.currency) };
  const accepted: Numbered[] = [];
  const rejects: Reject[] = [];
  for (const [index, record] of records.entries()) {
    // As a spreadsheet numbers it, blank lines left out: the header is row 1.
    const row = state.rows_read + index + 2;
    try {
      if (!record.fields) throw new Refused("a quote is opened and never closed");
      accepted.push({ ...readSaleRow(record.fields, columns, state.columns.length, reading), row, record });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      rejects.push({ row, reason: error.message, text: textOf(piece, record) });
    }
  }
  return { accepted, rejects };
}

async function lookUp(ctx: Base, tenantId: string, importId: string, lines: SaleRow[]): Promise<Known> {
  const emails = JSON.stringify([...new Set(lines.flatMap((line) => line.seller ?? []))]);
  const invoices = JSON.stringify([...new Set(lines.map((line) => line.invoice))]);
  const [users, sales] = await ctx.db.batch([
    // CROSS JOIN from the file's values: an IN would walk all people and all sales of the shop.
    sql`SELECT u.email, u.id FROM json_each(${emails}) j CROSS JOIN users u
      ON u.tenant_id = ${tenantId} AND u.email = j.value AND u.role IN ('EMPLOYEE', 'ADMIN')`,
    sql`SELECT s.external_ref, s.import_id, s.day FROM json_each(${invoices}) j CROSS JOIN sales s
      ON s.tenant_id = ${tenantId} AND s.external_ref = j.value`,
  ]);
  const userRow = z.object({ email: z.string(), id: z.string() });
  const saleRow = z.object({ external_ref: z.string(), import_id: z.string().nullable(), day: z.string() });
  return {
    sellers: new Map(rows(userRow, users).map((user) => [user.email, user.id])),
    invoices: new Map(
      rows(saleRow, sales).map((sale) => [
        sale.external_ref,
        { isOurs: sale.import_id === importId, day: sale.day },
      ]),
    ),
  };
}

function whyRefused(row: SaleRow, known: Known): string | null {
  if (known.invoices.get(row.invoice)?.isOurs === false)
    return `invoice ${row.invoice} is in the shop already`;
  if (row.seller !== null && !known.sellers.has(row.seller))
    return `no employee has the e-mail ${row.seller}`;
  return null;
}
