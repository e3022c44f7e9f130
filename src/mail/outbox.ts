// A mail is stored in the batch of its fact: both are committed, or neither. Its message follows the commit, and a sweep sends
// what was lost.
import { sql, type SQL } from "drizzle-orm";
import type { Base } from "../platform/context.ts";
import { logFailure } from "../platform/log.ts";
import { encodeTrace } from "../platform/trace.ts";
import { sendAll } from "../platform/send-all.ts";
import { firstIdAt, newId } from "../values/ids.ts";
import type { MailJob } from "./jobs.ts";
import type { MailKind } from "./schema.ts";

type MailToStore = {
  id?: string;
  kind: MailKind;
  /** What the mail is about; its composer gets it. */
  subjectId: string;
  /** An address, or SQL that yields one. */
  recipient: string | SQL;
  /** What caused the mail: a recipient gets one for each. Without it, every call stores a mail. */
  causeId?: string;
  /** BCP 47; by default the language of the recipient, or of the shop. */
  language?: string | undefined;
  /** What follows FROM, for SQL in `recipient` and `when`; it yields at most one row. */
  from?: SQL;
  /** SQL that says whether the mail is stored. */
  when?: SQL;
};

/** The statement that stores a mail, for the batch of its cause. */
export function storeMail(ctx: Base, tenantId: string, mail: MailToStore): SQL {
  const { kind, subjectId, recipient, language = null, from, when = sql`true` } = mail;
  const id = mail.id ?? newId();
  const now = ctx.now.toISOString();
  ctx.mails.push({ kind: "mail", tenant_id: tenantId, mail_id: id, attempts: 0 });
  return sql`INSERT INTO mails (tenant_id, id, kind, subject_id, cause_id, recipient, language, due_at, created_at, trace)
    SELECT ${tenantId}, ${id}, ${kind}, ${subjectId}, ${mail.causeId ?? id}, ${recipient}, ${language}, ${now}, ${now},
      ${encodeTrace(ctx.trace)}
    ${from ? sql`FROM ${from}` : sql``} WHERE ${when} ON CONFLICT DO NOTHING`;
}

const MAX_MAILS_PER_HOUR = 3;
const MAX_ALERTS_PER_HOUR = 20;
const HOUR_MS = 3_600_000;

/** The mails of this kind to an address that were stored within an hour, as FROM and WHERE. */
const inLastHour = (ctx: Base, tenantId: string | SQL, kind: MailKind, recipient: string | SQL): SQL =>
  sql`FROM mails INDEXED BY mails_recipient WHERE tenant_id = ${tenantId} AND id > ${firstIdAt(new Date(ctx.now.getTime() - HOUR_MS))}
    AND kind = ${kind} AND recipient = ${recipient}`;

/** The SQL condition that an address got fewer than three mails of this kind within an hour, so that nobody can flood it. */
export const mayMail = (ctx: Base, tenantId: string | SQL, kind: MailKind, recipient: string): SQL =>
  sql`${mailsInLastHour(ctx, tenantId, kind, recipient)} < ${MAX_MAILS_PER_HOUR}`;

/** The SQL condition that fewer than twenty alerts of this kind were sent to an address within an hour. */
export const mayAlert = (ctx: Base, tenantId: string, kind: MailKind, recipient: string): SQL =>
  sql`(SELECT count(*) ${inLastHour(ctx, tenantId, kind, recipient)} AND status = 'sent') < ${MAX_ALERTS_PER_HOUR}`;

/** A scalar query: how many mails of this kind about a subject, or about anything, an address got within an hour. */
export const mailsInLastHour = (
  ctx: Base,
  tenantId: string | SQL,
  kind: MailKind,
  recipient: string | SQL,
  subjectId?: string,
): SQL =>
  sql`(SELECT count(*) ${inLastHour(ctx, tenantId, kind, recipient)}
    ${subjectId === undefined ? sql`` : sql`AND subject_id = ${subjectId}`})`;

/** The statement that deletes the log of mails about these subjects (a JSON array of ids). */
export const deleteMailsAbout = (tenantId: string, ids: string): SQL =>
  sql`DELETE FROM mails WHERE tenant_id = ${tenantId} AND subject_id IN (SELECT value FROM json_each(${ids}))`;

/** Queues the mails stored through `ctx`. A mail whose batch failed does not exist, and its message does nothing. */
export function queueMails(ctx: Base): void {
  const jobs: MailJob[] = ctx.mails.splice(0);
  if (jobs.length === 0) return;
  ctx.waitUntil(sendAll(ctx.env.MAILS, jobs).catch((error: unknown) => logFailure("mail queue", error)));
}
