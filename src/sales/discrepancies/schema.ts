import { z } from "@hono/zod-openapi";
import { Flag } from "../../http/named.ts";
import { Id } from "../../values/ids.ts";
import { JsonOrCsvQuery } from "../../http/csv.ts";
import { listOf, PageQuery } from "../../http/pagination.ts";
import { Quantity, Unit } from "../../values/quantities.ts";

export const StockDiscrepancy = z
  .object({
    id: Id,
    product_id: Id,
    sku: z.string(),
    title: z.string(),
    unit: Unit,
    missing: Quantity,
    sale_id: Id,
    sale_number: z.string().openapi({ example: "C-000123" }),
    created_at: z.iso.datetime().openapi({ description: "when the sale arrived" }),
    resolved_at: z.iso.datetime().nullable(),
    resolved_by: Id.nullable().openapi({
      description: "who counted; null while it is open, and if an import of products counted",
    }),
  })
  .openapi("StockDiscrepancy", {
    description: "What a sale took beyond the stock. A count of the product resolves it.",
  });

export const StockDiscrepancyList = listOf(StockDiscrepancy).openapi("StockDiscrepancyList");

export const StockDiscrepancyQuery = z.strictObject({
  ...PageQuery,
  open: Flag.default("true").openapi({ default: "true" }),
  product_id: Id.optional(),
  ...JsonOrCsvQuery,
  tenant: z.string().max(100).optional(),
});
