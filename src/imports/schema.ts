import { z } from "@hono/zod-openapi";
import { Id } from "../values/ids.ts";
import { listOf } from "../http/pagination.ts";

export const ImportKind = z.enum(["sales", "products"]).openapi("ImportKind");

export const ImportStatus = z
  .object({
    id: Id,
    kind: ImportKind,
    status: z.enum(["queued", "running", "done", "failed", "undoing", "undone"]),
    error: z.string().nullable().openapi({ description: "why the import failed" }),
    ignored_columns: z
      .array(z.string())
      .openapi({ description: "columns of the file that the import ignores" }),
    bytes_total: z.int().openapi({ description: "size of the decompressed file", example: 47226068 }),
    bytes_read: z.int().openapi({ example: 47226068 }),
    rows_read: z.int().openapi({ example: 541909 }),
    rows_accepted: z.int().openapi({ example: 541909 }),
    rows_rejected: z.int().openapi({ example: 0 }),
    rows_skipped: z.int().openapi({
      description: "rows that are empty or no sales, such as those of cancelled orders",
      example: 0,
    }),
    rows_known: z.int().openapi({
      description: "rows of invoices that the shop had already, with the same content",
      example: 0,
    }),
    undone_sales: z.int().openapi({ description: "sales and refunds that an undo has removed" }),
    undone_products: z.int().openapi({ description: "products that an undo has removed" }),
    undone_customers: z.int().openapi({
      description: "customers whom only this import had, and whom an undo has removed",
    }),
    undo_retained: z.int().openapi({
      description: "sales and products that an undo has left in place; GET /imports/{id}/retained lists them",
    }),
    created_at: z.iso.datetime(),
    started_at: z.iso.datetime().nullable(),
    finished_at: z.iso
      .datetime()
      .nullable()
      .openapi({ description: "null while the import runs or is undone" }),
  })
  .openapi("Import");

export const ImportList = listOf(ImportStatus).openapi("ImportList");

const FormatNames = z.object({
  dates: z
    .enum(["dmy", "mdy", "ymd"])
    .openapi("DateOrder")
    .openapi({ description: "the order of day, month and year in dates that do not begin with the year" }),
  decimal: z
    .enum(["comma", "point"])
    .openapi("DecimalSeparator")
    .openapi({ description: "the decimal separator" }),
});

const Reasons = z.array(
  z.object({
    reason: z.string().openapi({ example: "Quantity is 0" }),
    count: z.int(),
    examples: z
      .array(z.object({ row: z.int(), text: z.string() }))
      .openapi({ description: "at most three rows" }),
  }),
);

export const DryRunReport = z
  .object({
    kind: ImportKind,
    is_partial: z
      .boolean()
      .openapi({ description: "with `dry_run=head`: only the first rows of the file were read" }),
    preset: z
      .string()
      .nullable()
      .openapi({ description: "the known layout of the file", example: "shopify-orders" }),
    encoding: z.string().openapi({ example: "utf-8" }),
    delimiter: z.string().openapi({ example: ";" }),
    header_row: z.int(),
    columns: z.array(z.string()).openapi({ description: "the columns of the file" }),
    sample: z.array(z.array(z.string())).openapi({
      description: "the first three rows of the file, with cells of at most 60 characters",
    }),
    ignored_columns: z.array(z.string()),
    mapping: z.record(z.string(), z.string()).openapi({
      description: "the column of each field",
      example: { InvoiceNo: "Factura", UnitPrice: "Precio" },
    }),
    constants: z.record(z.string(), z.string()),
    formats: FormatNames,
    rows: z.int().openapi({ description: "rows of the file without its header" }),
    rows_accepted: z.int(),
    rows_rejected: z.int(),
    rows_skipped: z.int(),
    rows_known: z.int(),
    sales: z.int(),
    refunds: z.int(),
    revenue: z.int().openapi({ description: "minor units, refunds deducted" }),
    currency: z.string(),
    months: z.array(z.object({ month: z.string().openapi({ example: "2026-04" }), revenue: z.int() })),
    first_day: z.iso.date().nullable(),
    last_day: z.iso.date().nullable(),
    new_products: z.int().openapi({ description: "products that the shop does not have yet" }),
    new_customers: z.int().openapi({ description: "customers of the rows that the shop does not have yet" }),
    rejects: Reasons,
    skipped: Reasons,
  })
  .openapi("ImportDryRun");
