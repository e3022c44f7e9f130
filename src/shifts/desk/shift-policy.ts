// A shop may sell only on shift: the setting require_shift_to_sell. The rule is a NULL in the batch of the sale, so it
// holds against a shift that ends and a setting that is switched on meanwhile.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../../platform/context.ts";
import { violates, rows } from "../../platform/d1.ts";
import { Problem } from "../../platform/problem.ts";
import { openShiftId } from "../record.ts";

/** A scalar query for `sales.channel`: 'counter', or NULL where the actor would need a shift that he has not. */
export const counterChannel = (ctx: ActorCtx): SQL =>
  sql`(SELECT iif(require_shift_to_sell AND ${openShiftId(ctx.tenant.id, ctx.actor.id)} IS NULL, NULL, 'counter')
    FROM tenants WHERE id = ${ctx.tenant.id})`;

/** Whether D1 refused a sale because its `counter` is NULL. */
export const violatesShiftPolicy = (error: unknown): boolean => violates(error, "sales.channel");

export const shiftRequired = (): Problem<"no-open-shift"> =>
  new Problem("no-open-shift", "This shop sells only on shift: start one first.", {}, {}, 409);

/** The statement that asks what `counter` would be, for a batch of reads. */
export const selectShiftPolicy = (ctx: ActorCtx): SQL => sql`SELECT ${counterChannel(ctx)} AS counter`;

/** Refuses by the rows of `selectCounter`. @throws Problem no-open-shift (409) */
export function requireShift(result: Parameters<typeof rows>[1]): void {
  const [row] = rows(z.object({ counter: z.string().nullable() }), result);
  if (row?.counter === null) throw shiftRequired();
}
