import { z } from "@hono/zod-openapi";
import { Flag } from "../http/named.ts";
import { listOf, PageQuery } from "../http/pagination.ts";
import { Id } from "../values/ids.ts";
import { label } from "../values/text.ts";

const name = label(100, "IVA 5 %");

const rate = z.int().min(0).max(100_000).openapi({
  description: "hundred-thousandths: 21 % is 21000; 0 means exempt",
  example: 5000,
});

const isDefault = z.boolean().openapi({
  description: "whether the rate applies to products without one; a shop has at most one such rate",
});

export const TaxRate = z
  .object({
    id: Id,
    name,
    rate,
    is_default: isDefault,
    is_active: z.boolean().openapi({ description: "whether the rate can be assigned to products" }),
    is_used: z
      .boolean()
      .openapi({ description: "whether it has been charged in a sale; `rate` can then no longer change" }),
    created_at: z.iso.datetime(),
  })
  .openapi("TaxRate");

export const TaxRateList = listOf(TaxRate).openapi("TaxRateList");

export const TaxRateQuery = z.strictObject({
  ...PageQuery,
  is_active: Flag.optional().openapi({ description: "only active or inactive rates" }),
});

export const NewTaxRate = z
  .strictObject({
    name,
    rate,
    is_default: isDefault.optional().openapi({
      description: "true makes it the default of the shop instead of the present one; false by default",
    }),
    replaces: Id.optional().openapi({
      description:
        "an active rate whose products the new one takes over, and which it replaces as the default of the shop; the replaced rate becomes inactive",
    }),
  })
  .openapi("NewTaxRate");

export const TaxRatePatch = z
  .strictObject({
    name,
    rate,
    is_default: isDefault.openapi({
      description:
        "true makes it the default of the shop instead of the present one; false leaves the shop without a default",
    }),
    is_active: z.boolean(),
  })
  .partial()
  .refine(({ is_default, is_active }) => is_default !== true || is_active !== false, {
    path: ["is_default"],
    error: "must not be true if is_active is false",
  })
  .openapi("TaxRatePatch");
