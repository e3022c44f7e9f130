import type { z } from "zod";
import { listImports } from "../../imports/progress.ts";
import { alsoReads, type ActorCtx } from "../../platform/context.ts";
import { runPlan } from "../../platform/plan.ts";
import { listSales } from "../../sales/history.ts";
import { SaleList } from "../../sales/schema.ts";
import { listAlerts } from "../../shifts/activity/alerts.ts";
import { activeShifts } from "../../shifts/hours/on-shift.ts";
import { addDays, countDays, dayOf, type Interval } from "../../values/days.ts";
import { breakdown } from "../breakdowns/breakdown.ts";
import { customers } from "../customers/customers.ts";
import { CustomerFigures } from "../customers/schema.ts";
import { countryRows, rankCountries } from "../countries.ts";
import { kpis } from "../figures.ts";
import { series } from "../series.ts";
import type { Overview, OverviewQuery } from "./schema.ts";
import { sellerDashboard } from "../staff/sellers.ts";
import { productPage, rankProducts } from "../rankings/top-products.ts";

const RANGE_DAYS = 30;
const ROWS = 10;
// Series of at most some sixty periods.
const MAX_SERIES_DAYS = 62;
const MAX_SERIES_WEEKS = 60;

const intervalOf = (days: number): Interval => {
  if (days <= MAX_SERIES_DAYS) return "day";
  return days <= 7 * MAX_SERIES_WEEKS ? "week" : "month";
};

/**
 * The figures of the range, compared, and the present state of the shop. Alerts and imports are for an ADMIN, or a key with their scopes. One round trip,
 * and another one if it has other countries or products than expected.
 */
export async function overview(
  ctx: ActorCtx,
  query: z.infer<typeof OverviewQuery>,
): Promise<z.infer<typeof Overview>> {
  const to = query.to ?? dayOf(ctx.now, ctx.tenant.timezone);
  const from = query.from ?? addDays(to, 1 - RANGE_DAYS);
  const { compare, align } = query;
  const range = { from, to, compare, align };
  const interval = query.interval ?? intervalOf(countDays(from, to));
  const keyFigures = kpis(ctx, range);
  const plans = {
    kpis: keyFigures,
    customers: customers(ctx, range, keyFigures),
    methods: breakdown(ctx, { ...range, by: "payment_method" }),
    hours: breakdown(ctx, { from, to, compare: "none", align: "date", by: "hour_of_week" }),
    series: series(ctx, { ...range, interval }),
    countries: rankCountries(ctx, { ...range, limit: ROWS, sort: "revenue", order: "desc" }),
    products: rankProducts(ctx, { ...range, limit: ROWS, sort: "revenue" }),
    dashboard: sellerDashboard(ctx, range),
    sales: listSales(ctx, { limit: ROWS }),
    onShift: activeShifts(ctx),
    alerts: alsoReads(ctx, "shifts:read") ? listAlerts(ctx, { limit: ROWS, open: "true" }) : null,
    imports: alsoReads(ctx, "imports:read") ? listImports(ctx, { limit: ROWS }) : null,
  };
  const read = await runPlan(ctx, {
    statements: [...new Set(Object.values(plans).flatMap((plan) => plan?.statements ?? []))],
    read: (done) => {
      const { currency, as_of, compared_with, ...figures } = plans.kpis.read(done);
      const { totals, sellers } = plans.dashboard.read(done);
      return {
        currency,
        from,
        to,
        interval,
        kpis: figures,
        customers: CustomerFigures.parse(plans.customers.read(done)),
        series: plans.series.read(done).data,
        payment_methods: plans.methods.read(done).data,
        hours: plans.hours.read(done).data,
        countries: plans.countries.read(done),
        products: plans.products.read(done),
        totals,
        sellers,
        sales: SaleList.parse(plans.sales.read(done)).data,
        on_shift: plans.onShift.read(done).data,
        alerts: plans.alerts?.read(done).data ?? null,
        imports: plans.imports?.read(done).data ?? null,
        ...(compared_with && { compared_with }),
        as_of,
      };
    },
  });
  const pages = { countries: countryRows(ctx, read.countries), products: productPage(ctx, read.products) };
  const listed = await runPlan(ctx, {
    statements: [...pages.countries.statements, ...pages.products.statements],
    read: (done) => ({ countries: pages.countries.read(done), products: pages.products.read(done).data }),
  });
  return { ...read, ...listed };
}
