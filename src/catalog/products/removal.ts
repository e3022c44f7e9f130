// A product that is removed while its row cannot be deleted keeps its id and nothing else: its SKU is free, and nobody sees it.
import { sql, type SQL } from "drizzle-orm";

/** The assignments that remove a product, of which neither stock nor sales remain. */
export const removeProduct = (
  at: string,
): SQL => sql`removed_at = ${at}, sku = char(31) || id, sku_key = char(31) || id,
  title = '', description = NULL, category = NULL, price = 0, cost = NULL, tax_rate_id = NULL, stock = NULL,
  low_stock_threshold = NULL, isbn = NULL, barcodes = '[]', author = NULL, publisher = NULL, language = NULL, pages = NULL,
  publication_year = NULL, cover_image_url = NULL, rating = NULL, series = NULL, import_id = NULL, added_by_import = NULL,
  is_active = 0, version = version + 1, text_version = version + 1, indexed_version = version + 1, updated_at = ${at}`;
