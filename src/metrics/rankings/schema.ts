import { z } from "@hono/zod-openapi";
import { named } from "../../http/named.ts";
import { JsonOrCsvQuery } from "../../http/csv.ts";
import { DayRange, orderedRange, PageQuery } from "../../http/pagination.ts";
import { Id } from "../../values/ids.ts";
import {
  amount,
  asOf,
  comparable,
  comparedRange,
  comparedWith,
  count,
  currency,
  units,
  withChanges,
} from "../comparison/schema.ts";
import { SEGMENTS } from "./segments.ts";

const rankingQuery = {
  ...PageQuery,
  sort: named("RankingMeasure", z.enum(["revenue", "units", "sales"]))
    .default("revenue")
    .openapi({ default: "revenue" }),
};

export const TopProductsQuery = comparable(
  z.strictObject({
    ...rankingQuery,
    ...comparedRange,
    category: z.string().min(1).max(100).optional().openapi({ example: "novela" }),
  }),
);

export const TopProducts = z
  .object({
    currency,
    data: z.array(
      z
        .object({
          product_id: Id,
          sku: z.string(),
          title: z.string(),
          ...withChanges("ProductFigures", { units, revenue: amount, sales: count }),
        })
        .openapi("RankedProduct"),
    ),
    next_cursor: z.string().nullable(),
    compared_with: comparedWith,
    as_of: asOf,
  })
  .openapi("ProductRanking", {
    description:
      "Units and revenue are those of sale lines minus refunds; sales is the number of sales with the product, without refunds.",
  });

export const TopCustomersQuery = orderedRange(z.strictObject({ ...rankingQuery, ...DayRange }));

const customerIds = {
  customer_id: Id.nullable().openapi({
    description: "null only until the sales of an earlier import have customers",
  }),
  customer_ref: z.string().nullable().openapi({
    description: "the customer's `external_ref`, the CustomerID of imported sales",
    example: "17850",
  }),
};

export const TopCustomers = z
  .object({
    currency,
    data: z.array(
      z.object({
        ...customerIds,
        name: z
          .string()
          .nullable()
          .openapi({ description: "for an ADMIN, the name of the customer; otherwise null" }),
        sales: count,
        units,
        revenue: amount,
      }),
    ),
    next_cursor: z.string().nullable(),
    as_of: asOf,
  })
  .openapi("CustomerRanking", { description: "Sales without a customer are omitted." });

export const RfmQuery = z.strictObject({
  ...PageQuery,
  as_of: DayRange.to.openapi({
    description: "the day up to which sales and refunds count; today by default",
  }),
  segment: z
    .enum(SEGMENTS)
    .openapi("RfmSegment")
    .optional()
    .openapi({ description: "only the customers of this segment" }),
  ...JsonOrCsvQuery,
});

const score = z.int().min(1).max(5);

export const Rfm = z
  .object({
    currency,
    as_of: z.string().openapi({ description: "the day", example: "2011-12-09" }),
    segments: z.array(
      z.object({ segment: z.enum(SEGMENTS).openapi("RfmSegment"), customers: count, revenue: amount }),
    ),
    data: z.array(
      z.object({
        ...customerIds,
        recency: z.int().openapi({ description: "days from the last sale to `as_of`", example: 17 }),
        frequency: count.openapi({ description: "number of sales, without refunds", example: 12 }),
        monetary: amount.openapi({ description: "revenue minus refunds, in minor units" }),
        r: score.openapi({ description: "score of recency: 5 is the most recent" }),
        f: score.openapi({ description: "score of frequency" }),
        m: score.openapi({ description: "score of monetary value" }),
        segment: z.enum(SEGMENTS).openapi("RfmSegment"),
      }),
    ),
    next_cursor: z.string().nullable(),
    calculated_at: asOf,
  })
  .openapi("Rfm", {
    description:
      "All customers with at least one sale that is not a refund. Segments follow from the scores of recency and frequency.",
  });
