// product_search is joined by rowid, and rebuilding a table may renumber its rows: a migration that rebuilds products must
// also empty product_search and set indexed_version = 0. Triggers in migrations/ maintain category_counts, product_barcodes and product_facets,
// record product.low_stock events and set saved_items.was_out.
import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { tenants, users } from "../auth/tables.ts";
import { TITLE_KEY } from "./products/title-key.ts";

export const products = sqliteTable(
  "products",
  {
    tenantId: text("tenant_id")
      .notNull()
      .references(() => tenants.id),
    id: text().notNull(),
    // As it was first written.
    sku: text().notNull(),
    // In NFC and lower case, which makes it unique; NULL until a job computes it for rows of before. Products that had the same key
    // then have their id after a control character, which no SKU contains.
    skuKey: text("sku_key"),
    title: text().notNull(),
    titleKey: text("title_key").generatedAlwaysAs(sql.raw(TITLE_KEY)),
    description: text(),
    category: text(),
    // Minor units for one `unit`.
    price: integer().notNull(),
    // Minor units for one `unit`; only staff see it.
    cost: integer(),
    unit: text().notNull().default("piece"),
    // NULL: the default rate of the shop. Triggers require that the rate is active when a product gets it.
    taxRateId: text("tax_rate_id"),
    // Thousandths of the unit; NULL: not tracked. Triggers keep pieces whole.
    stock: integer(),
    isbn: text(),
    // A JSON array; product_barcodes has the same codes as rows.
    barcodes: text().notNull().default("[]"),
    author: text(),
    publisher: text(),
    language: text(),
    pages: integer(),
    publicationYear: integer("publication_year"),
    coverImageUrl: text("cover_image_url"),
    rating: real(),
    series: text(),
    // The last import that wrote the row: a file may contain a SKU only once.
    importId: text("import_id"),
    // The import that added the product.
    addedByImport: text("added_by_import"),
    // The file name of a cover in R2: a product uses it as long as its URL refers to it.
    coverFile: text("cover_file").generatedAlwaysAs(
      sql`CASE WHEN instr(cover_image_url, '/api/v1/covers/' || tenant_id || '/') > 0
        THEN substr(cover_image_url, instr(cover_image_url, '/api/v1/covers/' || tenant_id || '/')
          + length('/api/v1/covers/' || tenant_id || '/')) END`,
      { mode: "virtual" },
    ),
    // Unrated products sort below every rating, with a value that a cursor can hold.
    ratingKey: real("rating_key").generatedAlwaysAs(sql`coalesce(rating, -1)`),
    // Thousandths
    lowStockThreshold: integer("low_stock_threshold"),
    isActive: integer("is_active").notNull().default(1),
    // Increases with every change of the row; the ETag is derived from it.
    version: integer().notNull().default(1),
    // The version that last changed the text, and the version whose text is indexed.
    textVersion: integer("text_version").notNull().default(1),
    indexedVersion: integer("indexed_version").notNull().default(0),
    // Thousandths sold less thousandths refunded, over all days whose products are built.
    sold: integer().notNull().default(0),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
    // The product was removed by the undo of an import, and only its row remains.
    removedAt: text("removed_at"),
    // The last of these days on which it was sold; '' without one.
    lastSoldDay: text("last_sold_day").notNull().default(""),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    uniqueIndex("products_sku").on(t.tenantId, t.sku),
    uniqueIndex("products_sku_key").on(t.tenantId, t.skuKey),
    index("products_without_sku_key")
      .on(t.tenantId, t.id)
      .where(sql`sku_key IS NULL`),
    // Every list has either visible or hidden products.
    index("products_newest").on(t.tenantId, t.isActive, t.id),
    index("products_by_price").on(t.tenantId, t.isActive, t.price, t.id),
    index("products_by_title").on(t.tenantId, t.isActive, t.titleKey, t.id),
    index("products_by_rating").on(t.tenantId, t.isActive, t.ratingKey, t.id),
    index("products_by_category")
      .on(t.tenantId, t.isActive, t.category, t.id)
      .where(sql`category IS NOT NULL`),
    // A category in each order: otherwise a page of a small category would scan the shop.
    index("products_by_category_price")
      .on(t.tenantId, t.isActive, t.category, t.price, t.id)
      .where(sql`category IS NOT NULL`),
    index("products_by_category_title")
      .on(t.tenantId, t.isActive, t.category, t.titleKey, t.id)
      .where(sql`category IS NOT NULL`),
    index("products_by_category_rating")
      .on(t.tenantId, t.isActive, t.category, t.ratingKey, t.id)
      .where(sql`category IS NOT NULL`),
    index("products_by_author")
      .on(t.tenantId, t.isActive, t.author, t.id)
      .where(sql`author IS NOT NULL`),
    index("products_by_series")
      .on(t.tenantId, t.isActive, t.series, t.id)
      .where(sql`series IS NOT NULL`),
    index("products_by_sold").on(t.tenantId, t.isActive, t.sold, t.id),
    index("products_by_language")
      .on(t.tenantId, t.isActive, t.language, t.id)
      .where(sql`language IS NOT NULL`),
    index("products_by_isbn")
      .on(t.tenantId, t.isbn, t.isActive, t.id)
      .where(sql`isbn IS NOT NULL`),
    index("products_by_update").on(t.tenantId, t.updatedAt, t.id),
    index("products_out")
      .on(t.tenantId, t.isActive, t.id)
      .where(sql`stock = 0`),
    index("products_low_stock")
      .on(t.tenantId, t.id)
      .where(sql`stock <= low_stock_threshold AND is_active = 1`),
    // Not partial by the stock: then each sale would write it.
    index("products_by_last_sale").on(t.tenantId, t.lastSoldDay, t.id),
    index("products_unindexed")
      .on(t.tenantId, t.id)
      .where(sql`indexed_version < text_version`),
    // Without the tenant: the oldest pending product of all shops.
    index("products_unindexed_age")
      .on(t.updatedAt)
      .where(sql`indexed_version < text_version`),
    index("products_cover")
      .on(t.tenantId, t.coverFile)
      .where(sql`cover_file IS NOT NULL`),
    check("products_price_positive", sql`price BETWEEN 0 AND 9007199254740991`),
    check("products_stock_positive", sql`stock BETWEEN 0 AND 9007199254740991`),
    check("products_is_active", sql`is_active IN (0, 1)`),
  ],
);

// The product of each barcode, maintained by triggers on products.
export const productBarcodes = sqliteTable(
  "product_barcodes",
  {
    tenantId: text("tenant_id").notNull(),
    code: text().notNull(),
    productId: text("product_id").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.code] }),
    foreignKey({ columns: [t.tenantId, t.productId], foreignColumns: [products.tenantId, products.id] }),
  ],
);

export const stockMoves = sqliteTable(
  "stock_moves",
  {
    tenantId: text("tenant_id").notNull(),
    productId: text("product_id").notNull(),
    id: text().notNull(),
    // Thousandths
    delta: integer().notNull(),
    reason: text().notNull(),
    reference: text(),
    actorId: text("actor_id"),
    createdAt: text("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.productId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.productId], foreignColumns: [products.tenantId, products.id] }),
    check(
      "stock_moves_reason",
      sql`reason IN ('sale', 'refund', 'received', 'count', 'damage', 'correction')`,
    ),
  ],
);

// The number of visible products of a category, maintained by triggers on products.
export const categoryCounts = sqliteTable(
  "category_counts",
  {
    tenantId: text("tenant_id").notNull(),
    category: text().notNull(),
    products: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.category] }),
    check("category_counts_products", sql`products >= 0`),
  ],
);

// What facets count of the products from `first_id` up to the next row, so that a list reads a row instead of hundreds of products. A shop has
// rows for all ids from '' on. Triggers on products set NULL when one of these products has changed; a sweep stores them again.
export const productFacets = sqliteTable(
  "product_facets",
  {
    tenantId: text("tenant_id").notNull(),
    firstId: text("first_id").notNull(),
    // A JSON array of [category, author, language, price, is_active, in_stock], each 0 or 1 for the last two; none of a removed product.
    products: text(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.firstId] }),
    index("product_facets_stale")
      .on(t.tenantId, t.firstId)
      .where(sql`products IS NULL`),
    check("product_facets_products", sql`json_valid(products)`),
  ],
);

// Favorites and wishlists. `was_out` is 1 if the product has been out of stock when it was saved or since.
export const savedItems = sqliteTable(
  "saved_items",
  {
    tenantId: text("tenant_id").notNull(),
    userId: text("user_id").notNull(),
    list: text().notNull(),
    productId: text("product_id").notNull(),
    // 1 (highest) to 5; favorites have 0.
    priority: integer().notNull(),
    price: integer().notNull(),
    wasOut: integer("was_out").notNull(),
    createdAt: text("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.userId, t.list, t.productId] }),
    foreignKey({ columns: [t.tenantId, t.userId], foreignColumns: [users.tenantId, users.id] }),
    foreignKey({ columns: [t.tenantId, t.productId], foreignColumns: [products.tenantId, products.id] }),
    index("saved_items_order").on(
      t.tenantId,
      t.userId,
      t.list,
      t.priority,
      sql`created_at DESC`,
      sql`product_id DESC`,
    ),
    index("saved_items_in_stock")
      .on(t.tenantId, t.productId)
      .where(sql`was_out = 0`),
    check("saved_items_list", sql`list IN ('favorites', 'wishlist')`),
    check("saved_items_priority", sql`priority BETWEEN 0 AND 5 AND (list = 'favorites') = (priority = 0)`),
    check("saved_items_was_out", sql`was_out IN (0, 1)`),
  ],
);
