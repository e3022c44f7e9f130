import { z } from "@hono/zod-openapi";
import { JsonOrCsvQuery } from "../../http/csv.ts";
import { limitQuery, PageQuery } from "../../http/pagination.ts";
import { Id } from "../../values/ids.ts";
import { Quantity, Unit } from "../../values/quantities.ts";
import { amount, asOf, count, currency, tenant } from "../comparison/schema.ts";

export const StockFigureQuery = z.strictObject({ tenant });

const values = {
  products: count.openapi({ description: "products in stock", example: 812 }),
  uncosted: count.openapi({ description: "those of them whose cost is not known", example: 14 }),
  cost_value: amount.openapi({
    description: "what the stock cost, in minor units, without products whose cost is not known",
  }),
  price_value: amount.openapi({ description: "the stock at present prices, in minor units" }),
};

export const StockFigures = z
  .object({
    currency,
    ...values,
    days_of_cover: z.number().nullable().openapi({
      description:
        "cost_value divided by what the products sold in the last 30 days cost a day; null if that is not known",
      example: 41.5,
    }),
    ages: z
      .array(
        z.object({
          from: z.int().nullable().openapi({
            description: "days since the last sale of the product; null for products never sold",
            example: 31,
          }),
          to: z.int().nullable().openapi({ description: "null: without limit", example: 60 }),
          ...values,
        }),
      )
      .openapi({ description: "the stock by the time since its products were last sold" }),
    is_live: z.boolean().openapi({
      description:
        "whether it is the present stock; in a shop with more than 1,500 products it is that of the last night, and nothing before the first night",
    }),
    as_of: asOf,
  })
  .openapi("StockFigures");

export const SlowProductsQuery = z.strictObject({
  ...PageQuery,
  limit: limitQuery(20),
  days: z.coerce
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(90)
    .openapi({ description: "days without a sale", example: 90 }),
  ...JsonOrCsvQuery,
});

export const SlowProducts = z
  .object({
    currency,
    data: z.array(
      z.object({
        product_id: Id,
        sku: z.string(),
        title: z.string(),
        last_sold: z
          .string()
          .nullable()
          .openapi({ description: "the day of the last sale; null if there is none", example: "2026-03-14" }),
        stock: Quantity,
        unit: Unit,
        // An explicit type in OpenAPI is not made nullable.
        cost_value: amount.nullable().openapi({
          type: ["integer", "null"],
          description: "what this stock cost, in minor units; null if the cost is not known",
        }),
        price_value: amount.openapi({ description: "this stock at the present price, in minor units" }),
      }),
    ),
    next_cursor: z.string().nullable(),
    as_of: asOf,
  })
  .openapi("SlowProductList");
