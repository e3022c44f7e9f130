// The PIN with which an ADMIN approves. It is stored like a password, and setting it requires the password, so that a stolen
// token cannot approve.
import { sql } from "drizzle-orm";
import type { z } from "zod";
import { audit } from "../../audit/log.ts";
import type { ActorCtx } from "../../platform/context.ts";
import { violates } from "../../platform/d1.ts";
import { Problem } from "../../platform/problem.ts";
import { verifyCurrentPassword } from "../login/change-password.ts";
import { hashPassword } from "../login/passwords.ts";
import type { PinBody } from "./schema.ts";

/** Sets the actor's PIN. A wrong password counts as a failed login. Two round trips. @throws Problem invalid-credentials, too-many-attempts */
export async function setPin(
  ctx: ActorCtx,
  { pin, password }: z.infer<typeof PinBody>,
  address: string,
): Promise<void> {
  const verifiedHash = await verifyCurrentPassword(ctx, password, address);
  const isAccount = sql`tenant_id = ${ctx.tenant.id} AND id = ${ctx.actor.id}`;
  try {
    await ctx.db.batch([
      // If a concurrent request has changed the password, NOT NULL aborts the batch.
      sql`INSERT INTO approval_pins (tenant_id, user_id, pin_hash, updated_at)
        VALUES (${ctx.tenant.id}, ${ctx.actor.id},
          CASE WHEN (SELECT password_hash FROM users WHERE ${isAccount}) = ${verifiedHash} THEN ${hashPassword(pin)} END,
          ${ctx.now.toISOString()})
        ON CONFLICT (tenant_id, user_id) DO UPDATE SET pin_hash = excluded.pin_hash, updated_at = excluded.updated_at`,
      audit(ctx, "user.pin_set", ctx.actor.id),
    ]);
  } catch (error) {
    if (!violates(error, "approval_pins.pin_hash")) throw error;
    throw new Problem("invalid-credentials", "The password has changed.");
  }
}

/** Removes the actor's PIN; without one nothing changes. One round trip. */
export async function removePin(ctx: ActorCtx): Promise<void> {
  const pin = sql`FROM approval_pins WHERE tenant_id = ${ctx.tenant.id} AND user_id = ${ctx.actor.id}`;
  await ctx.db.batch([
    audit(ctx, "user.pin_removed", ctx.actor.id, { when: sql`EXISTS (SELECT 1 ${pin})` }),
    sql`DELETE ${pin}`,
  ]);
}
