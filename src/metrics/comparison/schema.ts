// What the schemas of figures have in common.
import { z } from "@hono/zod-openapi";
import { named } from "../../http/named.ts";
import { DayRange, orderedRange } from "../../http/pagination.ts";

export const tenant = z.string().max(100).optional();

// Not z.int(): a sum of very large prices may exceed 2^53, which must not fail the response.
const integer = z.number().openapi({ type: "integer" });
export const amount = integer.openapi({ description: "in minor units", example: 1295 });
export const units = z
  .number()
  .openapi({ description: "units of all products, with at most three decimals", example: 26 });
export const count = z.int().openapi({ example: 22064 });
export const asOf = z.iso.datetime().openapi({ description: "when the figures were calculated" });
export const currency = z.string().openapi({ example: "GBP" });

export const comparedRange = {
  ...DayRange,
  compare: named("Comparison", z.enum(["none", "previous", "year"]))
    .default("none")
    .openapi({
      default: "none",
      description:
        "adds `before`, `change` and `change_percent`: against the equally long range before, or the same days of the year before. Requires `from`. Today is compared up to the same time of day.",
    }),
  align: named("ComparisonAlignment", z.enum(["date", "weekday"]))
    .default("date")
    .openapi({
      default: "date",
      description:
        "with `compare=year`: whether days are compared by their date, or by weekday 52 weeks before",
    }),
};

type ComparedQuery = {
  from?: string | undefined;
  to?: string | undefined;
  compare: "none" | "previous" | "year";
  align: "date" | "weekday";
};

/** A query with `comparedRange` whose range has a default, so that `from` may be missing. */
export const alignable = <T extends z.ZodType<ComparedQuery>>(query: T) =>
  orderedRange(query).refine(({ compare, align }: ComparedQuery) => align === "date" || compare === "year", {
    path: ["align"],
    error: "weekday requires compare=year",
  });

/** A query with `comparedRange` that requires `from` with `compare`. */
export const comparable = <T extends z.ZodType<ComparedQuery>>(query: T) =>
  alignable(query).refine(({ from, compare }: ComparedQuery) => compare === "none" || from !== undefined, {
    path: ["from"],
    error: "is required with compare",
  });

const difference = z.number().nullable();

/** The figures of an object, and what `compare` adds. `name` names their shape in the document. */
export const withChanges = <T extends z.ZodRawShape>(name: string, figures: T) => {
  const change = named(
    `${name}Change`,
    z.object(Object.fromEntries(Object.keys(figures).map((each) => [each, difference]))),
  ).optional();
  return {
    ...figures,
    before: named(name, z.object(figures))
      .optional()
      .openapi({ description: "with `compare`: the figures before" }),
    change: change.openapi({ description: "with `compare`: the difference from the figures before" }),
    change_percent: change.openapi({
      description: "with `compare`: the change in percent of the figure before; null where that is zero",
    }),
  };
};

export const comparedWith = z
  .object({
    from: z.string().openapi({ example: "2026-10-01" }),
    to: z.string().openapi({ example: "2026-10-31" }),
    until: z.iso
      .datetime()
      .nullable()
      .openapi({ description: "the last day counts before this time; null if it counts completely" }),
  })
  .openapi("ComparedRange")
  .optional()
  .openapi({ description: "with `compare`: the days of `before`" });
