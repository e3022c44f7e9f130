// The fields that every postal address has.
import { z } from "@hono/zod-openapi";
import { CountryCode } from "./countries.ts";
import { label } from "./text.ts";

export const postalAddress = {
  lines: z.array(label(200, "Calle Mayor 1, 2.º B")).min(1).max(4),
  city: label(100, "Madrid"),
  region: label(100, "Madrid").optional(),
  postal_code: label(20, "28013"),
  country: CountryCode,
};
