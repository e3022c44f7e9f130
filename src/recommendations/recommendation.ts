// Recommended products are visible, can be bought now, and have not been purchased by the caller.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { productBody, productRow } from "../catalog/products/columns.ts";
import type { Ctx } from "../platform/context.ts";
import { isPurchased } from "./purchased.ts";

/** The condition that a product `p` may be recommended to the caller. */
export const isRecommendable = (ctx: Ctx): SQL =>
  sql`p.is_active = 1 AND (p.stock IS NULL OR p.stock > 0) AND NOT ${isPurchased(ctx)}`;

/** A row of `productColumns` with the reason and the strength of the recommendation. */
export const recommendationRow = productRow.extend({ reason: z.string(), score: z.number() });

export const recommendationOf = (
  ctx: Ctx,
  { reason, score, ...product }: z.infer<typeof recommendationRow>,
) => ({ product: productBody(ctx, product), reason, score });
