import { z } from "@hono/zod-openapi";
import { Product } from "../catalog/products/schema.ts";

const Limit = z
  .string()
  .regex(/^([1-9]|1\d|20)$/, "must be a whole number from 1 to 20")
  .transform(Number)
  .default(10)
  .openapi({ type: "integer", minimum: 1, maximum: 20, example: 10 });

export const RecommendationQuery = z.strictObject({
  limit: Limit,
  tenant: z.string().max(100).optional(),
});

const Recommendation = z
  .object({
    product: Product,
    reason: z.enum(["bought_together", "same_series", "same_author", "same_category", "best_seller"]),
    score: z.number().openapi({
      description: "similarity by products bought together; 0 for other reasons",
      example: 0.21,
    }),
  })
  .openapi("Recommendation");

export const Recommendations = z.object({ data: z.array(Recommendation) }).openapi("RecommendationList");
