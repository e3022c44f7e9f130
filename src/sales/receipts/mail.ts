// Mails the receipt of a sale. The address is in the log of mails only: neither the audit log nor the stored response has it.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import { idempotentRequest, type Replayable, runOnce, storeResponse } from "../../idempotency/run-once.ts";
import { mailsInLastHour, storeMail } from "../../mail/outbox.ts";
import type { ActorCtx } from "../../platform/context.ts";
import { invalid, notFound, Problem } from "../../platform/problem.ts";
import { newId } from "../../values/ids.ts";
import { customerAddress } from "../order-mails.ts";
import { assertHasReceipt } from "./receipt.ts";
import { type ReceiptMailInput, ReceiptMail } from "./schema.ts";

const MAX_OF_SALE = 3;
const MAX_OF_ADDRESS = 20;
const HOUR_S = 3600;

const saleRow = z.object({
  status: z.string(),
  recipient: z.string().nullable(),
  of_sale: z.number(),
  of_address: z.number(),
});

/**
 * Mails the receipt of a completed sale or refund to its customer, or to another address: of one sale at most three an hour to an
 * address, of all at most twenty. Two round trips. @throws Problem not-found, no-receipt, invalid, too-many-mails, idempotency-mismatch
 */
export async function mailReceipt(
  ctx: ActorCtx,
  saleId: string,
  input: z.infer<typeof ReceiptMailInput>,
  key: string | undefined,
): Promise<Replayable<z.infer<typeof ReceiptMail>>> {
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { receipt: saleId, ...input });
  return runOnce(ctx, request, ReceiptMail, async () => {
    const tenantId = ctx.tenant.id;
    const recipient = await recipientOf(ctx, saleId, input.email);
    const queued = { id: newId(), status: "pending" as const };
    await ctx.db.batch([
      storeMail(ctx, tenantId, {
        id: queued.id,
        kind: "receipt",
        subjectId: saleId,
        recipient,
        language: input.language,
      }),
      audit(ctx, "sale.receipt_mailed", saleId, { after: sql`${JSON.stringify({ mail_id: queued.id })}` }),
      ...storeResponse(ctx.now, request, JSON.stringify(queued)),
    ]);
    return queued;
  });
}

async function recipientOf(ctx: ActorCtx, saleId: string, email: string | undefined): Promise<string> {
  const address = email === undefined ? customerAddress.address : sql`${email}`;
  const count = (subjectId?: string) =>
    mailsInLastHour(ctx, ctx.tenant.id, "receipt", sql`a.recipient`, subjectId);
  const [sale] = await ctx.db.all(
    saleRow,
    sql`SELECT a.status, a.recipient, ${count(saleId)} AS of_sale, ${count()} AS of_address
      FROM (SELECT s.status, ${address} AS recipient FROM sales s ${customerAddress.joins}
        WHERE s.tenant_id = ${ctx.tenant.id} AND s.id = ${saleId}) a`,
  );
  if (!sale) throw notFound("sale");
  assertHasReceipt(sale.status);
  if (sale.recipient === null)
    throw invalid([{ pointer: "#/email", detail: "is required: the sale has no customer with an address" }]);
  if (sale.of_sale >= MAX_OF_SALE || sale.of_address >= MAX_OF_ADDRESS)
    throw new Problem(
      "too-many-mails",
      `An address gets the receipt of a sale at most ${MAX_OF_SALE} times an hour, and at most ${MAX_OF_ADDRESS} receipts.`,
      {},
      { "retry-after": String(HOUR_S) },
    );
  return sale.recipient;
}
