import { z } from "@hono/zod-openapi";
import { ImportStatus } from "../../imports/schema.ts";
import { SaleHead } from "../../sales/schema.ts";
import { Alert } from "../../shifts/activity/schema.ts";
import { ActiveShifts } from "../../shifts/hours/schema.ts";
import { Breakdown } from "../breakdowns/schema.ts";
import { CustomerFigures } from "../customers/schema.ts";
import { Countries, keyFigures, Series } from "../schema.ts";
import { TopProducts } from "../rankings/schema.ts";
import { SellerDashboard } from "../staff/schema.ts";
import { asOf, alignable, comparedRange, comparedWith, currency, tenant } from "../comparison/schema.ts";

const interval = Series.shape.interval;

export const OverviewQuery = alignable(
  z.strictObject({
    ...comparedRange,
    from: comparedRange.from.openapi({ description: "29 days before `to` by default" }),
    to: comparedRange.to.openapi({ description: "today by default" }),
    interval: interval.optional().openapi({
      description: "of `series`; by default day up to 62 days, week up to 60 weeks, and month beyond",
    }),
    tenant,
  }),
);

export const Overview = z
  .object({
    currency,
    from: z.string().openapi({ example: "2026-10-29" }),
    to: z.string().openapi({ example: "2026-11-27" }),
    interval,
    kpis: z.object(keyFigures),
    customers: CustomerFigures,
    series: Series.shape.data,
    payment_methods: Breakdown.shape.data,
    hours: Breakdown.shape.data.openapi({
      description: "the 168 hours of the week, without comparison",
    }),
    countries: Countries.shape.data.openapi({ description: "the ten with the most revenue" }),
    products: TopProducts.shape.data.openapi({ description: "the ten with the most revenue" }),
    totals: SellerDashboard.shape.totals,
    sellers: SellerDashboard.shape.sellers,
    sales: z
      .array(SaleHead)
      .openapi({ description: "the last ten sales and refunds that the caller may list" }),
    on_shift: ActiveShifts.shape.data.openapi({
      description:
        "the open shifts, longest first; with the rule `employees_see: own`, that of the EMPLOYEE only",
    }),
    alerts: z.array(Alert).nullable().openapi({
      description: "the last ten open alerts; null for an EMPLOYEE",
    }),
    imports: z.array(ImportStatus).nullable().openapi({
      description: "the last ten imports; null for an EMPLOYEE",
    }),
    compared_with: comparedWith,
    as_of: asOf,
  })
  .openapi("Overview", {
    description: "Figures of the range, and the present state of the shop. It is not cached.",
  });
