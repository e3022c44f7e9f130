// Built every night from the sale lines. Except for customer_products, rows are rebuilt per day or per product.
import { sql } from "drizzle-orm";
import { check, foreignKey, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "../auth/tables.ts";
import { products } from "../catalog/tables.ts";
import { saleLines } from "../sales/tables.ts";

// `baskets` is a JSON array of the day's sales, each an array of its distinct products; `lines` is their total number. With one
// row per day the neighbours of a year of sales are computed from a few hundred rows.
export const dailyBaskets = sqliteTable(
  "daily_baskets",
  {
    tenantId: text("tenant_id").notNull(),
    day: text().notNull(),
    lines: integer().notNull(),
    baskets: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.day] }),
    check("daily_baskets_baskets", sql`json_valid(baskets)`),
  ],
);

// An index of the sales in which a customer bought a product. Whether it was refunded is read from the sale and its line.
export const customerProducts = sqliteTable(
  "customer_products",
  {
    tenantId: text("tenant_id").notNull(),
    customerId: text("customer_id").notNull(),
    productId: text("product_id").notNull(),
    saleId: text("sale_id").notNull(),
    lineNo: integer("line_no").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.customerId, t.productId, t.saleId, t.lineNo] }),
    foreignKey({ columns: [t.tenantId, t.customerId], foreignColumns: [users.tenantId, users.id] }),
    foreignKey({
      columns: [t.tenantId, t.saleId, t.lineNo],
      foreignColumns: [saleLines.tenantId, saleLines.saleId, saleLines.lineNo],
    }),
    // For the foreign key, when the undo of an import deletes lines.
    index("customer_products_sale").on(t.tenantId, t.saleId, t.lineNo),
  ],
);

// `neighbours` is a JSON array of [product id, score], best first. With one row per product instead of twenty, a night writes
// one row for each product that changed, and 50 purchases are looked up by reading 50 rows.
export const productNeighbours = sqliteTable(
  "product_neighbours",
  {
    tenantId: text("tenant_id").notNull(),
    productId: text("product_id").notNull(),
    neighbours: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.productId] }),
    foreignKey({ columns: [t.tenantId, t.productId], foreignColumns: [products.tenantId, products.id] }),
    check("product_neighbours_neighbours", sql`json_array_length(neighbours) BETWEEN 1 AND 20`),
  ],
);
