// Cash that is paid into or out of the drawer without a sale. The batch that records it compares a payout with the expected cash,
// so that a refund at the same time cannot slip below it.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import { approvalRequired, selectApprover, verifyApproval } from "../../auth/approvals/approve.ts";
import type { UserCtx } from "../../platform/context.ts";
import { returning, violates } from "../../platform/d1.ts";
import {
  type IdempotentRequest,
  type Replayable,
  returnResponse,
  runOnce,
} from "../../idempotency/run-once.ts";
import { closeAlerts } from "../activity/alerts.ts";
import { noOpenShift, writeToOpenShift, type DeskStep } from "../desk/step.ts";
import { idIfOpen } from "../record.ts";
import { expectedCash } from "./expected-cash.ts";
import { CashMove, type NewCashMove, warnings } from "./schema.ts";
import { drawerWarnings } from "./warnings.ts";

type Recorded = z.infer<typeof CashMove>;
type Move = Omit<Recorded, "warnings">;

/**
 * Records cash that is paid into or out of the drawer without a sale. An EMPLOYEE needs an approval to pay out more than the
 * expected cash. One round trip, three with an approval. @throws Problem no-open-shift, approval-required, invalid-approval, too-many-attempts
 */
export const moveCash: DeskStep<
  z.infer<typeof NewCashMove> & { id: string; request: IdempotentRequest | null },
  Replayable<Recorded>
> = async (ctx, open, { request, id, approval, ...input }) => {
  const result = await runOnce(ctx, request, CashMove, async () => {
    if (!open) throw noOpenShift();
    const move = { id, shift_id: open.id, ...input, approved_by: null, created_at: ctx.now.toISOString() };
    const mayExceed = move.kind === "paid_in" || ctx.actor.role === "ADMIN";
    try {
      return await record(ctx, request, move, mayExceed);
    } catch (error) {
      const isBeyondCash = violates(error, "cash_moves.amount");
      if (!isBeyondCash && !violates(error, "cash_moves.tenant_id")) throw error;
      const { earlier, expected, approver } = await readDrawer(ctx, move, approval?.user_id ?? "");
      // An earlier attempt of this request has written it, and its response was lost.
      if (earlier) return earlier;
      if (!isBeyondCash) throw error;
      if (!approval)
        throw approvalRequired(
          `The drawer should hold ${expected} minor units: an ADMIN has to approve that ${move.amount} are paid out.`,
          { amount: move.amount, expected_cash: expected },
        );
      const approved_by = await verifyApproval(ctx, approval, approver);
      return record(ctx, request, { ...move, approved_by }, true);
    }
  });
  return { value: result, open };
};

/** Writes the move. Unless it may exceed the expected cash, the NOT NULL `amount` rejects it. One round trip. */
async function record(
  ctx: UserCtx,
  request: IdempotentRequest | null,
  move: Move,
  mayExceed: boolean,
): Promise<Recorded> {
  const { id, shift_id, kind, amount, reason, approved_by, created_at } = move;
  const tenantId = ctx.tenant.id;
  const allowedAmount = mayExceed
    ? sql`${amount}`
    : sql`(SELECT iif(${expectedCash} >= ${amount}, ${amount}, NULL) FROM shifts h WHERE h.tenant_id = ${tenantId} AND h.id = ${shift_id})`;
  const paidOut = mayExceed && kind === "paid_out" ? amount : 0;
  const response = returnResponse(
    ctx.now,
    request,
    CashMove,
    sql`json_set(${JSON.stringify(move)}, '$.warnings', json(${drawerWarnings(tenantId, sql`${shift_id}`, paidOut)}))`,
  );
  const approval = JSON.stringify({ cash_move_id: id, amount, approved_by });
  const write = ctx.db.batch([
    sql`INSERT INTO cash_moves (tenant_id, shift_id, id, kind, amount, reason, approved_by, created_at)
      VALUES (${tenantId}, ${idIfOpen(tenantId, shift_id)}, ${id}, ${kind}, ${allowedAmount}, ${reason}, ${approved_by}, ${created_at})`,
    closeAlerts(tenantId, shift_id, created_at, "idle"),
    ...(approved_by === null
      ? []
      : [audit(ctx, "shift.paid_out_approved", shift_id, { after: sql`${approval}` })]),
    response,
  ]);
  const [recorded] = (await writeToOpenShift(write, "cash_moves.shift_id")).of(response);
  if (!recorded) throw new Error("the batch has returned no response");
  return recorded.body;
}

const recordedRow = CashMove.extend({
  warnings: z.string().transform((text) => warnings.parse(JSON.parse(text))),
});

const cashRow = z.object({ expected: z.number() });

/** The move if it is recorded already, the expected cash, and the PIN of the approver. One round trip. */
async function readDrawer(ctx: UserCtx, { id, shift_id, kind, amount }: Move, approverId: string) {
  const ofShift = sql`tenant_id = ${ctx.tenant.id} AND shift_id = ${shift_id}`;
  const recorded = returning(
    recordedRow,
    sql`SELECT id, shift_id, kind, amount, reason, approved_by, created_at,
        ${drawerWarnings(ctx.tenant.id, sql`${shift_id}`, kind === "paid_out" ? amount : 0)} AS warnings
      FROM cash_moves WHERE ${ofShift} AND id = ${id}`,
  );
  const cash = returning(
    cashRow,
    sql`SELECT ${expectedCash} AS expected FROM shifts h WHERE h.tenant_id = ${ctx.tenant.id} AND h.id = ${shift_id}`,
  );
  const approver = selectApprover(ctx, approverId);
  const done = await ctx.db.batch([recorded, cash, approver]);
  const [drawer] = done.of(cash);
  if (!drawer) throw noOpenShift();
  return { earlier: done.of(recorded)[0], expected: drawer.expected, approver: done.of(approver) };
}
