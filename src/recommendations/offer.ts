// What may be recommended to the caller at all: what is shown, can be bought now, and is not his yet.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { productBody, productRow } from "../catalog/products/columns.ts";
import type { Ctx } from "../platform/context.ts";
import { isOwned } from "./owned.ts";

/** The condition on a product `p`. */
export const canBeOffered = (ctx: Ctx): SQL =>
  sql`p.is_active = 1 AND (p.stock IS NULL OR p.stock > 0) AND NOT ${isOwned(ctx)}`;

/** A row of the product's `columns` with why it is recommended and how strongly. */
export const offerRow = productRow.extend({ reason: z.string(), score: z.number() });

export const offerOf = (ctx: Ctx, { reason, score, ...product }: z.infer<typeof offerRow>) => ({
  product: productBody(ctx, product),
  reason,
  score,
});
