import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  retained: {
    daily_sales: "distinct customers by id, for counting",
    daily_countries: "distinct customers by id, for counting",
    daily_sellers: "totals by id",
    daily_customers: "totals by id",
    customer_totals: "totals and the last day of a purchase by id",
    daily_taxes: "totals of the shop",
    daily_hours: "totals of the shop",
    daily_channels: "totals of the shop",
    daily_payments: "totals of the shop",
    daily_refund_reasons: "totals of the shop by the reason that staff gave",
    daily_amounts: "totals of the shop",
    daily_margins: "totals of the shop",
    daily_cohorts: "totals and numbers of customers",
    daily_basket_sizes: "totals of the shop",
    daily_stock: "totals of the shop",
    daily_products: "totals",
    dirty_product_days: "days",
    rollup_runs: "times",
  },
};
