import { z } from "@hono/zod-openapi";

export const RollupStatus = z
  .object({
    dirty_days: z.array(z.string()).openapi({ description: "days whose daily tables are out of date" }),
    product_days: z.int().openapi({
      description: "number of days that best sellers and recommendations do not include yet",
    }),
    last_run: z
      .object({
        started_at: z.iso.datetime(),
        finished_at: z.iso.datetime(),
        days: z.int().openapi({ description: "number of days rebuilt" }),
      })
      .nullable(),
  })
  .openapi("RollupStatus");

export const RollupQueued = z.object({ queued: z.literal(true) }).openapi("RollupQueued");
