import { z } from "@hono/zod-openapi";
import { Id } from "../../values/ids.ts";
import { listOf, PageQuery } from "../../http/pagination.ts";
import { pricesInOrder, PRICES_IN_ORDER, ProductFilters } from "../listing/schema.ts";
import { Product } from "../products/schema.ts";

export const SearchQuery = z
  .strictObject({
    ...PageQuery,
    tenant: z.string().max(100).optional(),
    ...ProductFilters.omit({ is_active: true }).shape,
    q: z.string().max(200).openapi({
      description: "literal text; words after the twelfth are ignored",
      example: "cuadrno olibar",
    }),
  })
  .refine(pricesInOrder, PRICES_IN_ORDER);

const SearchHit = Product.extend({
  score: z.number().openapi({ description: "relevance; higher is better", example: 0.87 }),
  highlight: z.record(z.string(), z.string()).openapi({
    description:
      "matching fields as HTML with <mark>; a description is reduced to an excerpt around the first match",
    example: { title: "<mark>Cuaderno</mark> del <mark>olivar</mark>" },
  }),
}).openapi("SearchHit");

export const SearchResults = listOf(SearchHit)
  .extend({
    did_you_mean: z
      .string()
      .nullable()
      .openapi({ description: "the corrected query, if no product contains a word as typed" }),
  })
  .openapi("SearchResultList");

export const SuggestQuery = z.strictObject({
  tenant: z.string().max(100).optional(),
  q: z
    .string()
    .max(200)
    .openapi({ description: "the text typed so far; at least 2 letters", example: "cuad" }),
});

export const Suggestion = z
  .object({
    text: z.string().openapi({ example: "Cuaderno del olivar" }),
    kind: z.enum(["title", "author"]),
    highlight: z.string().openapi({ description: "HTML with <mark>" }),
    product_id: Id.nullable().openapi({ description: "the product of a title; null for an author" }),
  })
  .openapi("Suggestion");

export const Suggestions = z.object({ data: z.array(Suggestion) }).openapi("SuggestionList");
