// An EMPLOYEE does what the rules of the shop do not allow them, because an ADMIN confirms it with their PIN. The hash of the PIN
// is read in the batch of reads that the operation makes anyway; a wrong PIN, an unknown account, one without a PIN and one that
// may not approve return the same problem after the same time. A PIN has few digits: each wrong one is in the audit log with who
// tried, and after twenty in a day none is verified until the ADMIN sets a PIN again.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import type { Action } from "../../audit/schema.ts";
import type { ActorCtx, Ctx } from "../../platform/context.ts";
import { returning, type Returning } from "../../platform/d1.ts";
import { Problem } from "../../platform/problem.ts";
import { firstIdAt } from "../../values/ids.ts";
import { attemptOnAccount } from "../login/attempts.ts";
import { verifyPassword } from "../login/passwords.ts";
import type { Approval } from "./schema.ts";

const FAILURES_PER_DAY = 20;
const DAY_MS = 24 * 3600 * 1000;
const RETRY_AFTER_S = 3600;

const approverRow = z.object({ pin_hash: z.string(), failures: z.number() });

export type ApproverRow = z.infer<typeof approverRow>;

/** The statement that reads the PIN of an active ADMIN, for a batch of reads; no row if the account may not approve. */
export const selectApprover = (ctx: Ctx, userId: string): Returning<ApproverRow> => {
  const dayAgo = firstIdAt(new Date(ctx.now.getTime() - DAY_MS));
  const entries = (action: Action): SQL =>
    sql`audit_log INDEXED BY audit_log_entity_id WHERE tenant_id = ${ctx.tenant.id} AND entity_id = ${userId} AND action = ${action}`;
  const since = sql`coalesce((SELECT max(id) FROM ${entries("user.pin_set")} AND id >= ${dayAgo}), ${dayAgo})`;
  return returning(
    approverRow,
    sql`SELECT p.pin_hash, (SELECT count(*) FROM ${entries("user.pin_failed")} AND id >= ${since}) AS failures
      FROM approval_pins p CROSS JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id
      WHERE p.tenant_id = ${ctx.tenant.id} AND p.user_id = ${userId} AND u.role = 'ADMIN' AND u.is_active = 1`,
  );
};

/**
 * Verifies an approval against the rows of `selectApprover` and returns the id of the ADMIN. Failures count for the approver, five a
 * minute and twenty a day. No round trip to D1 unless the PIN is wrong, one scrypt. The fingerprint of an idempotent request must not
 * contain the PIN: leave `approval.pin` out.
 * @throws Problem invalid-approval, too-many-attempts
 */
export async function verifyApproval(
  ctx: ActorCtx,
  { user_id, pin }: z.infer<typeof Approval>,
  [approver]: ApproverRow[],
): Promise<string> {
  if (approver && approver.failures >= FAILURES_PER_DAY) throw locked();
  const isRight = await attemptOnAccount(ctx, ctx.tenant.slug, `approval:${user_id}`, () =>
    verifyPassword(pin, approver?.pin_hash ?? null),
  );
  if (isRight) return user_id;
  await ctx.db.batch([audit(ctx, "user.pin_failed", user_id)]);
  throw new Problem(
    "invalid-approval",
    "The PIN is wrong, or the account is not an active ADMIN with a PIN.",
  );
}

const locked = (): Problem =>
  new Problem(
    "too-many-attempts",
    `${FAILURES_PER_DAY} PINs for this account were wrong within a day. It approves again once its ADMIN sets a PIN with PUT /users/me/pin.`,
    {},
    { "retry-after": String(RETRY_AFTER_S) },
  );

/** The problem of an EMPLOYEE who needs an approval. `extras` says what exceeds which limit. */
export const approvalRequired = (detail: string, extras: Record<string, unknown> = {}): Problem =>
  new Problem("approval-required", detail, { requires: "approval", ...extras });
