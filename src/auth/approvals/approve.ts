// An EMPLOYEE does what the rules of the shop do not allow them, because an ADMIN confirms it with their PIN. The hash of the PIN
// is read in the batch of reads that the operation makes anyway; a wrong PIN, an unknown account, one without a PIN and one that
// may not approve return the same problem after the same time.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { returning, type Returning } from "../../platform/d1.ts";
import { Problem } from "../../platform/problem.ts";
import { attemptOnAccount } from "../login/attempts.ts";
import { verifyPassword } from "../login/passwords.ts";
import type { Approval } from "./schema.ts";

const approverRow = z.object({ pin_hash: z.string() });

export type ApproverRow = z.infer<typeof approverRow>;

/** The statement that reads the PIN of an active ADMIN, for a batch of reads; no row if the account may not approve. */
export const selectApprover = (ctx: Ctx, userId: string): Returning<ApproverRow> =>
  returning(
    approverRow,
    sql`SELECT p.pin_hash FROM approval_pins p CROSS JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id
      WHERE p.tenant_id = ${ctx.tenant.id} AND p.user_id = ${userId} AND u.role = 'ADMIN' AND u.is_active = 1`,
  );

/**
 * Verifies an approval against the rows of `selectApprover` and returns the id of the ADMIN. Failures count for the approver, five a minute. No round trip to D1,
 * one scrypt. The fingerprint of an idempotent request must not contain the PIN: leave `approval.pin` out.
 * @throws Problem invalid-approval, too-many-attempts
 */
export async function verifyApproval(
  ctx: Ctx,
  { user_id, pin }: z.infer<typeof Approval>,
  [approver]: ApproverRow[],
): Promise<string> {
  const isRight = await attemptOnAccount(ctx, ctx.tenant.slug, `approval:${user_id}`, () =>
    verifyPassword(pin, approver?.pin_hash ?? null),
  );
  if (!isRight)
    throw new Problem(
      "invalid-approval",
      "The PIN is wrong, or the account is not an active ADMIN with a PIN.",
    );
  return user_id;
}

/** The problem of an EMPLOYEE who needs an approval. `extras` says what exceeds which limit. */
export const approvalRequired = (detail: string, extras: Record<string, unknown> = {}): Problem =>
  new Problem("approval-required", detail, { requires: "approval", ...extras });
