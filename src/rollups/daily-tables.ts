// The daily tables. A new figure is one entry here, its table in tables.ts, and a reader that calls `dailyRows`.
import { z } from "zod";
import type { DailyTable } from "./daily-table.ts";

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
    // Most imports have no tax, so that the totals of the sale suffice; only a NULL within the key spares SQLite their lines. The
    // first line shows whether a sale without tax has a rate of 0.
    join: `LEFT JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = iif(
      s.channel = 'import' AND s.tax = 0 AND (SELECT f.tax_rate_id FROM sale_lines f
        WHERE f.tenant_id = s.tenant_id AND f.sale_id = s.id AND f.line_no = 1) IS NULL, NULL, s.id)`,
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
