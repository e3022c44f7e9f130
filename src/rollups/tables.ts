// The daily tables hold one row a day (and country, or seller). They are always rebuilt whole from the sales of the day.
import { sql } from "drizzle-orm";
import { check, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

const measures = {
  sales: integer().notNull(),
  refunds: integer().notNull(),
  lines: integer().notNull(),
  units: integer().notNull(),
  revenue: integer().notNull(),
};

// `customers` is a JSON array of the distinct customers, so that distinct customers of any range of days can be counted.
export const dailySales = sqliteTable(
  "daily_sales",
  {
    tenantId: text("tenant_id").notNull(),
    day: text().notNull(),
    ...measures,
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
    ...measures,
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
    ...measures,
    // How many of the sales were made on shift.
    shiftSales: integer("shift_sales").notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day, t.sellerId] })],
);

// The days whose products are still to be built from their lines, and (is_built) those that the neighbours do not know yet.
// The ETL marks a day that it builds: it reads no lines itself.
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
