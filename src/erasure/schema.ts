import { z } from "@hono/zod-openapi";

export const Erasure = z
  .strictObject({ password: z.string().max(256).openapi({ example: "correct horse battery" }) })
  .openapi("Erasure");
