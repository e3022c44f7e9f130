// Rows that earlier chunks stored of an invoice before one of its rows was rejected are removed with their sale, but only the file
// has their text. At its end it is read again up to there, with a checkpoint of its own, and they become rejected rows.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { violates } from "../platform/d1.ts";
import { advanceRereading, storeRejectedRows } from "./checkpoint.ts";
import type { ImportState } from "./consume.ts";
import { readRecords } from "./file/read.ts";
import { recordText } from "./file/records.ts";
import { fileKey } from "./jobs.ts";
import { planOfHeader } from "./mapping/resolve.ts";
import { saleImporter } from "./rows/row-importers.ts";

const heldRow = z.object({ invoice: z.string(), reason: z.string(), reread_before: z.number() });

/** Rejects the rows that were removed. Resolves to "more" if another message must continue, "ended" if another consumer does. */
export async function rejectHeldRows(
  ctx: Ctx,
  importId: string,
  state: ImportState,
  maxStatements: number,
): Promise<"done" | "more" | "ended"> {
  if (state.kind !== "sales") return "done";
  const tenantId = ctx.tenant.id;
  const held = await ctx.db.all(
    heldRow,
    sql`SELECT invoice, reason, reread_before FROM import_held
      WHERE tenant_id = ${tenantId} AND import_id = ${importId} AND reread_before > 0`,
  );
  const byInvoice = new Map(held.map((each) => [each.invoice, each]));
  const end = Math.max(0, ...held.map(({ reread_before }) => reread_before));
  const plan = state.plan ?? planOfHeader(state.kind, state.columns);
  let from = { bytes_reread: state.bytes_reread, rows_reread: state.rows_reread };
  while (from.rows_reread + 1 + plan.header_row < end && from.bytes_reread < state.bytes_total) {
    const first = from.rows_reread + 1 + plan.header_row;
    const { chunk, records } = await readRecords(
      ctx.env.FILES,
      fileKey(tenantId, importId),
      { from: from.bytes_reread, to: state.bytes_total },
      plan,
    );
    const readable = records.flatMap(({ fields }, at) =>
      fields ? [{ row: first + at, value: fields }] : [],
    );
    const reasons = new Map<number, string>();
    for (const { row, value } of saleImporter.parseChunk(ctx, plan, readable).rows) {
      const invoice = byInvoice.get(value.invoice);
      if (invoice && row < invoice.reread_before) reasons.set(row, invoice.reason);
    }
    const rejected = [...reasons].map(([row, reason]) => {
      const record = records[row - first];
      return { row, reason, text: record ? recordText(chunk, record) : "" };
    });
    const next = {
      bytes_reread: from.bytes_reread + (records.at(-1)?.end ?? chunk.length),
      rows_reread: from.rows_reread + records.length,
    };
    try {
      await ctx.db.batch([
        advanceRereading(tenantId, importId, from, next, rejected.length),
        ...storeRejectedRows(tenantId, importId, rejected),
      ]);
    } catch (error) {
      if (violates(error, "imports.bytes_reread")) return "ended";
      throw error;
    }
    from = next;
    if (ctx.db.cost.statements >= maxStatements) return "more";
    await scheduler.wait(1);
  }
  return "done";
}
