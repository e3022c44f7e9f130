// The last day of a range that ends within it, from its timeline. Without one, its sales are read.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { type BatchResult, returning } from "../platform/d1.ts";
import type { Plan } from "../platform/plan.ts";
import { rowsBefore, type Timeline, unpackTimeline } from "../rollups/timeline.ts";
import { cutOf, hasTimeline, type Range } from "./days.ts";

type Timelines = Plan<Timeline[]>;

// The figures of a request read a day once.
const plans = new WeakMap<Ctx, Map<string, Timelines>>();

function timelineOf(ctx: Ctx, day: string): Timelines {
  const known = plans.get(ctx) ?? new Map<string, Timelines>();
  plans.set(ctx, known);
  const plan = known.get(day) ?? readTimeline(ctx, day);
  known.set(day, plan);
  return plan;
}

function readTimeline(ctx: Ctx, day: string): Timelines {
  const parts = returning(
    z.object({ totals: z.string() }),
    sql`SELECT t.totals FROM day_timelines t WHERE t.tenant_id = ${ctx.tenant.id} AND t.day = ${day}
      AND ${hasTimeline(ctx.tenant.id, day)} ORDER BY t.part`,
  );
  const unpacked = new WeakMap<BatchResult, Timeline[]>();
  return {
    statements: [parts],
    read: (done) => {
      const timeline = unpacked.get(done) ?? done.of(parts).map(({ totals }) => unpackTimeline(totals));
      unpacked.set(done, timeline);
      return timeline;
    },
  };
}

/** The rows of a table on the last day of a range that ends within it, each with that day; none for any other range. */
export function timelineRows(ctx: Ctx, name: string, range: Range): Plan<Record<string, unknown>[]> {
  const cut = cutOf(range);
  if (!cut) return { statements: [], read: () => [] };
  const timeline = timelineOf(ctx, cut.to);
  return {
    statements: timeline.statements,
    read: (done) =>
      timeline
        .read(done)
        .flatMap((part) => rowsBefore(part, name, cut.until).map((row) => ({ ...row, day: cut.to }))),
  };
}
