import { z } from "@hono/zod-openapi";
import { limitQuery, PageQuery } from "../../http/pagination.ts";
import { Id } from "../../values/ids.ts";
import { Quantity } from "../../values/quantities.ts";
import { amount, asOf, comparedWith, count, currency, withChanges } from "../comparison/schema.ts";

const conversion = z
  .number()
  .nullable()
  .openapi({ description: "ordered / started or added; null if that is zero", example: 0.285714 });

export const Funnel = z
  .object({
    currency,
    ...withChanges("FunnelFigures", {
      started: count.openapi({ description: "carts that got their first product in the range" }),
      ordered: count.openapi({ description: "those of them that were ordered until now" }),
      abandoned: count.openapi({
        description: "those of them that were not, including emptied ones; the carts of today may still be",
      }),
      conversion,
      paid: count.openapi({ description: "online orders of the range that are paid" }),
      paid_revenue: amount.openapi({ description: "their revenue minus online refunds, in minor units" }),
    }),
    origins: z.array(
      z.object({
        origin: z.string().nullable().openapi({
          description:
            "where buyers found the products: `origin` of POST /cart/items; null where it was not sent",
          example: "search",
        }),
        added: count.openapi({ description: "products that were put into these carts" }),
        ordered: count.openapi({ description: "those of them that were ordered until now" }),
        conversion,
      }),
    ),
    compared_with: comparedWith,
    as_of: asOf,
  })
  .openapi("Funnel", {
    description:
      "Carts count on the day of their first product. Searches are not counted: what was found by a search and put into a cart is.",
  });

export const CartsQuery = z.strictObject({
  ...PageQuery,
  limit: limitQuery(20),
  hours: z.coerce
    .number()
    .int()
    .min(1)
    .max(8760)
    .default(24)
    .openapi({ description: "the hours since a product was last added", example: 24 }),
});

export const AbandonedCarts = z
  .object({
    currency,
    data: z.array(
      z.object({
        cart_id: Id.openapi({ description: "the same as customer_id, except for a guest" }),
        customer_id: Id.nullable().openapi({ description: "null for a guest" }),
        name: z.string().nullable().openapi({ description: "null for a guest, and to an EMPLOYEE" }),
        lines: count.openapi({ example: 2 }),
        units: Quantity,
        value: amount.openapi({ description: "at present prices before tax rules, in minor units" }),
        added_at: z.iso.datetime().openapi({ description: "when a product was last added" }),
      }),
    ),
    next_cursor: z.string().nullable(),
    as_of: asOf,
  })
  .openapi("AbandonedCartList");
