// A cart reserves no stock. A trigger limits it to 100 lines.
import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { tenants } from "../auth/tables.ts";
import { products } from "../catalog/tables.ts";

// The cart of an account has the id of the account and neither a token nor an expiry. That of a guest has both.
export const carts = sqliteTable(
  "carts",
  {
    tenantId: text("tenant_id")
      .notNull()
      .references(() => tenants.id),
    id: text().notNull(),
    // Only the hash of a guest's token is stored.
    tokenHash: text("token_hash"),
    // A keyed hash of the day and the network from which the cart was created, to limit how many an address creates.
    createdFrom: text("created_from"),
    createdAt: text("created_at").notNull(),
    expiresAt: text("expires_at"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    uniqueIndex("carts_token")
      .on(t.tenantId, t.tokenHash)
      .where(sql`token_hash IS NOT NULL`),
    index("carts_created_from")
      .on(t.tenantId, t.createdFrom)
      .where(sql`created_from IS NOT NULL`),
    check("carts_guest", sql`(token_hash IS NULL) = (expires_at IS NULL)`),
  ],
);

export const cartItems = sqliteTable(
  "cart_items",
  {
    tenantId: text("tenant_id").notNull(),
    cartId: text("cart_id").notNull(),
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
    primaryKey({ columns: [t.tenantId, t.cartId, t.productId] }),
    foreignKey({ columns: [t.tenantId, t.cartId], foreignColumns: [carts.tenantId, carts.id] }).onDelete(
      "cascade",
    ),
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
