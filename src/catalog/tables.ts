// `stock` NULL is not counted. `version` grows with every change of the row: it is the ETag. `text_version` is the version
// whose text search must know, `indexed_version` the one whose text it knows. `sold` is units sold, for ranking.
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
import { tenants } from "../auth/tables.ts";

export const products = sqliteTable(
  "products",
  {
    tenantId: text("tenant_id")
      .notNull()
      .references(() => tenants.id),
    id: text().notNull(),
    sku: text().notNull(),
    title: text().notNull(),
    description: text(),
    category: text(),
    price: integer().notNull(),
    stock: integer(),
    isbn: text(),
    author: text(),
    publisher: text(),
    language: text(),
    pages: integer(),
    publicationYear: integer("publication_year"),
    coverImageUrl: text("cover_image_url"),
    rating: real(),
    series: text(),
    // The import that wrote it last: a file names a SKU once.
    importId: text("import_id"),
    // The cover that lies with us, by its name there: a product uses it while its URL names it, whoever set the URL.
    coverFile: text("cover_file").generatedAlwaysAs(
      sql`CASE WHEN instr(cover_image_url, '/api/v1/covers/' || tenant_id || '/') > 0
        THEN substr(cover_image_url, instr(cover_image_url, '/api/v1/covers/' || tenant_id || '/')
          + length('/api/v1/covers/' || tenant_id || '/')) END`,
      { mode: "virtual" },
    ),
    isActive: integer("is_active").notNull().default(1),
    version: integer().notNull().default(1),
    textVersion: integer("text_version").notNull().default(1),
    indexedVersion: integer("indexed_version").notNull().default(0),
    sold: integer().notNull().default(0),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    uniqueIndex("products_sku").on(t.tenantId, t.sku),
    index("products_price").on(t.tenantId, t.price, t.id),
    index("products_title").on(t.tenantId, t.title, t.id),
    index("products_rating").on(t.tenantId, t.rating, t.id),
    index("products_category").on(t.tenantId, t.category, t.id),
    index("products_unindexed")
      .on(t.tenantId, t.id)
      .where(sql`indexed_version < text_version`),
    index("products_cover")
      .on(t.tenantId, t.coverFile)
      .where(sql`cover_file IS NOT NULL`),
    check("products_price_positive", sql`price BETWEEN 0 AND 9007199254740991`),
    check("products_stock_positive", sql`stock BETWEEN 0 AND 9007199254740991`),
    check("products_is_active", sql`is_active IN (0, 1)`),
  ],
);

export const stockMoves = sqliteTable(
  "stock_moves",
  {
    tenantId: text("tenant_id").notNull(),
    productId: text("product_id").notNull(),
    id: text().notNull(),
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
