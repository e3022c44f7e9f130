import { z } from "@hono/zod-openapi";
import { Id } from "../values/ids.ts";
import { listOf } from "../http/pagination.ts";

export const ImportKind = z.enum(["sales", "products"]);

export const ImportStatus = z
  .object({
    id: Id,
    kind: ImportKind,
    status: z.enum(["queued", "running", "done", "failed"]),
    error: z.string().nullable().openapi({ description: "why the import failed" }),
    ignored_columns: z
      .array(z.string())
      .openapi({ description: "columns of the file that the import ignores" }),
    bytes_total: z.int().openapi({ description: "size of the decompressed file", example: 47226068 }),
    bytes_read: z.int().openapi({ example: 47226068 }),
    rows_read: z.int().openapi({ example: 541909 }),
    rows_accepted: z.int().openapi({ example: 541909 }),
    rows_rejected: z.int().openapi({ example: 0 }),
    created_at: z.iso.datetime(),
    started_at: z.iso.datetime().nullable(),
    finished_at: z.iso.datetime().nullable(),
  })
  .openapi("Import");

export const ImportList = listOf(ImportStatus).openapi("ImportList");
