import type { z } from "zod";
import type { ImportKind } from "../schema.ts";
import { isMostrador } from "../mapping/presets/mostrador.ts";
import { exportedNumber, parseExportedLine } from "./exported-lines.ts";
import { prepareProducts } from "./product-store.ts";
import { parseProducts, productColumns, type ProductRow } from "./product-rows.ts";
import { parseEach, rowImporter, type RowImporter } from "./row-importer.ts";
import { parseOrders } from "./sale-orders.ts";
import { invoiceOf } from "./sale-cells.ts";
import { parseSaleRow, type SaleRow } from "./sale-rows.ts";
import { prepareSales } from "./sale-store.ts";

export const saleImporter: RowImporter<SaleRow> = rowImporter(
  (records, plan, format) =>
    plan.rules.by_order
      ? parseOrders(records, plan, format)
      : parseEach(records, (fields) =>
          (isMostrador(plan.preset) ? parseExportedLine : parseSaleRow)(fields, plan, format),
        ),
  prepareSales,
  () => [],
  (fields, plan, above) =>
    isMostrador(plan.preset) ? exportedNumber(fields, plan) : invoiceOf(fields, plan, above),
);

export const productImporter: RowImporter<ProductRow> = rowImporter(
  parseProducts,
  prepareProducts,
  productColumns,
);

export const rowImporters: Record<z.infer<typeof ImportKind>, RowImporter> = {
  sales: saleImporter,
  products: productImporter,
};
