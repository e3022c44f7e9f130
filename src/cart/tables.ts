// A cart reserves no stock. A trigger limits it to 100 lines.
import { sql } from "drizzle-orm";
import { check, foreignKey, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "../auth/tables.ts";
import { products } from "../catalog/tables.ts";

export const cartItems = sqliteTable(
  "cart_items",
  {
    tenantId: text("tenant_id").notNull(),
    userId: text("user_id").notNull(),
    productId: text("product_id").notNull(),
    quantity: integer().notNull(),
    // The price when the product was added, to show whether it has changed since.
    price: integer().notNull(),
    addedAt: text("added_at").notNull(),
    // The day on which the cart got its first line; NULL for lines of before. All lines of a cart have the same, by which it is
    // counted.
    cartDay: text("cart_day"),
    // Where the buyer found the product; '' if the request does not say.
    origin: text().notNull().default(""),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.userId, t.productId] }),
    foreignKey({ columns: [t.tenantId, t.userId], foreignColumns: [users.tenantId, users.id] }),
    foreignKey({ columns: [t.tenantId, t.productId], foreignColumns: [products.tenantId, products.id] }),
    check("cart_items_quantity", sql`quantity BETWEEN 1 AND 999000`),
  ],
);

// Carts by the day on which they were started: how many, and how many of them were ordered until now. Those that were counted before
// daily_cart_lines counted them.
export const dailyCarts = sqliteTable(
  "daily_carts",
  {
    tenantId: text("tenant_id").notNull(),
    day: text().notNull(),
    started: integer().notNull(),
    ordered: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day] })],
);

// The lines of carts by the day on which these were started and the origin of the product, and the carts themselves: each is counted
// in the row of one of its lines, so that a change of a cart writes one row more.
export const dailyCartLines = sqliteTable(
  "daily_cart_lines",
  {
    tenantId: text("tenant_id").notNull(),
    day: text().notNull(),
    origin: text().notNull(),
    added: integer().notNull(),
    ordered: integer().notNull(),
    cartsStarted: integer("carts_started").notNull().default(0),
    cartsOrdered: integer("carts_ordered").notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day, t.origin] })],
);
