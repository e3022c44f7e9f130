// The daily tables hold one row per day (and country, seller, customer, tax rate or product). daily-tables.ts says what they sum.
import { sql } from "drizzle-orm";
import { check, foreignKey, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { products } from "../catalog/tables.ts";

const totals = {
  sales: integer().notNull(),
  refunds: integer().notNull(),
  lines: integer().notNull(),
  // Thousandths
  units: integer().notNull(),
  revenue: integer().notNull(),
};

// `customers` is a JSON array, so that distinct customers can be counted over any range of days. All completed sales of the day up
// to `built_until`, which is a `placed_at` and an id, are in the daily tables, except late_sales. A row written without it counts
// as complete: later sales of its day are then late.
export const dailySales = sqliteTable(
  "daily_sales",
  {
    tenantId: text("tenant_id").notNull(),
    day: text().notNull(),
    ...totals,
    customers: text().notNull(),
    builtUntil: text("built_until").notNull().default("9999 "),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day] })],
);

export const dailyCountries = sqliteTable(
  "daily_countries",
  {
    tenantId: text("tenant_id").notNull(),
    day: text().notNull(),
    country: text().notNull(),
    ...totals,
    customers: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day, t.country] })],
);

export const dailySellers = sqliteTable(
  "daily_sellers",
  {
    tenantId: text("tenant_id").notNull(),
    day: text().notNull(),
    sellerId: text("seller_id").notNull(),
    ...totals,
    shiftSales: integer("shift_sales").notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day, t.sellerId] })],
);

// The customer of a sale: the id of an account, or the reference of an import, which may happen to equal one.
const customer = {
  customerKey: text("customer_key").notNull(),
  isAccount: integer("is_account").notNull(),
};

const customerTotalColumns = {
  sales: integer().notNull(),
  refunds: integer().notNull(),
  // Thousandths
  units: integer().notNull(),
  revenue: integer().notNull(),
};

export const dailyCustomers = sqliteTable(
  "daily_customers",
  {
    tenantId: text("tenant_id").notNull(),
    day: text().notNull(),
    ...customer,
    ...customerTotalColumns,
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day, t.customerKey, t.isAccount] })],
);

// The sums of daily_customers over all days, so that a figure over all time reads one row per customer. `last_day` is the last
// of these days with a sale that is not a refund.
export const customerTotals = sqliteTable(
  "customer_totals",
  {
    tenantId: text("tenant_id").notNull(),
    ...customer,
    ...customerTotalColumns,
    lastDay: text("last_day"),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.customerKey, t.isAccount] })],
);

// The amounts of the lines of a day by tax rate, of sales and (positive) of refunds; `tax_rate_id` is '' for lines without one.
export const dailyTaxes = sqliteTable(
  "daily_taxes",
  {
    tenantId: text("tenant_id").notNull(),
    day: text().notNull(),
    taxRateId: text("tax_rate_id").notNull(),
    net: integer().notNull(),
    tax: integer().notNull(),
    refundedNet: integer("refunded_net").notNull(),
    refundedTax: integer("refunded_tax").notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day, t.taxRateId] })],
);

// Refunds count with their sign, but not in `orders`. `uncounted_units` of the units are not in products.sold yet.
export const dailyProducts = sqliteTable(
  "daily_products",
  {
    tenantId: text("tenant_id").notNull(),
    day: text().notNull(),
    productId: text("product_id").notNull(),
    // Thousandths
    units: integer().notNull(),
    orders: integer().notNull(),
    revenue: integer().notNull(),
    uncountedUnits: integer("uncounted_units").notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.day, t.productId] }),
    foreignKey({ columns: [t.tenantId, t.productId], foreignColumns: [products.tenantId, products.id] }),
  ],
);

// Days whose sales the recommendations and products.sold lack. When `is_built` is set, only the neighbours of products still lack
// them. The ETL adds the days that it changes.
export const dirtyProductDays = sqliteTable(
  "dirty_product_days",
  {
    tenantId: text("tenant_id").notNull(),
    day: text().notNull(),
    isBuilt: integer("is_built").notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.day] }),
    check("dirty_product_days_is_built", sql`is_built IN (0, 1)`),
  ],
);

export const rollupRuns = sqliteTable("rollup_runs", {
  tenantId: text("tenant_id").primaryKey(),
  startedAt: text("started_at").notNull(),
  finishedAt: text("finished_at").notNull(),
  days: integer().notNull(),
});
