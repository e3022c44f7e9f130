// Who changed somebody's shift: when, why, and how it was before and after. Triggers keep the rows as they were written.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx, Ctx } from "../context.ts";
import { rows } from "../db.ts";
import { newId } from "../ids.ts";
import { notFound } from "../problem.ts";
import { shiftJson } from "./record.ts";
import { ShiftAudit } from "./schema.ts";

type Entry = z.infer<typeof ShiftAudit>;

/** The statement that records a change, for the end of its batch; `before` is JSON of the shift as it was. */
export const audit = (
  ctx: ActorCtx,
  shiftId: string,
  action: Entry["action"],
  reason: string,
  before: string,
): SQL => sql`
  INSERT INTO shift_audit (tenant_id, shift_id, id, actor_id, action, reason, before, after, created_at)
  SELECT h.tenant_id, h.id, ${newId()}, ${ctx.actor.id}, ${action}, ${reason}, ${before}, ${shiftJson},
    ${ctx.now.toISOString()} FROM shifts h WHERE h.tenant_id = ${ctx.tenant.id} AND h.id = ${shiftId}`;

const json = z.string().transform((text): unknown => JSON.parse(text));

const auditRow = z.object({ before: json, after: json }).loose().pipe(ShiftAudit);

/** The changes of a shift, in their order. One round trip. @throws Problem not-found */
export async function listAudit(ctx: Ctx, shiftId: string): Promise<{ data: Entry[] }> {
  const [found, entries] = await ctx.db.batch([
    sql`SELECT id FROM shifts WHERE tenant_id = ${ctx.tenant.id} AND id = ${shiftId}`,
    sql`SELECT id, shift_id, actor_id, action, reason, before, after, created_at FROM shift_audit
      WHERE tenant_id = ${ctx.tenant.id} AND shift_id = ${shiftId} ORDER BY id`,
  ]);
  if (!found?.length) throw notFound("shift");
  return { data: rows(auditRow, entries) };
}
