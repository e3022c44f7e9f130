import { sql } from "drizzle-orm";
import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  erased: { saved_items: "deleted" },
  retained: {
    products: "belongs to the shop",
    product_barcodes: "belongs to the shop",
    stock_moves: "ids; references belong to the shop's books",
    category_counts: "belongs to the shop",
    product_search: "words of products; search queries are not stored",
  },
  withAccount: (tenantId, userId) => [
    sql`DELETE FROM saved_items WHERE tenant_id = ${tenantId} AND user_id = ${userId}`,
  ],
};
