// The target revenue of months, and how much of it has been reached.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { actorId, type ActorCtx, type Ctx, seesColleagues } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import type { Plan } from "../../platform/plan.ts";
import { dailyTables } from "../../rollups/daily-tables.ts";
import { addDays, countDays, dayOf, nextPeriod } from "../../values/days.ts";
import { mean, ratio } from "../../values/money.ts";
import { tableRows } from "../totals.ts";
import type { Goals, GoalsQuery, MonthGoals } from "./schema.ts";

const goalRow = z.object({
  month: z.string(),
  user_id: z.string(),
  target: z.number(),
  name: z.string().nullable(),
});

// That of the shop has no seller.
const revenueRow = z.object({ day: z.string(), seller_id: z.string().default(""), revenue: z.number() });

const firstDay = (month: string): string => `${month}-01`;

/** The last day of a month `YYYY-MM`. */
export const lastDay = (month: string): string => addDays(nextPeriod(firstDay(month), "month"), -1);

function progressOf(month: string, target: number | null, revenue: number, today: string) {
  if (target === null) return { revenue, expected: null, percent: null };
  const days = countDays(firstDay(month), lastDay(month));
  const elapsed = Math.min(Math.max(countDays(firstDay(month), today), 0), days);
  return {
    revenue,
    expected: mean(target * elapsed, days),
    percent: ratio((100 * revenue) / target),
  };
}

type GoalRange = {
  from: string;
  to: string;
  /** The last day whose sales count; by default that of the last month. */
  until?: string;
  /** The day up to which revenue is expected. */
  today: string;
  /** The only seller to show; by default all. */
  sellerId?: string | undefined;
};

/** The goals of months and their progress. */
export function goalsOf(
  ctx: Ctx,
  { from, to, until = lastDay(to), today, sellerId }: GoalRange,
): Plan<z.infer<typeof MonthGoals>[]> {
  const range = { from: firstDay(from), to: until };
  const goals = returning(
    goalRow,
    sql`SELECT g.month, g.user_id, g.target, u.first_name || ' ' || u.last_name AS name FROM goals g
      LEFT JOIN users u ON u.tenant_id = g.tenant_id AND u.id = g.user_id
      WHERE g.tenant_id = ${ctx.tenant.id} AND g.month >= ${from} AND g.month <= ${to}
        ${sellerId === undefined ? sql`` : sql`AND g.user_id IN ('', ${sellerId})`} ORDER BY g.month, name, g.user_id`,
  );
  const ofShop = tableRows(ctx, dailyTables.sales, range, revenueRow, { columns: ["revenue"] });
  const ofSellers = tableRows(ctx, dailyTables.sellers, range, revenueRow, { columns: ["revenue"] });
  return {
    statements: [goals, ...ofShop.statements, ...ofSellers.statements],
    read: (done) => {
      const revenues = new Map<string, number>();
      for (const { day, seller_id, revenue } of [...ofShop.read(done), ...ofSellers.read(done)]) {
        const key = `${day.slice(0, 7)} ${seller_id}`;
        revenues.set(key, (revenues.get(key) ?? 0) + revenue);
      }
      const progress = (month: string, userId: string, target: number | null) =>
        progressOf(month, target, revenues.get(`${month} ${userId}`) ?? 0, today);
      return [...Map.groupBy(done.of(goals), ({ month }) => month)].map(([month, rows]) => {
        const target = rows.find(({ user_id }) => user_id === "")?.target ?? null;
        return {
          month,
          target,
          ...progress(month, "", target),
          sellers: rows
            .filter(({ user_id }) => user_id !== "")
            .map((row) => ({
              user_id: row.user_id,
              name: row.name ?? "",
              target: row.target,
              ...progress(month, row.user_id, row.target),
            })),
        };
      });
    },
  };
}

/** The goals of the shop and of those sellers whom the actor sees. */
export function readGoals(ctx: ActorCtx, query: z.infer<typeof GoalsQuery>): Plan<z.infer<typeof Goals>> {
  const today = dayOf(ctx.now, ctx.tenant.timezone);
  const plan = goalsOf(ctx, {
    from: query.from ?? query.to ?? today.slice(0, 7),
    to: query.to ?? query.from ?? today.slice(0, 7),
    today,
    sellerId: seesColleagues(ctx) ? undefined : actorId(ctx),
  });
  return {
    statements: plan.statements,
    read: (done) => ({
      currency: ctx.tenant.currency,
      data: plan.read(done),
      as_of: ctx.now.toISOString(),
    }),
  };
}
