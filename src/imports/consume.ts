// The consumer of an import reads the file by range and stores each piece's rows, rejects and the checkpoint in ONE batch.
// Killed anywhere, the next consumer goes on at the checkpoint; two at once cannot both move it. An invoice belongs to
// the import that brought it first: in a second file it is refused, so a file can be sent again without harm.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base, Tenant } from "../context.ts";
import { refusedBy, rows } from "../db.ts";
import { newId } from "../ids.ts";
import { minorDigits } from "../money.ts";
import { rebuildDirtyDays } from "../rollups/rebuild.ts";
import { touchDays } from "../sales/record.ts";
import { fileKey } from "./jobs.ts";
import { recordsOf, textOf, type CsvRecord } from "./records.ts";
import { positionsOf } from "./sale-columns.ts";
import { readSaleRow, Refused, type SaleRow } from "./sale-rows.ts";

// JSON of the rows of a piece stays below what D1 takes as one value (2 MB), whatever characters they have.
const PIECE_BYTES = 512 * 1024;
// Then another message goes on: a consumer's CPU time and its D1 calls are limited.
const BYTES_A_MESSAGE = 24 * 1024 * 1024;

const stateRow = z.object({
  status: z.enum(["queued", "running", "done", "failed"]),
  columns: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
  bytes_total: z.number(),
  bytes_read: z.number(),
  rows_read: z.number(),
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
  bytesAMessage = BYTES_A_MESSAGE,
): Promise<"more" | "ended"> {
  const where = sql`tenant_id = ${tenant.id} AND id = ${importId}`;
  const [found] = await ctx.db.all(
    stateRow,
    sql`SELECT status, columns, bytes_total, bytes_read, rows_read FROM imports WHERE ${where}`,
  );
  if (!found || found.status === "done" || found.status === "failed") return "ended";
  let state = found;
  const until = Math.min(state.bytes_total, state.bytes_read + bytesAMessage);
  while (state.bytes_read < until) {
    const next = await importPiece(ctx, tenant, importId, state);
    // Another consumer moved the checkpoint: the import is its now.
    if (!next) return "ended";
    state = next;
    // A timer makes the runtime look at its sockets: without it a long import keeps other requests waiting.
    await scheduler.wait(1);
  }
  if (state.bytes_read < state.bytes_total) return "more";
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
  await rebuildDirtyDays(ctx, tenantId);
  await finish(ctx, tenantId, importId, "failed", error);
}

async function finish(ctx: Base, tenantId: string, importId: string, status: string, error: string | null) {
  const now = new Date().toISOString();
  await ctx.db
    .run(sql`UPDATE imports SET status = ${status}, error = ${error}, progress_at = ${now}, finished_at = ${now},
      started_at = coalesce(started_at, ${now})
    WHERE tenant_id = ${tenantId} AND id = ${importId} AND finished_at IS NULL`);
  await ctx.env.FILES.delete(fileKey(tenantId, importId));
}

type Reject = { row: number; reason: string; text: string };
type Numbered = SaleRow & { row: number; record: CsvRecord };

/** Stores the next piece; null where another consumer has it. Two round trips. */
async function importPiece(ctx: Base, tenant: Tenant, importId: string, state: State): Promise<State | null> {
  const length = Math.min(PIECE_BYTES, state.bytes_total - state.bytes_read);
  const object = await ctx.env.FILES.get(fileKey(tenant.id, importId), {
    range: { offset: state.bytes_read, length },
  });
  if (!object) throw new Error(`the file of import ${importId} is gone`);
  const piece = Buffer.from(await object.arrayBuffer());
  const records = await recordsOf(piece, state.bytes_read + length === state.bytes_total);
  const { accepted, rejects } = read(records, piece, state, tenant);
  const known = await lookUp(ctx, tenant.id, importId, accepted);
  const lines: Numbered[] = [];
  for (const row of accepted) {
    const reason = whyRefused(row, known);
    if (reason === null) lines.push(row);
    else rejects.push({ row: row.row, reason, text: textOf(piece, row.record) });
  }
  const next: State = {
    ...state,
    status: "running",
    bytes_read: state.bytes_read + (records.at(-1)?.end ?? length),
    rows_read: state.rows_read + records.length,
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
    // As a spreadsheet numbers it: the header is row 1.
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

/** What the shop knows of the rows: who sells, by e-mail, and which invoices are taken. */
type Known = { sellers: Map<string, string>; invoices: Map<string, { isOurs: boolean; day: string }> };

async function lookUp(ctx: Base, tenantId: string, importId: string, lines: SaleRow[]): Promise<Known> {
  const emails = JSON.stringify([...new Set(lines.flatMap((line) => line.seller ?? []))]);
  const invoices = JSON.stringify([...new Set(lines.map((line) => line.invoice))]);
  const [users, sales] = await ctx.db.batch([
    sql`SELECT email, id FROM users WHERE tenant_id = ${tenantId} AND role IN ('EMPLOYEE', 'ADMIN')
      AND email IN (SELECT value FROM json_each(${emails}))`,
    sql`SELECT external_ref, import_id, day FROM sales WHERE tenant_id = ${tenantId}
      AND external_ref IN (SELECT value FROM json_each(${invoices}))`,
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

/** Compare and set: where another consumer was faster the NOT NULL of bytes_read fails, and the batch with it. */
const moveCheckpoint = (
  tenantId: string,
  importId: string,
  from: State,
  to: State,
  accepted: number,
  rejected: number,
): SQL => {
  const now = new Date().toISOString();
  return sql`UPDATE imports SET status = 'running', started_at = coalesce(started_at, ${now}), progress_at = ${now},
      bytes_read = CASE WHEN bytes_read = ${from.bytes_read} AND finished_at IS NULL THEN ${to.bytes_read} END,
      rows_read = ${to.rows_read}, rows_accepted = rows_accepted + ${accepted},
      rows_rejected = rows_rejected + ${rejected}
    WHERE tenant_id = ${tenantId} AND id = ${importId}`;
};

const storeRejects = (tenantId: string, importId: string, rejects: Reject[]): SQL[] =>
  rejects.length === 0
    ? []
    : [
        sql`INSERT INTO import_rejects (tenant_id, import_id, row, reason, text)
          SELECT ${tenantId}, ${importId}, value ->> 'row', value ->> 'reason', value ->> 'text'
          FROM json_each(${JSON.stringify(rejects)})`,
      ];

/** The statements that store the lines of a piece, with the products and invoices that are new. */
function storeSales(ctx: Base, tenantId: string, importId: string, lines: SaleRow[], known: Known): SQL[] {
  if (lines.length === 0) return [];
  const invoices = Map.groupBy(lines, (line) => line.invoice);
  const products = Map.groupBy(lines, (line) => line.sku);
  const at = ctx.now.toISOString();
  const productJson = JSON.stringify([...products].map(([sku, of]) => productOf(sku, of)));
  const saleJson = JSON.stringify([...invoices].map(([invoice, of]) => saleOf(invoice, of, known)));
  const lineJson = JSON.stringify(
    [...invoices.values()].flatMap((of) =>
      of.map((line, index) => [
        line.invoice,
        // Counted back from the invoice's lines, which include this piece's by now.
        index + 1 - of.length,
        line.sku,
        line.description || line.sku,
        line.quantity,
        line.unitPrice,
        line.exactPrice,
        line.subtotal,
      ]),
    ),
  );
  const days = new Set(
    [...invoices].map(([invoice, [first]]) => known.invoices.get(invoice)?.day ?? first?.day),
  );
  return [
    sql`INSERT INTO products (tenant_id, id, sku, title, price, created_at, updated_at)
      SELECT ${tenantId}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, ${at}, ${at}
      FROM json_each(${productJson}) WHERE true ON CONFLICT (tenant_id, sku) DO NOTHING`,
    sql`INSERT INTO sales (tenant_id, id, kind, channel, status, seller_id, customer_ref, country, external_ref, import_id,
        total, units, lines, placed_at, day, created_at)
      SELECT ${tenantId}, value ->> 'id', value ->> 'kind', 'import', 'completed', value ->> 'seller', value ->> 'customer',
        value ->> 'country', value ->> 'invoice', ${importId}, value ->> 'total', value ->> 'units', value ->> 'lines',
        value ->> 'at', value ->> 'day', ${at}
      FROM json_each(${saleJson}) WHERE true
      ON CONFLICT (tenant_id, external_ref) WHERE external_ref IS NOT NULL DO UPDATE SET
        lines = lines + excluded.lines, units = units + excluded.units, total = total + excluded.total
      WHERE import_id = excluded.import_id`,
    // A line whose invoice or product is not there gets NULL for it: NOT NULL fails, and the batch with it.
    sql`INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price,
        exact_price, subtotal)
      SELECT ${tenantId}, s.id, s.lines + (j.value ->> 1), p.id, j.value ->> 2, j.value ->> 3, j.value ->> 4,
        j.value ->> 5, j.value ->> 6, j.value ->> 7
      FROM json_each(${lineJson}) AS j
      LEFT JOIN sales s ON s.tenant_id = ${tenantId} AND s.external_ref = j.value ->> 0 AND s.import_id = ${importId}
      LEFT JOIN products p ON p.tenant_id = ${tenantId} AND p.sku = j.value ->> 2`,
    ...touchDays(tenantId, sql`${JSON.stringify([...days])}`),
  ];
}

/** A product that the shop may not know: its first line with a name and a price says what it is. */
function productOf(sku: string, lines: SaleRow[]): [string, string, string, number] {
  const line = lines.find((each) => each.description !== "" && each.unitPrice > 0) ?? lines[0];
  return [newId(), sku, line?.description || sku, Math.max(0, line?.unitPrice ?? 0)];
}

/** An invoice as far as this piece has it; where an earlier piece began it, the amounts are added to it. */
function saleOf(invoice: string, lines: SaleRow[], known: Known) {
  const [first] = lines;
  return {
    id: newId(),
    invoice,
    kind: first?.isRefund ? "refund" : "sale",
    seller: first?.seller ? known.sellers.get(first.seller) : null,
    customer: first?.customer ?? null,
    country: first?.country ?? null,
    at: first?.at,
    day: first?.day,
    lines: lines.length,
    units: lines.reduce((sum, line) => sum + line.quantity, 0),
    total: lines.reduce((sum, line) => sum + line.subtotal, 0),
  };
}
