// The PIN with which an ADMIN approves, stored like a password. Setting it takes no password: who has the token of an ADMIN needs
// no approval.
import { sql } from "drizzle-orm";
import type { z } from "zod";
import { audit } from "../../audit/log.ts";
import type { UserCtx } from "../../platform/context.ts";
import { hashPassword } from "../login/passwords.ts";
import type { PinBody } from "./schema.ts";

/** Sets the actor's PIN. Costs one scrypt. One round trip. */
export async function setPin(ctx: UserCtx, { pin }: z.infer<typeof PinBody>): Promise<void> {
  await ctx.db.batch([
    sql`INSERT INTO approval_pins (tenant_id, user_id, pin_hash, updated_at)
      VALUES (${ctx.tenant.id}, ${ctx.actor.id}, ${hashPassword(pin)}, ${ctx.now.toISOString()})
      ON CONFLICT (tenant_id, user_id) DO UPDATE SET pin_hash = excluded.pin_hash, updated_at = excluded.updated_at`,
    audit(ctx, "user.pin_set", ctx.actor.id),
  ]);
}

/** Removes the actor's PIN; without one nothing changes. One round trip. */
export async function removePin(ctx: UserCtx): Promise<void> {
  const pin = sql`FROM approval_pins WHERE tenant_id = ${ctx.tenant.id} AND user_id = ${ctx.actor.id}`;
  await ctx.db.batch([
    audit(ctx, "user.pin_removed", ctx.actor.id, { when: sql`EXISTS (SELECT 1 ${pin})` }),
    sql`DELETE ${pin}`,
  ]);
}
