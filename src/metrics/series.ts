import type { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import type { Plan } from "../platform/plan.ts";
import { daySeries } from "./figures.ts";
import { hourSeries } from "./hours.ts";
import type { Series, SeriesQuery } from "./schema.ts";

/** Sales by hour, day or a longer period. @throws Problem invalid for too many hours; reading throws it for too many periods */
export function series(ctx: Ctx, query: z.infer<typeof SeriesQuery>): Plan<z.infer<typeof Series>> {
  const { interval } = query;
  return interval === "hour" ? hourSeries(ctx, query) : daySeries(ctx, { ...query, interval });
}
