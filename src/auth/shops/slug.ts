import { z } from "@hono/zod-openapi";
import { folded } from "../../values/text.ts";

const PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const PATTERN_MESSAGE = "must be at most 63 lower-case letters, digits and inner hyphens";

/** The slug of a shop, which names it in requests. */
export const Slug = z.string().regex(PATTERN, PATTERN_MESSAGE).openapi({ example: "libreria-sol" });

/** The slug of an existing shop, in any letter case. */
export const ExistingSlug = z
  .string()
  .overwrite(folded)
  .regex(PATTERN, PATTERN_MESSAGE)
  .openapi({ example: "libreria-sol" });
