import { z } from "@hono/zod-openapi";
import { listOf, PageQuery } from "../../http/pagination.ts";
import { Product } from "../products/schema.ts";

const priority = z
  .int()
  .min(1)
  .max(5)
  .openapi({ description: "from 1, the highest, to 5, the lowest", example: 1 });

export const Wish = z.strictObject({ priority }).openapi("Wish");

export const SavedQuery = z.strictObject({ ...PageQuery, tenant: z.string().max(100).optional() });

const saved = {
  product: Product,
  created_at: z.iso.datetime().openapi({ description: "when the product was added" }),
  price_then: z
    .int()
    .openapi({ description: "the price when the product was added, in minor units", example: 1295 }),
  price_fell: z.boolean().openapi({ description: "the price is lower than when the product was added" }),
  back_in_stock: z.boolean().openapi({
    description: "the product was sold out when it was added or later, and can be bought now",
  }),
};

export const FavoriteList = listOf(z.object(saved).openapi("Favorite")).openapi("FavoriteList");

export const Wishlist = listOf(z.object({ ...saved, priority }).openapi("WishlistItem")).openapi("Wishlist");
