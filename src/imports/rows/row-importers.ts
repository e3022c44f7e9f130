import type { z } from "zod";
import type { ImportKind } from "../schema.ts";
import { prepareProducts } from "./product-store.ts";
import { parseProductRow, productLayout } from "./product-rows.ts";
import { rowImporter, type RowImporter } from "./row-importer.ts";
import { parseSaleRow, saleLayout } from "./sale-rows.ts";
import { prepareSales } from "./sale-store.ts";

export const rowImporters: Record<z.infer<typeof ImportKind>, RowImporter> = {
  sales: rowImporter(saleLayout, parseSaleRow, prepareSales),
  products: rowImporter(productLayout, parseProductRow, prepareProducts),
};
