import type { z } from "zod";
import { kindOf, type Kind } from "./kind.ts";
import { productLayout, readProductRow } from "./product-rows.ts";
import { settleProducts } from "./product-store.ts";
import { readSaleRow, saleLayout } from "./sale-rows.ts";
import { settleSales } from "./sale-store.ts";
import type { ImportKind } from "../schema.ts";

/** What can be imported. */
export const kinds: Record<z.infer<typeof ImportKind>, Kind> = {
  sales: kindOf(saleLayout, readSaleRow, settleSales),
  products: kindOf(productLayout, readProductRow, settleProducts),
};
