import { z } from "@hono/zod-openapi";
import { JsonOrCsvQuery } from "../../http/csv.ts";
import {
  amount,
  asOf,
  comparable,
  comparedRange,
  comparedWith,
  count,
  currency,
  tenant,
  units,
  withChanges,
} from "../comparison/schema.ts";

const by = z
  .enum(["channel", "payment_method", "category", "refund_reason", "hour_of_week"])
  .openapi("BreakdownDimension")
  .openapi({ description: "what the rows are" });

export const BreakdownQuery = comparable(z.strictObject({ ...comparedRange, by, ...JsonOrCsvQuery, tenant }));

const figures = {
  sales: count.nullable().openapi({
    description:
      "number of sales; one with several payment methods counts with each. Null by category and refund reason",
  }),
  refunds: count.nullable().openapi({ description: "number of refunds, likewise; null by category" }),
  units: units.nullable().openapi({ description: "null by payment method" }),
  revenue: amount.openapi({
    description: "revenue minus refunds, in minor units; by payment method without cash rounding",
  }),
  share: z
    .number()
    .openapi({ description: "share of the revenue of all rows, from 0 to 1", example: 0.4125 }),
};

export const Breakdown = z
  .object({
    currency,
    by,
    data: z.array(
      z
        .object({
          key: z.string().nullable().openapi({
            description:
              "the channel, payment method, category (that the product has now) or reason; null where there is none or it is not known. For an hour of the week its weekday, 1 for Monday, and hour, such as 1 09",
            example: "card",
          }),
          weekday: z
            .int()
            .optional()
            .openapi({ description: "by hour of the week: 1 (Monday) to 7", example: 1 }),
          hour: z
            .int()
            .optional()
            .openapi({ description: "by hour of the week: 0 to 23 on the shop's clock", example: 9 }),
          ...withChanges("BreakdownFigures", figures),
        })
        .openapi("BreakdownRow"),
    ),
    compared_with: comparedWith,
    as_of: asOf,
  })
  .openapi("Breakdown", {
    description:
      "The revenue of the rows adds up to that of the key figures of the same range; by refund reason, to that of its refunds. Rows are sorted by revenue in descending order, refund reasons by what was refunded, and hours of the week by time: all 168.",
  });

export const Amounts = z
  .object({
    currency,
    ...withChanges("AmountFigures", {
      sold: amount.openapi({ description: "totals of sales, with tax and after discounts, in minor units" }),
      refunded: amount.openapi({ description: "totals of refunds, in minor units, positive" }),
      revenue: amount.openapi({ description: "sold - refunded" }),
      tax: amount.openapi({ description: "tax of sales less that of refunds" }),
      net: amount.openapi({ description: "revenue - tax" }),
      discounts: amount.openapi({
        description: "what discounts took off, less what of it refunds undid, in minor units",
      }),
      discounted_sales: count.openapi({ description: "number of sales with a discount" }),
      rounding: amount.openapi({ description: "what cash rounding added to the payments" }),
    }),
    compared_with: comparedWith,
    as_of: asOf,
  })
  .openapi("AmountReport");

export const Margin = z
  .object({
    currency,
    ...withChanges("MarginFigures", {
      net: amount.openapi({ description: "revenue without tax, refunds taken off, in minor units" }),
      known_net: amount.openapi({ description: "what of it was sold with a known cost" }),
      cost: amount.openapi({ description: "what those products cost the shop when they were sold" }),
      margin: amount.openapi({ description: "known_net - cost" }),
      margin_percent: z
        .number()
        .nullable()
        .openapi({ description: "100 * margin / known_net; null if that is zero", example: 41.25 }),
      coverage: z
        .number()
        .nullable()
        .openapi({ description: "known_net / net; null if that is zero", example: 0.985 }),
    }),
    compared_with: comparedWith,
    as_of: asOf,
  })
  .openapi("Margin", {
    description:
      "A line has the cost that its product had when it was sold. Lines without one, such as those of imports, do not count in the margin.",
  });

const basketClass = z
  .object({
    from: z.int().openapi({ example: 6 }),
    to: z.int().nullable().openapi({ description: "null: without limit", example: 10 }),
    sales: count,
    share: z.number().openapi({ description: "share of all sales, from 0 to 1", example: 0.25 }),
    revenue: amount,
  })
  .openapi("BasketClass");

export const Baskets = z
  .object({
    currency,
    ...withChanges("BasketFigures", {
      sales: count,
      average_lines: z.number().openapi({ description: "lines per sale", example: 2.4 }),
      average_units: z.number().openapi({ description: "units per sale", example: 3.1 }),
      average_sale: amount.openapi({
        description: "the total of a sale in minor units, rounded half away from zero",
      }),
    }),
    lines: z.array(basketClass).openapi({ description: "sales by their number of lines" }),
    units: z
      .array(basketClass)
      .openapi({ description: "sales by their units, a fraction of one rounded up" }),
    compared_with: comparedWith,
    as_of: asOf,
  })
  .openapi("BasketReport", { description: "Sales without refunds." });
