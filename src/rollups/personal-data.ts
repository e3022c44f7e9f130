import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  retained: {
    daily_sales: "totals of the shop",
    daily_countries: "totals of the shop",
    daily_sellers: "totals by id",
    customer_numbers: "the number of a customer by id, for counting",
    daily_customers: "totals by number",
    customer_sets: "numbers of customers, for counting",
    ranking_days: "totals by number",
    ranking_months: "totals and the last day of a purchase by number",
    product_numbers: "numbers of products",
    monthly_totals: "totals of the shop, and those of sellers by id",
    unbuilt_months: "months",
    daily_taxes: "totals of the shop",
    daily_products: "totals",
    dirty_product_days: "days",
    rollup_runs: "times",
  },
};
