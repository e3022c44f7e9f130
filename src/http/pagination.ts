// The query parameters and the envelope of lists.
import { z } from "@hono/zod-openapi";
import { failsAs } from "../values/faults.ts";
import { isDay } from "../values/days.ts";

const Limit = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, "must be a whole number from 1 to 100")
  .transform(Number)
  .refine((limit) => limit <= 100, "must be a whole number from 1 to 100")
  .openapi({ type: "integer", minimum: 1, maximum: 100, example: 20 });

/** `?limit=` from 1 to 100, with this default. */
export const limitQuery = (standard: number) => Limit.default(standard);

export const PageQuery = {
  limit: limitQuery(20),
  cursor: z.string().max(2000).optional().openapi({
    description:
      "next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list.",
  }),
  tenant: z.string().max(100).optional(),
};

/** The schema of a list of these items. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() });

const day = z
  .string()
  .refine(isDay, failsAs("must be a day, such as 2026-11-22", "not_a_date"))
  .optional()
  .openapi({ format: "date", example: "2026-11-22" });

/** `from` and `to`: days in the shop's time zone, both inclusive. */
export const DayRange = { from: day, to: day };

type Range = { from?: string | undefined; to?: string | undefined };

/** A query with `DayRange` that refuses `from` after `to`. */
export const orderedRange = <T extends z.ZodType<Range>>(query: T) =>
  query.refine(({ from, to }: Range) => from === undefined || to === undefined || from <= to, {
    path: ["from"],
    error: "must not be after to",
  });
