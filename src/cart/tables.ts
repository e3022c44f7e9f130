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
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.userId, t.productId] }),
    foreignKey({ columns: [t.tenantId, t.userId], foreignColumns: [users.tenantId, users.id] }),
    foreignKey({ columns: [t.tenantId, t.productId], foreignColumns: [products.tenantId, products.id] }),
    check("cart_items_quantity", sql`quantity BETWEEN 1 AND 999000`),
  ],
);
