import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { csvStream } from "../platform/csv-stream.ts";
import { type CsvColumns, type CsvFormat, csvTable } from "../values/csv.ts";
import { encodeCursor, decodeCursor, pageOf, singleKey } from "../platform/cursor.ts";
import { returning, type Returning } from "../platform/d1.ts";
import { planOf } from "../platform/plan.ts";
import { notFound } from "../platform/problem.ts";
import { ImportStatus } from "./schema.ts";

const importRow = ImportStatus.extend({
  ignored_columns: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
});

const columns = sql.raw(
  Object.keys(ImportStatus.shape)
    .map((name) => (name === "status" ? "coalesce(undo_status, status) AS status" : name))
    .join(", "),
);

/** The statement that reads an import, for a batch. */
export const selectImport = (ctx: Ctx, id: string): Returning<z.infer<typeof ImportStatus>> =>
  returning(importRow, sql`SELECT ${columns} FROM imports WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}`);

/** One import. One round trip. @throws Problem not-found */
export async function getImport(ctx: Ctx, id: string): Promise<z.infer<typeof ImportStatus>> {
  const selected = selectImport(ctx, id);
  const done = await ctx.db.batch([selected]);
  const [row] = done.of(selected);
  if (!row) throw notFound("import");
  return row;
}

/** The shop's imports, newest first. @throws Problem invalid-cursor */
export function listImports(ctx: Ctx, query: { limit: number; cursor?: string | undefined }) {
  const [after] = decodeCursor(singleKey, "imports", ctx.tenant.id, query.cursor) ?? [];
  const found = returning(
    importRow,
    sql`SELECT ${columns} FROM imports WHERE tenant_id = ${ctx.tenant.id}
      ${after === undefined ? sql`` : sql`AND id < ${after}`} ORDER BY id DESC LIMIT ${query.limit + 1}`,
  );
  return planOf(found, (rows) =>
    pageOf(rows, query.limit, (last) => encodeCursor("imports", ctx.tenant.id, [last.id])),
  );
}

/** A page of rows of an import. One round trip, in which the first page also tells whether there is such an import. @throws Problem not-found */
async function pageOfImport<T>(ctx: Ctx, id: string, last: T | undefined, rows: Returning<T>): Promise<T[]> {
  if (last) return ctx.db.all(rows.shape, rows.statement);
  const found = selectImport(ctx, id);
  const done = await ctx.db.batch([found, rows]);
  if (done.of(found).length === 0) throw notFound("import");
  return done.of(rows);
}

const rejectRow = z.object({ row: z.number(), reason: z.string(), text: z.string() });

const rejectColumns: CsvColumns<z.infer<typeof rejectRow>> = {
  row: ({ row }, { number }) => number(row),
  reason: ({ reason }, { text }) => text(reason),
  text: (row, { text }) => text(row.text),
};

/** The rejected rows as CSV. @throws Problem not-found */
export async function rejectedRowsCsv(
  ctx: Ctx,
  id: string,
  format: CsvFormat,
): Promise<ReadableStream<Uint8Array>> {
  return csvStream(csvTable(rejectColumns, format), (last, limit) => {
    const rows = returning(
      rejectRow,
      sql`SELECT row, reason, text FROM import_rejects WHERE tenant_id = ${ctx.tenant.id} AND import_id = ${id}
        AND row > ${last?.row ?? 0} ORDER BY row LIMIT ${limit}`,
    );
    return pageOfImport(ctx, id, last, rows);
  });
}

const retainedRow = z.object({ kind: z.string(), id: z.string(), reference: z.string(), reason: z.string() });

const retainedColumns: CsvColumns<z.infer<typeof retainedRow>> = {
  kind: ({ kind }, { word }) => word(kind),
  id: ({ id }, { word }) => word(id),
  reference: ({ reference }, { text }) => text(reference),
  reason: ({ reason }, { text }) => text(reason),
};

/** What an undo left in place, as CSV. @throws Problem not-found */
export async function retainedCsv(
  ctx: Ctx,
  id: string,
  format: CsvFormat,
): Promise<ReadableStream<Uint8Array>> {
  return csvStream(csvTable(retainedColumns, format), (last, limit) => {
    const rows = returning(
      retainedRow,
      sql`SELECT kind, id, reference, reason FROM import_retained WHERE tenant_id = ${ctx.tenant.id} AND import_id = ${id}
        AND (kind, id) > (${last?.kind ?? ""}, ${last?.id ?? ""}) ORDER BY kind, id LIMIT ${limit}`,
    );
    return pageOfImport(ctx, id, last, rows);
  });
}
