// What the night makes of the sale lines. All but customer_products is rebuilt whole, a day or a product at a time.
import { sql } from "drizzle-orm";
import { check, foreignKey, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "../auth/tables.ts";
import { products } from "../catalog/tables.ts";
import { saleLines } from "../sales/tables.ts";

// Refunds count with their sign; `orders` are the sales that are no refunds.
export const dailyProducts = sqliteTable(
  "daily_products",
  {
    tenantId: text("tenant_id").notNull(),
    day: text().notNull(),
    productId: text("product_id").notNull(),
    units: integer().notNull(),
    orders: integer().notNull(),
    revenue: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.day, t.productId] }),
    foreignKey({ columns: [t.tenantId, t.productId], foreignColumns: [products.tenantId, products.id] }),
  ],
);

// `baskets` is a JSON array of the day's sales, each an array of its distinct products; `lines` counts them all. One row
// a day: the neighbours are computed from a year of sales by reading a few hundred rows.
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

// Where among somebody's sales a product is: an index, never a fact. Whether he still has it is read from sale and line.
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
  ],
);

// `neighbours` is a JSON array of [product id, score], best first: a row a product instead of twenty, so that a night
// writes as many rows as there are products that changed, and 50 purchases are looked up by 50 rows.
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
