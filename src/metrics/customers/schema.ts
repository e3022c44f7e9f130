import { z } from "@hono/zod-openapi";
import { JsonOrCsvQuery } from "../../http/csv.ts";
import { DayRange, orderedRange } from "../../http/pagination.ts";
import {
  amount,
  asOf,
  comparable,
  comparedRange,
  comparedWith,
  count,
  currency,
  tenant,
  withChanges,
} from "../comparison/schema.ts";

export const CustomersQuery = comparable(z.strictObject({ ...comparedRange, tenant }));

export const Customers = z
  .object({
    currency,
    ...withChanges("CustomerFigures", {
      customers: count.openapi({
        description:
          "distinct customers who bought something or received a refund, as in the key figures; those with refunds only are neither new nor returning",
      }),
      new_customers: count.openapi({ description: "those whose first sale is in the range" }),
      returning_customers: count.openapi({
        description: "those who bought something in the range, and for the first time before it",
      }),
      new_revenue: amount.openapi({ description: "of first sales, in minor units" }),
      returning_revenue: amount.openapi({
        description: "of all other sales to customers, less all refunds to customers",
      }),
      anonymous_revenue: amount.openapi({ description: "of sales and refunds without a customer" }),
    }),
    compared_with: comparedWith,
    as_of: asOf,
  })
  .openapi("CustomerReport", {
    description: "The three revenues add up to that of the key figures of the same range.",
  });

/** The figures without their context, for the overview. */
export const CustomerFigures = Customers.omit({ currency: true, compared_with: true, as_of: true });

export const CohortsQuery = orderedRange(
  z.strictObject({
    from: DayRange.from.openapi({
      description: "a day in the first month; the month eleven months before the last one by default",
    }),
    to: DayRange.to.openapi({ description: "a day in the last month; the present month by default" }),
    ...JsonOrCsvQuery,
    tenant,
  }),
);

export const Cohorts = z
  .object({
    currency,
    data: z.array(
      z.object({
        cohort: z.string().openapi({ description: "the month of the first sale", example: "2026-01" }),
        customers: count.openapi({ description: "customers whose first sale was in that month" }),
        months: z.array(
          z.object({
            month: z.string().openapi({ example: "2026-03" }),
            active: count.openapi({ description: "customers of the cohort with a sale in this month" }),
            retention: z.number().openapi({ description: "active / customers", example: 0.425 }),
            sales: count.openapi({ description: "number of sales to them, without refunds" }),
            revenue: amount.openapi({ description: "revenue minus refunds, in minor units" }),
          }),
        ),
      }),
    ),
    as_of: asOf,
  })
  .openapi("CohortReport", {
    description:
      "One row for each month of at most 36 in which customers bought for the first time, and in it each month since.",
  });
