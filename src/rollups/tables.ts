// The daily tables hold one row per day (and country, seller, customer, tax rate or product). daily-tables.ts says what they sum. What
// figures over months, rankings and counts of customers read is packed into few rows as JSON, since D1 bills and limits rows.
import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { products } from "../catalog/tables.ts";

const totals = {
  sales: integer().notNull(),
  refunds: integer().notNull(),
  lines: integer().notNull(),
  // Thousandths
  units: integer().notNull(),
  revenue: integer().notNull(),
};

// All completed sales of the day up to `built_until`, which is a `placed_at` and an id, are in the daily tables, except late_sales.
// A row written without it counts as complete: later sales of its day are then late.
export const dailySales = sqliteTable(
  "daily_sales",
  {
    tenantId: text("tenant_id").notNull(),
    day: text().notNull(),
    ...totals,
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

// The customer of a sale, the id of an account or the reference of an import, which may happen to equal one. The ETL numbers the
// customers of a shop from 0 without gaps and never uses a number again.
export const customerNumbers = sqliteTable(
  "customer_numbers",
  {
    tenantId: text("tenant_id").notNull(),
    customerKey: text("customer_key").notNull(),
    isAccount: integer("is_account").notNull(),
    number: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.customerKey, t.isAccount] }),
    uniqueIndex("customer_numbers_number").on(t.tenantId, t.number),
  ],
);

export const dailyCustomers = sqliteTable(
  "daily_customers",
  {
    tenantId: text("tenant_id").notNull(),
    day: text().notNull(),
    number: integer().notNull(),
    country: text().notNull(),
    sales: integer().notNull(),
    refunds: integer().notNull(),
    // Thousandths
    units: integer().notNull(),
    revenue: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day, t.number, t.country] })],
);

// The numbers of products in rankings, as those of customers.
export const productNumbers = sqliteTable(
  "product_numbers",
  {
    tenantId: text("tenant_id").notNull(),
    productId: text("product_id").notNull(),
    number: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.productId] }),
    uniqueIndex("product_numbers_number").on(t.tenantId, t.number),
  ],
);

// The categories of products by number, an object in each row for some hundred numbers, maintained by triggers: figures by category
// read all of them.
export const productCategories = sqliteTable(
  "product_categories",
  { tenantId: text("tenant_id").notNull(), part: integer().notNull(), categories: text().notNull() },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.part] }),
    check("product_categories_categories", sql`json_valid(categories)`),
  ],
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

const day = { tenantId: text("tenant_id").notNull(), day: text().notNull() };

// `weekday` is 1 (Monday) to 7 and `hour` 0 to 23, both of the shop's clock, which is `utc_offset` seconds ahead of UTC.
export const dailyHours = sqliteTable(
  "daily_hours",
  {
    ...day,
    weekday: integer().notNull(),
    hour: integer().notNull(),
    utcOffset: integer("utc_offset").notNull(),
    ...totals,
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day, t.weekday, t.hour, t.utcOffset] })],
);

export const dailyChannels = sqliteTable(
  "daily_channels",
  { ...day, channel: text().notNull(), ...totals },
  (t) => [primaryKey({ columns: [t.tenantId, t.day, t.channel] })],
);

// What each method paid of the totals; `method` is '' where it is not known.
export const dailyPayments = sqliteTable(
  "daily_payments",
  {
    ...day,
    method: text().notNull(),
    sales: integer().notNull(),
    refunds: integer().notNull(),
    revenue: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day, t.method] })],
);

// Units and revenue are negative; `reason` is '' for refunds without one.
export const dailyRefundReasons = sqliteTable(
  "daily_refund_reasons",
  {
    ...day,
    reason: text().notNull(),
    refunds: integer().notNull(),
    // Thousandths
    units: integer().notNull(),
    revenue: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day, t.reason] })],
);

// `refunded` is positive; tax, discounts and rounding are of sales less refunds.
export const dailyAmounts = sqliteTable(
  "daily_amounts",
  {
    ...day,
    sold: integer().notNull(),
    refunded: integer().notNull(),
    tax: integer().notNull(),
    discounts: integer().notNull(),
    discountedSales: integer("discounted_sales").notNull(),
    rounding: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day] })],
);

// The net revenue, that of lines whose cost is known, and this cost.
export const dailyMargins = sqliteTable(
  "daily_margins",
  {
    ...day,
    net: integer().notNull(),
    knownNet: integer("known_net").notNull(),
    cost: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day] })],
);

// By the month of the customer's first sale, '' for customers with refunds only. `active` counts the customers on the first day of
// a month on which they bought, so the sum over a month is the number of its customers.
export const dailyCohorts = sqliteTable(
  "daily_cohorts",
  {
    ...day,
    cohort: text().notNull(),
    sales: integer().notNull(),
    refunds: integer().notNull(),
    revenue: integer().notNull(),
    active: integer().notNull(),
    firstSales: integer("first_sales").notNull(),
    firstRevenue: integer("first_revenue").notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day, t.cohort] })],
);

// `measure` is what is counted, 'lines' or 'units' of a sale, and `size` the smallest number of its class.
export const dailyBasketSizes = sqliteTable(
  "daily_basket_sizes",
  {
    ...day,
    measure: text().notNull(),
    size: integer().notNull(),
    sales: integer().notNull(),
    totalLines: integer("total_lines").notNull(),
    // Thousandths
    totalUnits: integer("total_units").notNull(),
    revenue: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day, t.measure, t.size] })],
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

const month = {
  tenantId: text("tenant_id").notNull(),
  // Its first day
  month: text().notNull(),
};

// The sums of the days of a month: `totals` is a JSON array of the rows of the daily table `name`, as objects of keys and sums.
export const monthlyTotals = sqliteTable(
  "monthly_totals",
  { ...month, name: text().notNull(), totals: text().notNull() },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.name, t.month] }),
    check("monthly_totals_totals", sql`json_valid(totals)`),
  ],
);

// The rows of a day of those daily tables that have several a day, as those of a month.
export const dailyTotals = sqliteTable(
  "daily_totals",
  {
    tenantId: text("tenant_id").notNull(),
    name: text().notNull(),
    day: text().notNull(),
    totals: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.name, t.day] }),
    check("daily_totals_totals", sql`json_valid(totals)`),
  ],
);

// The rows of the daily tables of a busy day by the instant of their sales, packed (timeline.ts), in parts that follow each other. A day
// has none from when it changes until the ETL has built them again.
export const dayTimelines = sqliteTable(
  "day_timelines",
  { ...day, part: integer().notNull(), totals: text().notNull() },
  (t) => [primaryKey({ columns: [t.tenantId, t.day, t.part] })],
);

// Days without a timeline. `claim` identifies the build that has read the day; a change of the day removes it.
export const unbuiltTimelines = sqliteTable("unbuilt_timelines", { ...day, claim: text() }, (t) => [
  primaryKey({ columns: [t.tenantId, t.day] }),
]);

// Months whose totals do not count, because days of them have changed since they were built. The present month is one of them.
export const unbuiltMonths = sqliteTable("unbuilt_months", { ...month }, (t) => [
  primaryKey({ columns: [t.tenantId, t.month] }),
]);

// The distinct customers of a day or month: `customers` as customer-sets.ts describes it, `countries` as an object of such
// sets by country. A part has the chunks of a range of numbers, so that no value exceeds what D1 accepts.
export const customerSets = sqliteTable(
  "customer_sets",
  {
    tenantId: text("tenant_id").notNull(),
    interval: text().notNull(),
    period: text().notNull(),
    part: integer().notNull(),
    customers: text().notNull(),
    countries: text().notNull(),
    // The set of those of `customers` who have only refunds in the period.
    withoutSales: text("without_sales").notNull().default("[]"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.interval, t.period, t.part] }),
    check("customer_sets_interval", sql`interval IN ('day', 'month')`),
    check("customer_sets_json", sql`json_valid(customers) AND json_valid(countries)`),
  ],
);

const ranking = {
  tenantId: text("tenant_id").notNull(),
  subject: text().notNull(),
};

// The totals of all products or customers of a day, a JSON array of [number, ...], in parts by number.
export const rankingDays = sqliteTable(
  "ranking_days",
  { ...ranking, day: text().notNull(), part: integer().notNull(), totals: text().notNull() },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.subject, t.day, t.part] }),
    check("ranking_days_subject", sql`subject IN ('customers', 'products')`),
    check("ranking_days_totals", sql`json_valid(totals)`),
  ],
);

// The same over all days up to the end of a month, so that a range is the difference of two months and some days. A month that is
// missing, because one of those days has changed, is added from the days.
export const rankingMonths = sqliteTable(
  "ranking_months",
  { ...ranking, month: text().notNull(), part: integer().notNull(), totals: text().notNull() },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.subject, t.month, t.part] }),
    check("ranking_months_subject", sql`subject IN ('customers', 'products')`),
    check("ranking_months_totals", sql`json_valid(totals)`),
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

// The stock of a shop as it was in the night of a day, by the time since its products were last sold: `age` is the smallest number
// of days of its class, -1 for products never sold. Values are minor units; `uncosted` products have no cost.
export const dailyStock = sqliteTable(
  "daily_stock",
  {
    ...day,
    age: integer().notNull(),
    products: integer().notNull(),
    uncosted: integer().notNull(),
    costValue: integer("cost_value").notNull(),
    priceValue: integer("price_value").notNull(),
    takenAt: text("taken_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day, t.age] })],
);

export const rollupRuns = sqliteTable("rollup_runs", {
  tenantId: text("tenant_id").primaryKey(),
  startedAt: text("started_at").notNull(),
  finishedAt: text("finished_at").notNull(),
  days: integer().notNull(),
});
