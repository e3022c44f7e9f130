// Mails the receipt of a sale. The address is in the log of mails only: neither the audit log nor the stored response has it.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import {
  type IdempotentRequest,
  idempotentRequest,
  type Replayable,
  runOnce,
  selectStored,
  stopIfStored,
  storeResponse,
} from "../../idempotency/run-once.ts";
import { mailsInLastHour, storeMail } from "../../mail/outbox.ts";
import { attempt } from "../../platform/attempt.ts";
import { actorId, type ActorCtx } from "../../platform/context.ts";
import { requireThat, returning } from "../../platform/d1.ts";
import { invalid, notFound, Problem } from "../../platform/problem.ts";
import { newId } from "../../values/ids.ts";
import { customerAddress } from "../order-mails.ts";
import { assertHasReceipt } from "./receipt.ts";
import { type ReceiptMailInput, ReceiptMail } from "./schema.ts";

type Input = z.infer<typeof ReceiptMailInput>;

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
 * address, of all at most twenty. One round trip, or two to say why not. @throws Problem not-found, no-receipt, invalid, too-many-mails, idempotency-mismatch
 */
export async function mailReceipt(
  ctx: ActorCtx,
  saleId: string,
  input: Input,
  key: string | undefined,
): Promise<Replayable<Queued>> {
  const request = idempotentRequest(ctx.tenant.id, actorId(ctx), key, { receipt: saleId, ...input });
  return runOnce(
    ctx,
    request,
    ReceiptMail,
    async () =>
      (await attempt(ctx, () => queueUnread(ctx, saleId, input, request))) ??
      queue(ctx, saleId, input, request, sql`${await recipientOf(ctx, saleId, input.email, request)}`),
  );
}

type Queued = z.infer<typeof ReceiptMail>;

/** Queues the mail in a batch that is rejected if the receipt cannot be mailed. */
function queueUnread(
  ctx: ActorCtx,
  saleId: string,
  input: Input,
  request: IdempotentRequest | null,
): Promise<Queued> {
  const sale = mailable(ctx, saleId, input.email);
  const isMailable = sql`EXISTS (SELECT 1 FROM (${sale}) m WHERE m.status = 'completed' AND m.recipient IS NOT NULL
    AND m.of_sale < ${MAX_OF_SALE} AND m.of_address < ${MAX_OF_ADDRESS})`;
  const recipient = sql`(SELECT m.recipient FROM (${sale}) m)`;
  return queue(ctx, saleId, input, request, input.email === undefined ? recipient : sql`${input.email}`, [
    requireThat("mailable", isMailable),
  ]);
}

async function queue(
  ctx: ActorCtx,
  saleId: string,
  { language }: Input,
  request: IdempotentRequest | null,
  recipient: SQL,
  conditions: SQL[] = [],
): Promise<Queued> {
  const queued = { id: newId(), status: "pending" as const };
  const mail = { id: queued.id, kind: "receipt" as const, subjectId: saleId, recipient, language };
  await ctx.db.batch([
    ...conditions,
    storeMail(ctx, ctx.tenant.id, mail),
    audit(ctx, "sale.receipt_mailed", saleId, { after: sql`${JSON.stringify({ mail_id: queued.id })}` }),
    ...storeResponse(ctx.now, request, JSON.stringify(queued)),
  ]);
  return queued;
}

/** A query: the status of the sale, the address that its receipt is mailed to, and the receipts that this got within an hour. */
function mailable(ctx: ActorCtx, saleId: string, email: string | undefined): SQL {
  const address = email === undefined ? customerAddress.address : sql`${email}`;
  const count = (subjectId?: string) =>
    mailsInLastHour(ctx, ctx.tenant.id, "receipt", sql`a.recipient`, subjectId);
  return sql`SELECT a.status, a.recipient, ${count(saleId)} AS of_sale, ${count()} AS of_address
    FROM (SELECT s.status, ${address} AS recipient FROM sales s ${customerAddress.joins}
      WHERE s.tenant_id = ${ctx.tenant.id} AND s.id = ${saleId}) a`;
}

async function recipientOf(
  ctx: ActorCtx,
  saleId: string,
  email: string | undefined,
  request: IdempotentRequest | null,
): Promise<string> {
  const selected = returning(saleRow, mailable(ctx, saleId, email));
  const stored = selectStored(request);
  const done = await ctx.db.batch([selected, ...stored]);
  stopIfStored(done, stored);
  const [sale] = done.of(selected);
  if (!sale) throw notFound("sale");
  assertHasReceipt(sale.status);
  if (sale.recipient === null)
    throw invalid([
      {
        pointer: "#/email",
        detail: "is required: the sale has no customer with an address",
        code: "required",
      },
    ]);
  if (sale.of_sale >= MAX_OF_SALE || sale.of_address >= MAX_OF_ADDRESS)
    throw new Problem(
      "too-many-mails",
      `An address gets the receipt of a sale at most ${MAX_OF_SALE} times an hour, and at most ${MAX_OF_ADDRESS} receipts.`,
      {},
      { "retry-after": String(HOUR_S) },
    );
  return sale.recipient;
}
