// The daily tables. A new figure is one entry here, its table in tables.ts, and a reader that calls `dailyRows`.
import { z } from "zod";
import type { DailyTable } from "./daily-table.ts";
import {
  basketSize,
  cohortOf,
  isFirstOfMonth,
  isFirstSale,
  localHour,
  paidOfTotal,
  weekday,
} from "./expressions.ts";

const totals = {
  sales: "sum(s.kind = 'sale')",
  refunds: "sum(s.kind = 'refund')",
  lines: "sum(s.lines)",
  units: "sum(s.units)",
  revenue: "sum(s.total)",
};

/** The columns of `totals`; `units` are thousandths. */
export const totalsRow = z.object({
  sales: z.number(),
  refunds: z.number(),
  lines: z.number(),
  units: z.number(),
  revenue: z.number(),
});

const country = "coalesce(s.country, 'Unspecified')";

/** Joins the customer `c` of sales `s` with their number, if they have one. */
export const joinCustomers = `JOIN customer_numbers c ON c.tenant_id = s.tenant_id AND c.customer_key = s.customer_key
  AND c.is_account = (s.customer_id IS NOT NULL)`;

/** A list of the customers of sales, by their number, or by a key until they have one. */
const distinctCustomers = (condition: string): string =>
  `json_group_array(DISTINCT coalesce(c.number, (s.customer_id IS NOT NULL) || s.customer_key))
  FILTER (WHERE s.customer_key IS NOT NULL AND ${condition})`;

/** What rows of sales have besides the columns of a daily table, each as JSON, and the join for it. */
export type OfSales = { ofSales: Record<string, string>; join: string };

/** The customers of the sales. */
export const withCustomers: OfSales = {
  ofSales: { customers: distinctCustomers("true") },
  join: `LEFT ${joinCustomers}`,
};

/** The same, and those of them who bought something. */
export const withBuyers: OfSales = {
  ...withCustomers,
  ofSales: { ...withCustomers.ofSales, buyers: distinctCustomers("s.kind = 'sale'") },
};

// Most imports have neither tax nor cost, so that the totals of the sale suffice; only a NULL within the key spares SQLite their lines.
// The first line shows whether a sale without tax has a rate of 0.
const taxedLines = `LEFT JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = iif(
  s.channel = 'import' AND s.tax = 0 AND (SELECT f.tax_rate_id FROM sale_lines f
    WHERE f.tenant_id = s.tenant_id AND f.sale_id = s.id AND f.line_no = 1) IS NULL, NULL, s.id)`;

export const dailyTables = {
  sales: {
    name: "daily_sales",
    keys: {},
    sums: totals,
    maxima: { built_until: "max(s.placed_at || ' ' || s.id)" },
  },
  countries: {
    name: "daily_countries",
    keys: { country },
    sums: totals,
  },
  sellers: {
    name: "daily_sellers",
    keys: { seller_id: "s.seller_id" },
    sums: { ...totals, shift_sales: "sum(s.kind = 'sale' AND s.shift_id IS NOT NULL)" },
    where: "s.seller_id IS NOT NULL",
  },
  taxes: {
    name: "daily_taxes",
    keys: { tax_rate_id: "coalesce(l.tax_rate_id, '')" },
    sums: {
      net: "sum(iif(s.kind = 'sale', coalesce(l.net, s.net), 0))",
      tax: "sum(iif(s.kind = 'sale', coalesce(l.tax, s.tax), 0))",
      refunded_net: "sum(iif(s.kind = 'refund', -coalesce(l.net, s.net), 0))",
      refunded_tax: "sum(iif(s.kind = 'refund', -coalesce(l.tax, s.tax), 0))",
    },
    join: taxedLines,
  },
  customers: {
    name: "daily_customers",
    keys: { number: "c.number", country },
    sums: {
      sales: totals.sales,
      refunds: totals.refunds,
      units: totals.units,
      revenue: totals.revenue,
    },
    join: `CROSS ${joinCustomers}`,
    isPacked: true,
  },
  // Two hours of a day on which the clocks go back differ by their offset.
  hours: {
    name: "daily_hours",
    keys: { weekday, hour: localHour, utc_offset: "coalesce(s.utc_offset, 0)" },
    sums: totals,
  },
  channels: { name: "daily_channels", keys: { channel: "s.channel" }, sums: totals },
  payments: {
    name: "daily_payments",
    keys: { method: "coalesce(y.method, '')" },
    // A sale may have several payments by one method.
    sums: {
      sales: "count(DISTINCT iif(s.kind = 'sale', s.id, NULL))",
      refunds: "count(DISTINCT iif(s.kind = 'refund', s.id, NULL))",
      revenue: `sum(${paidOfTotal})`,
    },
    join: "LEFT JOIN sale_payments y ON y.tenant_id = s.tenant_id AND y.sale_id = s.id",
  },
  refundReasons: {
    name: "daily_refund_reasons",
    keys: { reason: "substr(coalesce(s.reason, ''), 1, 80)" },
    sums: { refunds: "count(*)", units: totals.units, revenue: totals.revenue },
    where: "s.kind = 'refund'",
  },
  amounts: {
    name: "daily_amounts",
    keys: {},
    sums: {
      sold: "sum(iif(s.kind = 'sale', s.total, 0))",
      refunded: "sum(iif(s.kind = 'refund', -s.total, 0))",
      tax: "sum(s.tax)",
      discounts: "sum(s.discount)",
      discounted_sales: "sum(s.kind = 'sale' AND s.discount <> 0)",
      rounding: "sum(s.rounding)",
    },
  },
  margins: {
    name: "daily_margins",
    keys: {},
    sums: {
      net: "sum(coalesce(l.net, s.net))",
      known_net: "sum(iif(l.cost IS NULL, 0, l.net))",
      cost: "sum(coalesce(l.cost, 0))",
    },
    join: taxedLines,
  },
  cohorts: {
    name: "daily_cohorts",
    keys: { cohort: cohortOf },
    sums: {
      sales: totals.sales,
      refunds: totals.refunds,
      revenue: totals.revenue,
      active: `sum(${isFirstOfMonth})`,
      first_sales: `sum(${isFirstSale})`,
      first_revenue: `sum(iif(${isFirstSale}, s.total, 0))`,
    },
    where: "s.customer_key IS NOT NULL",
  },
  basketSizes: {
    name: "daily_basket_sizes",
    keys: {
      measure: "m.measure",
      size: basketSize("iif(m.measure = 'lines', s.lines, (s.units + 999) / 1000)"),
    },
    sums: {
      sales: totals.sales,
      total_lines: totals.lines,
      total_units: totals.units,
      revenue: totals.revenue,
    },
    join: "CROSS JOIN (SELECT 'lines' AS measure UNION ALL SELECT 'units') m",
    where: "s.kind = 'sale'",
  },
  products: {
    name: "daily_products",
    keys: { product_id: "l.product_id" },
    sums: {
      units: "sum(l.quantity)",
      orders: "count(DISTINCT iif(s.kind = 'sale', s.id, NULL))",
      revenue: "sum(l.subtotal)",
      uncounted_units: "sum(l.quantity)",
    },
    join: "CROSS JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id",
    isPacked: true,
  },
} satisfies Record<string, DailyTable>;

const { units, orders, revenue } = dailyTables.products.sums;

/** The totals of products over sales as rankings read them: by number, or by id until a product has one. */
export const soldProducts = {
  name: "sold_products",
  keys: { key: "coalesce(n.number, l.product_id)" },
  sums: { sales: orders, units, revenue },
  join: `${dailyTables.products.join}
    LEFT JOIN product_numbers n ON n.tenant_id = l.tenant_id AND n.product_id = l.product_id`,
} satisfies DailyTable;
