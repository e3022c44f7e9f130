import { z } from "@hono/zod-openapi";
import { listOf, PageQuery } from "../../http/pagination.ts";
import { canonicalTag } from "../../values/text.ts";
import { Product } from "../products/schema.ts";

const amount = z
  .string()
  .regex(/^\d{1,15}$/, "minor units: a whole number")
  .transform(Number)
  .openapi({ type: "integer", example: 1000 });

/** One value, or the parameter repeated: any of them. */
const anyOf = (max: number, example: string, kept = (value: string): string => value) =>
  z
    .preprocess(
      (value) => (typeof value === "string" ? [value] : value),
      z.array(z.string().max(max).transform(kept)).min(1).max(100),
    )
    .optional()
    .openapi({
      type: "array",
      items: { type: "string", maxLength: max },
      maxItems: 100,
      description: "repeat the parameter for any of several, 100 at most",
      example: [example],
    });

const filters = {
  category: anyOf(100, "Novel"),
  author: anyOf(1000, "Gabriel García Márquez"),
  language: anyOf(35, "es", canonicalTag),
  price_min: amount.optional(),
  price_max: amount.optional(),
  is_active: z
    .enum(["true", "false"])
    .default("true")
    .openapi({ description: "false: the hidden ones, for staff" }),
  in_stock: z.enum(["true", "false"]).optional().openapi({ description: "true: what can be bought now" }),
};

/** The filters that every list and search of products takes. */
export const ProductFilters = z.strictObject(filters);

type Prices = { price_min?: number | undefined; price_max?: number | undefined };

/** For `refine`: a range has its lower end first. */
export const pricesInOrder = ({ price_min, price_max }: Prices): boolean =>
  price_min === undefined || price_max === undefined || price_min <= price_max;

export const PRICES_IN_ORDER = { path: ["price_min"], error: "not above price_max" };

export const ProductQuery = z
  .strictObject({
    ...PageQuery,
    tenant: z.string().max(100).optional(),
    ...filters,
    sort: z
      .enum(["-created_at", "price", "-price", "title", "-rating"])
      .default("-created_at")
      .openapi({ description: "title: case and accents do not count; -rating: the unrated last" }),
    facets: z.enum(["true", "false"]).default("false").openapi({
      description: "true: count what the filters leave, by category, author, language and price",
    }),
  })
  .refine(pricesInOrder, PRICES_IN_ORDER);

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
        "up to four bands of about as many products each; send min and max as price_min and price_max",
    }),
  })
  .openapi("Facets", {
    description: "Each facet keeps all filters but its own. The most frequent first: 20 at most.",
  });

export const ProductList = listOf(Product).extend({ facets: Facets.optional() }).openapi("ProductList");

export const CategoryCounts = z
  .array(
    z.object({
      category: z.string().openapi({ example: "Novel" }),
      products: z.int().openapi({ description: "that are not hidden", example: 12 }),
    }),
  )
  .openapi("CategoryCounts");
