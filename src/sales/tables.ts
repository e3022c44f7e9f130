// One table for the sales of all channels; a refund is a sale of kind 'refund' with negative amounts. The total, units and
// lines of a sale are sums over its sale_lines, written in the same batch. Quantities and units are integer thousandths, tax
// rates integer hundred-thousandths.
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
    // The customer. Only sales of before imports had customers have a reference and no id, until a job gives them one.
    customerKey: text("customer_key").generatedAlwaysAs(sql`coalesce(customer_id, customer_ref)`),
    // The shift of the seller.
    shiftId: text("shift_id"),
    // For a sale that arrived after its shift had closed: the shift that the seller had open then, or else its own.
    lateShiftId: text("late_shift_id"),
    country: text(),
    paymentMethod: text("payment_method"),
    externalRef: text("external_ref"),
    // The number within its series: A for orders, C for receipts of the counter, R for refunds. The series C and R have no gaps.
    series: text().generatedAlwaysAs(
      sql`CASE WHEN kind = 'refund' THEN 'R' WHEN channel = 'online' THEN 'A' ELSE 'C' END`,
      { mode: "virtual" },
    ),
    number: integer(),
    // Online sales only: the address at the time of the sale (JSON), the provider, and until when a pending sale reserves its
    // stock.
    shippingAddress: text("shipping_address"),
    paymentProvider: text("payment_provider"),
    holdExpiresAt: text("hold_expires_at"),
    // Of a pending order that its buyer placed: "account:" or "guest:" and a keyed hash of their network, for the limits of what
    // an address reserves. Removed when the order is no longer pending.
    placedFrom: text("placed_from"),
    // Grows with every change of an online sale: a change that read an earlier version is rejected.
    version: integer().notNull().default(1),
    importId: text("import_id"),
    // Gross: net and tax.
    total: integer().notNull(),
    tax: integer().notNull().default(0),
    net: integer().generatedAlwaysAs(sql`total - tax`, { mode: "virtual" }),
    discount: integer().notNull().default(0),
    discountReason: text("discount_reason"),
    // What cash rounding adds to the total: the payments add up to both.
    rounding: integer().notNull().default(0),
    // The ADMIN who approved a discount or price.
    approvedBy: text("approved_by"),
    // The id that a till gave the sale, and whether it was sold without a connection.
    clientId: text("client_id"),
    isOffline: integer("is_offline").notNull().default(0),
    // A refund that undoes a whole sale within its shift.
    isVoid: integer("is_void").notNull().default(0),
    // A refund whose goods went back to stock.
    isRestocked: integer("is_restocked").notNull().default(0),
    units: integer().notNull(),
    lines: integer().notNull(),
    placedAt: text("placed_at").notNull(),
    day: text().notNull(),
    createdAt: text("created_at").notNull(),
    // By how many seconds the clock of the shop was ahead of UTC at placed_at; NULL for sales of before, until a job computes it.
    utcOffset: integer("utc_offset"),
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
    uniqueIndex("sales_series_number")
      .on(t.tenantId, t.series, t.number)
      .where(sql`number IS NOT NULL`),
    uniqueIndex("sales_client_id")
      .on(t.tenantId, t.clientId)
      .where(sql`client_id IS NOT NULL`),
    index("sales_late")
      .on(t.tenantId, t.lateShiftId, t.id)
      .where(sql`late_shift_id IS NOT NULL`),
    index("sales_late_of_shift")
      .on(t.tenantId, t.shiftId, t.id)
      .where(sql`late_shift_id IS NOT NULL`),
    index("sales_import")
      .on(t.tenantId, t.importId, t.id)
      .where(sql`import_id IS NOT NULL`),
    // Across shops: the job that computes what is missing.
    index("sales_without_offset")
      .on(t.tenantId, t.day)
      .where(sql`utc_offset IS NULL`),
    // Across shops: sales of before imports had customers, until a job gives them theirs.
    index("sales_without_customer")
      .on(t.tenantId, t.customerRef)
      .where(sql`customer_id IS NULL AND customer_ref IS NOT NULL`),
    // Across shops: the sweep finds expired holds of all shops.
    index("sales_held")
      .on(t.holdExpiresAt, t.tenantId, t.id)
      .where(sql`status = 'pending'`),
    index("sales_placed_from")
      .on(t.tenantId, t.placedFrom)
      .where(sql`placed_from IS NOT NULL`),
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
    unit: text().notNull().default("piece"),
    // The price of the product, and the price that was charged for a unit before discounts.
    listPrice: integer("list_price").notNull().default(0),
    unitPrice: integer("unit_price").notNull(),
    // The imported decimal, where it is not a whole number of minor units.
    exactPrice: text("exact_price"),
    // Of the line and, by its share, of the whole sale.
    discount: integer().notNull().default(0),
    discountReason: text("discount_reason"),
    taxRateId: text("tax_rate_id"),
    taxRate: integer("tax_rate"),
    // Gross: net and tax.
    subtotal: integer().notNull(),
    tax: integer().notNull().default(0),
    net: integer().generatedAlwaysAs(sql`subtotal - tax`, { mode: "virtual" }),
    refunded: integer().notNull().default(0),
    // What the whole line cost the shop, in minor units without tax, at the cost of the product when it was sold; NULL: not known.
    cost: integer(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.saleId, t.lineNo] }),
    foreignKey({ columns: [t.tenantId, t.saleId], foreignColumns: [sales.tenantId, sales.id] }),
    foreignKey({ columns: [t.tenantId, t.productId], foreignColumns: [products.tenantId, products.id] }),
    check("sale_lines_refunded", sql`refunded BETWEEN 0 AND max(quantity, 0)`),
    check("sale_lines_subtotal_safe", sql`subtotal BETWEEN -9007199254740991 AND 9007199254740991`),
  ],
);

// What was paid for a sale, or paid back (negative) for a refund, by method. The amounts add up to total and rounding.
export const salePayments = sqliteTable(
  "sale_payments",
  {
    tenantId: text("tenant_id").notNull(),
    saleId: text("sale_id").notNull(),
    paymentNo: integer("payment_no").notNull(),
    method: text().notNull(),
    amount: integer().notNull(),
    // The cash that the customer handed over; the rest is change.
    tendered: integer(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.saleId, t.paymentNo] }),
    foreignKey({ columns: [t.tenantId, t.saleId], foreignColumns: [sales.tenantId, sales.id] }),
    check("sale_payments_tendered", sql`tendered IS NULL OR (method = 'cash' AND tendered >= amount)`),
  ],
);

// What sales that could not be refused took beyond the stock (thousandths), until a count resolves it.
export const stockDiscrepancies = sqliteTable(
  "stock_discrepancies",
  {
    tenantId: text("tenant_id").notNull(),
    id: text().notNull(),
    productId: text("product_id").notNull(),
    saleId: text("sale_id").notNull(),
    missing: integer().notNull(),
    createdAt: text("created_at").notNull(),
    resolvedAt: text("resolved_at"),
    resolvedBy: text("resolved_by"),
    isOpen: integer("is_open").generatedAlwaysAs(sql`resolved_at IS NULL`, { mode: "virtual" }),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.productId], foreignColumns: [products.tenantId, products.id] }),
    foreignKey({ columns: [t.tenantId, t.saleId], foreignColumns: [sales.tenantId, sales.id] }),
    index("stock_discrepancies_by_time").on(t.tenantId, t.isOpen, t.createdAt, t.id),
    index("stock_discrepancies_by_product").on(t.tenantId, t.productId, t.isOpen, t.createdAt, t.id),
    // For the foreign key, when the undo of an import deletes sales.
    index("stock_discrepancies_sale").on(t.tenantId, t.saleId),
    check("stock_discrepancies_missing", sql`missing > 0`),
  ],
);

// The days whose daily tables lack something; a write marks its day in its batch. `asked_at` is when the hourly job first requested
// the ETL: a day that waits long after it shows that the ETL fails.
export const dirtyDays = sqliteTable(
  "dirty_days",
  {
    tenantId: text("tenant_id").notNull(),
    day: text().notNull(),
    askedAt: text("asked_at"),
    // 0: the daily rows lack only the latest and late sales. 1: sales that they include have changed, so they do not count.
    needsRebuild: integer("needs_rebuild").notNull().default(1),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.day] }),
    // Partial, so that a sale that marks its day does not write it.
    index("dirty_days_asked")
      .on(t.askedAt)
      .where(sql`asked_at IS NOT NULL`),
  ],
);

// Sales of days that the ETL has already built beyond their `placed_at`, until it adds them: those that a till made without a
// connection, and orders that were paid later.
export const lateSales = sqliteTable(
  "late_sales",
  {
    tenantId: text("tenant_id").notNull(),
    day: text().notNull(),
    placedAt: text("placed_at").notNull(),
    saleId: text("sale_id").notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day, t.placedAt, t.saleId] })],
);
