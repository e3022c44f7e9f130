import { sql } from "drizzle-orm";
import type { ExportedPart, PersonalData } from "../platform/personal-data.ts";

const ITEMS_PER_PAGE = 500;

const savedItems = (list: "favorites" | "wishlist"): ExportedPart => ({
  tables: ["saved_items"],
  limit: ITEMS_PER_PAGE,
  rows: (
    { tenant_id, user_id },
    after,
  ) => sql`SELECT i.product_id AS key, json_object('product_id', i.product_id, 'sku', p.sku,
      'title', p.title, 'priority', i.priority, 'created_at', i.created_at) AS data
    FROM saved_items i NOT INDEXED CROSS JOIN products p ON p.tenant_id = i.tenant_id AND p.id = i.product_id
    WHERE i.tenant_id = ${tenant_id} AND i.user_id = ${user_id} AND i.list = ${list} AND i.product_id > ${after}
    ORDER BY i.product_id LIMIT CAST(${ITEMS_PER_PAGE} AS INTEGER)`,
});

export const personalData: PersonalData = {
  erased: { saved_items: "deleted" },
  retained: {
    products: "belongs to the shop",
    product_barcodes: "belongs to the shop",
    stock_moves: "ids; references belong to the shop's books",
    category_counts: "belongs to the shop",
    product_facets: "belongs to the shop",
    product_search: "words of products; search queries are not stored",
  },
  exported: { favorites: savedItems("favorites"), wishlist: savedItems("wishlist") },
  withAccount: (tenantId, userId) => [
    sql`DELETE FROM saved_items WHERE tenant_id = ${tenantId} AND user_id = ${userId}`,
  ],
};
