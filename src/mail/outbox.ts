// A mail is stored in the batch of its fact: both are committed, or neither. Its message follows the commit, and a sweep sends
// what was lost.
import { sql, type SQL } from "drizzle-orm";
import type { Base } from "../platform/context.ts";
import { logFailure } from "../platform/log.ts";
import { sendAll } from "../platform/send-all.ts";
import { firstIdAt, newId } from "../values/ids.ts";
import type { MailJob } from "./jobs.ts";
import type { MailKind } from "./schema.ts";

type MailToStore = {
  kind: MailKind;
  /** What the mail is about; its composer gets it. */
  subjectId: string;
  /** An address, or SQL that yields one. */
  recipient: string | SQL;
  /** The event that caused the mail: a recipient gets one for each. Without it, every call stores a mail. */
  causeId?: string;
  /** SQL that says whether the mail is stored. */
  when?: SQL;
};

/** The statement that stores a mail, for the batch of its cause. */
export function storeMail(ctx: Base, tenantId: string, mail: MailToStore): SQL {
  const { kind, subjectId, recipient, when = sql`true` } = mail;
  const id = newId();
  const now = ctx.now.toISOString();
  ctx.mails.push({ kind: "mail", tenant_id: tenantId, mail_id: id, attempts: 0 });
  return sql`INSERT INTO mails (tenant_id, id, kind, subject_id, cause_id, recipient, due_at, created_at)
    SELECT ${tenantId}, ${id}, ${kind}, ${subjectId}, ${mail.causeId ?? id}, ${recipient}, ${now}, ${now}
    WHERE ${when} ON CONFLICT DO NOTHING`;
}

const MAX_MAILS_PER_HOUR = 3;
const MAX_ALERTS_PER_HOUR = 20;
const HOUR_MS = 3_600_000;

/** The mails of this kind to an address that were stored within an hour, as FROM and WHERE. */
const inLastHour = (ctx: Base, tenantId: string | SQL, kind: MailKind, recipient: string): SQL =>
  sql`FROM mails WHERE tenant_id = ${tenantId} AND id > ${firstIdAt(new Date(ctx.now.getTime() - HOUR_MS))}
    AND kind = ${kind} AND recipient = ${recipient}`;

/** The SQL condition that an address got fewer than three mails of this kind within an hour, so that nobody can flood it. */
export const mayMail = (ctx: Base, tenantId: string | SQL, kind: MailKind, recipient: string): SQL =>
  sql`(SELECT count(*) ${inLastHour(ctx, tenantId, kind, recipient)}) < ${MAX_MAILS_PER_HOUR}`;

/** The SQL condition that fewer than twenty alerts of this kind were sent to an address within an hour. */
export const mayAlert = (ctx: Base, tenantId: string, kind: MailKind, recipient: string): SQL =>
  sql`(SELECT count(*) ${inLastHour(ctx, tenantId, kind, recipient)} AND status = 'sent') < ${MAX_ALERTS_PER_HOUR}`;

/** Queues the mails stored through `ctx`. A mail whose batch failed does not exist, and its message does nothing. */
export function queueMails(ctx: Base): void {
  const jobs: MailJob[] = ctx.mails.splice(0);
  if (jobs.length === 0) return;
  ctx.waitUntil(sendAll(ctx.env.MAILS, jobs).catch((error: unknown) => logFailure("mail queue", error)));
}
