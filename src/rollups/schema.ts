import { z } from "@hono/zod-openapi";

export const RollupStatus = z
  .object({
    dirty_days: z.array(z.string()).openapi({ description: "days whose daily tables are still to be built" }),
    product_days: z.int().openapi({
      description: "days whose products are still to be counted, for best sellers and recommendations",
    }),
    last_run: z
      .object({
        started_at: z.iso.datetime(),
        finished_at: z.iso.datetime(),
        days: z.int().openapi({ description: "how many days it built" }),
      })
      .nullable(),
  })
  .openapi("RollupStatus");

export const RollupQueued = z.object({ queued: z.literal(true) }).openapi("RollupQueued");
