import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { sendAll } from "../platform/send-all.ts";
import { sweepRows } from "../platform/sweep-rows.ts";

/** Sends a mail, unless it has been attempted again since: a message may come twice. */
export const MailJob = z.object({
  kind: z.literal("mail"),
  tenant_id: z.string(),
  mail_id: z.string(),
  attempts: z.number(),
});
export type MailJob = z.infer<typeof MailJob>;

const jobRow = MailJob.omit({ kind: true }).transform((row): MailJob => ({ kind: "mail", ...row }));

const LATE_AFTER_MS = 60_000;
const MAX_PER_RUN = 1000;

/** Queues the mails that have been due for a minute: their message was lost, or an attempt failed. */
export async function sendLateMails(ctx: Base): Promise<void> {
  const before = new Date(ctx.now.getTime() - LATE_AFTER_MS).toISOString();
  const late = await ctx.db.all(
    jobRow,
    sql`UPDATE mails SET due_at = ${ctx.now.toISOString()} WHERE (tenant_id, id) IN (
        SELECT tenant_id, id FROM mails INDEXED BY mails_due
        WHERE status = 'pending' AND due_at < ${before} ORDER BY due_at LIMIT ${MAX_PER_RUN})
      RETURNING tenant_id, id AS mail_id, attempts`,
  );
  await sendAll(ctx.env.MAILS, late);
}

const RETENTION_MS = 90 * 24 * 3600 * 1000;

/** Deletes the log of mails that ended 90 days ago. */
export async function deleteOldMails(ctx: Base): Promise<void> {
  const before = new Date(ctx.now.getTime() - RETENTION_MS).toISOString();
  await sweepRows(ctx, "mails", ["tenant_id", "id"], sql`status <> 'pending' AND created_at < ${before}`);
}
