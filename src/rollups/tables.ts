// The daily tables hold one row per day (and country, seller, customer or tax rate), always rebuilt from all sales of the day.
import { sql } from "drizzle-orm";
import { check, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

const totals = {
  sales: integer().notNull(),
  refunds: integer().notNull(),
  lines: integer().notNull(),
  // Thousandths
  units: integer().notNull(),
  revenue: integer().notNull(),
};

// `customers` is a JSON array, so that distinct customers can be counted over any range of days.
export const dailySales = sqliteTable(
  "daily_sales",
  {
    tenantId: text("tenant_id").notNull(),
    day: text().notNull(),
    ...totals,
    customers: text().notNull(),
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

// Days whose product statistics are out of date. When `is_built` is set, the day's lines are counted and only the product
// recommendations still lack them. The ETL adds the days it rebuilds.
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
