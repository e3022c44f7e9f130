import { sql } from "drizzle-orm";
import { z } from "zod";
import { auditDifference } from "../../audit/log.ts";
import type { ActorCtx } from "../../platform/context.ts";
import { notFound } from "../../platform/problem.ts";
import { readGoals } from "./goals.ts";
import type { Goals, GoalsBody } from "./schema.ts";

type Body = z.infer<typeof GoalsBody>;

const idRow = z.object({ id: z.string() });

/** @throws Problem not-found if a seller does not work in the shop */
async function assertStaff(ctx: ActorCtx, sellers: Body["sellers"]): Promise<void> {
  if (sellers.length === 0) return;
  const ids = JSON.stringify(sellers.map(({ user_id }) => user_id));
  const staff = await ctx.db.all(
    idRow,
    sql`SELECT id FROM users WHERE tenant_id = ${ctx.tenant.id} AND id IN (SELECT value FROM json_each(${ids}))
      AND role IN ('ADMIN', 'EMPLOYEE') AND erased_at IS NULL`,
  );
  if (staff.length < sellers.length) throw notFound("seller");
}

/** Replaces the goals of a month, and returns them. Two round trips. @throws Problem not-found */
export async function replaceGoals(
  ctx: ActorCtx,
  { month, target, sellers }: Body,
): Promise<z.infer<typeof Goals>> {
  await assertStaff(ctx, sellers);
  const tenantId = ctx.tenant.id;
  const sorted = sellers.toSorted((a, b) => (a.user_id < b.user_id ? -1 : 1));
  const becomes = {
    target,
    sellers: Object.fromEntries(sorted.map((seller) => [seller.user_id, seller.target])),
  };
  const rows = [
    ...(target === null ? [] : [["", target]]),
    ...sorted.map((seller) => [seller.user_id, seller.target]),
  ];
  const ofMonth = sql`FROM goals WHERE tenant_id = ${tenantId} AND month = ${month}`;
  const present = sql`json_object(
    'target', (SELECT target ${ofMonth} AND user_id = ''),
    'sellers', json((SELECT json_group_object(user_id, target)
      FROM (SELECT user_id, target ${ofMonth} AND user_id <> '' ORDER BY user_id))))`;
  const goals = readGoals(ctx, { from: month, to: month });
  const done = await ctx.db.batch([
    auditDifference(
      ctx,
      "goal.changed",
      month,
      sql`SELECT ${present} AS was, ${JSON.stringify(becomes)} AS becomes`,
    ),
    sql`DELETE ${ofMonth}`,
    sql`INSERT INTO goals (tenant_id, month, user_id, target)
      SELECT ${tenantId}, ${month}, value ->> 0, value ->> 1 FROM json_each(${JSON.stringify(rows)})`,
    ...goals.statements,
  ]);
  return goals.read(done);
}
