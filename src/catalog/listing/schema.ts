import { z } from "@hono/zod-openapi";
import { Flag } from "../../http/named.ts";
import { INSTANT_MESSAGE, isSupportedInstant } from "../../values/days.ts";
import { JsonOrCsvQuery } from "../../http/csv.ts";
import { listOf, PageQuery } from "../../http/pagination.ts";
import { canonicalTag } from "../../values/text.ts";
import { Product } from "../products/schema.ts";

const amount = z
  .string()
  .regex(/^\d{1,15}$/, "must be a whole number of minor units")
  .transform(Number)
  .openapi({ type: "integer", example: 1000 });

/** One value, or several by repeating the parameter. */
const anyOf = (max: number, example: string, normalize = (value: string): string => value) =>
  z
    .preprocess(
      (value) => (typeof value === "string" ? [value] : value),
      z.array(z.string().max(max).transform(normalize)).min(1).max(100),
    )
    .optional()
    .openapi({
      type: "array",
      items: { type: "string", maxLength: max },
      maxItems: 100,
      description: "repeat the parameter to match any of up to 100 values",
      example: [example],
    });

const filters = {
  category: anyOf(100, "Novel"),
  author: anyOf(1000, "Gabriel García Márquez"),
  language: anyOf(35, "es", canonicalTag),
  price_min: amount.optional(),
  price_max: amount.optional(),
  is_active: Flag.optional().openapi({
    default: "true",
    description: "false: hidden products, visible to staff only",
  }),
  in_stock: Flag.optional().openapi({
    description: "true: only products that can be bought now; false: only sold-out products",
  }),
};

/** The filters that every list and search of products takes. */
export const ProductFilters = z.strictObject(filters);

type Prices = { price_min?: number | undefined; price_max?: number | undefined };

/** For `refine`: whether price_min does not exceed price_max. */
export const pricesInOrder = ({ price_min, price_max }: Prices): boolean =>
  price_min === undefined || price_max === undefined || price_min <= price_max;

export const PRICES_IN_ORDER = { path: ["price_min"], error: "must not exceed price_max" };

const allowedWithUpdatedSince = new Set([
  "updated_since",
  "tenant",
  ...Object.keys({ ...PageQuery, ...JsonOrCsvQuery }),
]);

export const ProductQuery = z
  .strictObject({
    ...PageQuery,
    tenant: z.string().max(100).optional(),
    ...filters,
    ...JsonOrCsvQuery,
    sort: z.enum(["-created_at", "price", "-price", "title", "-rating"]).optional().openapi({
      default: "-created_at",
      description: "title ignores case and accents; -rating lists unrated products last",
    }),
    facets: Flag.optional().openapi({
      default: "false",
      description: "true: also count the matching products by category, author, language and price",
    }),
    updated_since: z.iso
      .datetime({ offset: true })
      .refine(isSupportedInstant, INSTANT_MESSAGE)
      .transform((text) => new Date(text).toISOString())
      .optional()
      .openapi({
        type: "string",
        format: "date-time",
        description:
          "only products that were changed at this time or later, their stock included, by updated_at and then id; staff also get hidden ones. Cannot be combined with filters, sort or facets.",
        example: "2026-11-26T08:00:00Z",
      }),
  })
  .refine(pricesInOrder, PRICES_IN_ORDER)
  .refine(
    (query) =>
      query.updated_since === undefined ||
      Object.entries(query).every(
        ([name, value]) => value === undefined || allowedWithUpdatedSince.has(name),
      ),
    { path: ["updated_since"], error: "cannot be combined with filters, sort or facets" },
  );

const counts = (example: string) =>
  z.array(z.object({ value: z.string().openapi({ example }), count: z.int().openapi({ example: 12 }) }));

const price = z.int().openapi({ description: "minor units", example: 995 });

const Facets = z
  .object({
    category: counts("Novel"),
    author: counts("Gabriel García Márquez"),
    language: counts("es"),
    price: z.array(z.object({ min: price, max: price, count: z.int() })).openapi({
      description:
        "up to four bands with about as many products each; send min and max as price_min and price_max",
    }),
  })
  .openapi("Facets", {
    description: "Each facet applies all filters except its own. At most 20 values, the most frequent first.",
  });

export const ProductList = listOf(Product).extend({ facets: Facets.optional() }).openapi("ProductList");

export const CategoryCounts = z
  .array(
    z.object({
      category: z.string().openapi({ example: "Novel" }),
      products: z.int().openapi({ description: "number of visible products", example: 12 }),
    }),
  )
  .openapi("CategoryList");
