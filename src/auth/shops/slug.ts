import { z } from "@hono/zod-openapi";

/** The slug of a shop, which names it in requests. */
export const Slug = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    "must be at most 63 lower-case letters, digits and inner hyphens",
  )
  .openapi({ example: "libreria-sol" });
