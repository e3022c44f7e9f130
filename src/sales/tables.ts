// One table for the sales of all channels; a refund is a sale of kind 'refund' with negative amounts. The total, units and
// lines of a sale are sums over its sale_lines, written in the same batch.
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
import { tenants, users } from "../auth/tables.ts";
import { products } from "../catalog/tables.ts";
import { shifts } from "../shifts/tables.ts";

export const sales = sqliteTable(
  "sales",
  {
    tenantId: text("tenant_id")
      .notNull()
      .references(() => tenants.id),
    id: text().notNull(),
    kind: text().notNull(),
    channel: text().notNull(),
    status: text().notNull(),
    refundOf: text("refund_of"),
    reason: text(),
    sellerId: text("seller_id"),
    customerId: text("customer_id"),
    customerRef: text("customer_ref"),
    // The customer, with an account or only named by an import.
    customerKey: text("customer_key").generatedAlwaysAs(sql`coalesce(customer_id, customer_ref)`),
    // The shift of the seller.
    shiftId: text("shift_id"),
    country: text(),
    paymentMethod: text("payment_method"),
    externalRef: text("external_ref"),
    // Online sales only: the order number (10432 of "A-10432"), the address at the time of the sale (JSON), the provider, and
    // until when a pending sale reserves its stock.
    number: integer(),
    shippingAddress: text("shipping_address"),
    paymentProvider: text("payment_provider"),
    holdExpiresAt: text("hold_expires_at"),
    importId: text("import_id"),
    total: integer().notNull(),
    units: integer().notNull(),
    lines: integer().notNull(),
    placedAt: text("placed_at").notNull(),
    day: text().notNull(),
    createdAt: text("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.sellerId], foreignColumns: [users.tenantId, users.id] }),
    foreignKey({ columns: [t.tenantId, t.customerId], foreignColumns: [users.tenantId, users.id] }),
    foreignKey({ columns: [t.tenantId, t.refundOf], foreignColumns: [t.tenantId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.shiftId], foreignColumns: [shifts.tenantId, shifts.id] }),
    index("sales_day").on(t.tenantId, t.day, t.placedAt, t.id),
    index("sales_seller")
      .on(t.tenantId, t.sellerId, t.day, t.placedAt, t.id)
      .where(sql`seller_id IS NOT NULL`),
    index("sales_customer")
      .on(t.tenantId, t.customerKey, t.day, t.placedAt, t.id)
      .where(sql`customer_key IS NOT NULL`),
    index("sales_shift")
      .on(t.tenantId, t.shiftId, t.placedAt)
      .where(sql`shift_id IS NOT NULL`),
    index("sales_channel").on(t.tenantId, t.channel, t.day, t.placedAt, t.id),
    index("sales_refunds")
      .on(t.tenantId, t.day, t.placedAt, t.id)
      .where(sql`kind = 'refund'`),
    index("sales_unfinished")
      .on(t.tenantId, t.status, t.day, t.placedAt, t.id)
      .where(sql`status <> 'completed'`),
    index("sales_refund_of")
      .on(t.tenantId, t.refundOf)
      .where(sql`refund_of IS NOT NULL`),
    uniqueIndex("sales_external_ref")
      .on(t.tenantId, t.externalRef)
      .where(sql`external_ref IS NOT NULL`),
    uniqueIndex("sales_number")
      .on(t.tenantId, t.number)
      .where(sql`number IS NOT NULL`),
    // Across shops: the sweep finds expired holds of all shops.
    index("sales_held")
      .on(t.holdExpiresAt, t.tenantId, t.id)
      .where(sql`status = 'pending'`),
    check("sales_kind", sql`kind IN ('sale', 'refund') AND (refund_of IS NULL OR kind = 'refund')`),
    check("sales_channel", sql`channel IN ('counter', 'online', 'import')`),
    check("sales_status", sql`status IN ('pending', 'completed', 'cancelled')`),
    check("sales_total_safe", sql`total BETWEEN -9007199254740991 AND 9007199254740991`),
  ],
);

export const saleLines = sqliteTable(
  "sale_lines",
  {
    tenantId: text("tenant_id").notNull(),
    saleId: text("sale_id").notNull(),
    lineNo: integer("line_no").notNull(),
    productId: text("product_id").notNull(),
    sku: text().notNull(),
    description: text().notNull(),
    quantity: integer().notNull(),
    unitPrice: integer("unit_price").notNull(),
    // The imported decimal, where it is not a whole number of minor units.
    exactPrice: text("exact_price"),
    subtotal: integer().notNull(),
    refunded: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.saleId, t.lineNo] }),
    foreignKey({ columns: [t.tenantId, t.saleId], foreignColumns: [sales.tenantId, sales.id] }),
    foreignKey({ columns: [t.tenantId, t.productId], foreignColumns: [products.tenantId, products.id] }),
    check("sale_lines_refunded", sql`refunded BETWEEN 0 AND max(quantity, 0)`),
    check("sale_lines_subtotal_safe", sql`subtotal BETWEEN -9007199254740991 AND 9007199254740991`),
  ],
);

// The days whose daily tables the ETL has to rebuild; a write marks its day in its batch. `asked_at` is when the hourly job
// first requested the rebuild: a day that stays dirty long after it shows that the ETL fails.
export const dirtyDays = sqliteTable(
  "dirty_days",
  { tenantId: text("tenant_id").notNull(), day: text().notNull(), askedAt: text("asked_at") },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.day] }),
    // Partial, so that a sale that marks its day does not write it.
    index("dirty_days_asked")
      .on(t.askedAt)
      .where(sql`asked_at IS NOT NULL`),
  ],
);
