import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { sendAll } from "../platform/send-all.ts";
import { sweepRows } from "../platform/sweep-rows.ts";
import { again } from "../platform/sweeps.ts";

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
const MAILS_PER_PAGE = 1000;

/** Queues the mails that have been due for a minute: their message was lost, or an attempt failed; a page of a sweep. */
export async function sendLateMails(ctx: Base): Promise<string | null> {
  const before = new Date(ctx.now.getTime() - LATE_AFTER_MS).toISOString();
  const late = await ctx.db.all(
    jobRow,
    sql`UPDATE mails SET due_at = ${ctx.now.toISOString()} WHERE (tenant_id, id) IN (
        SELECT tenant_id, id FROM mails INDEXED BY mails_due
        WHERE status = 'pending' AND due_at < ${before} ORDER BY due_at LIMIT ${MAILS_PER_PAGE})
      RETURNING tenant_id, id AS mail_id, attempts`,
  );
  await sendAll(ctx.env.MAILS, late);
  return again(late.length === MAILS_PER_PAGE);
}

const RETENTION_MS = 90 * 24 * 3600 * 1000;

/** Deletes the log of mails that ended 90 days ago; a page of a sweep. */
export async function deleteOldMails(ctx: Base, after = ""): Promise<string | null> {
  const before = new Date(ctx.now.getTime() - RETENTION_MS).toISOString();
  const isOld = sql`status <> 'pending' AND created_at < ${before}`;
  return sweepRows(ctx, after, "mails", ["tenant_id", "id"], isOld);
}
