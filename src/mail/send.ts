// Sends a mail. An attempt is claimed by compare and set on the number of attempts, so that a message that comes twice sends
// nothing twice; a consumer that dies in an attempt leaves the mail to the sweep.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { returning } from "../platform/d1.ts";
import { logFailure } from "../platform/log.ts";
import { printable } from "../values/fixed-width.ts";
import { continueTrace, traceHeaders } from "../platform/trace.ts";
import type { MailJob } from "./jobs.ts";
import { messageOf, type Content, type MailShop } from "./message.ts";
import { BouncedError, deliver, UndeliverableError } from "./provider.ts";
import { bouncedAt, clearBounce, markBounce } from "./bounces.ts";
import { isRequested, MAIL_KINDS, type MailKind } from "./schema.ts";
import { languageOf, localeOf, type Language } from "./words.ts";

/** A mail to compose: what it is about, why, to whom, and in which language. */
export type MailToCompose = {
  shop: MailShop;
  subjectId: string;
  causeId: string;
  recipient: string;
  language: Language;
  /** BCP 47: what was asked for, or the language of the recipient or shop; with the region of the shop if it has none. */
  locale: string;
  storedAt: Date;
};

/** Composes the mails of a kind; null if there is nothing left to say. It runs once an attempt. */
export type Composer = (ctx: Base, mail: MailToCompose) => Promise<Content | null>;

export type Composers = Record<MailKind, Composer>;

// Seconds from a failed attempt to the next; after the last one the mail has failed.
const BACKOFF_S = [60, 5 * 60, 30 * 60, 2 * 3600, 12 * 3600];
// Longer than any attempt takes.
const LEASE_S = 5 * 60;
const MAX_ERROR = 300;

const claimedRow = z.object({ id: z.string() });

const mailRow = z.object({
  kind: z.enum(MAIL_KINDS),
  subject_id: z.string(),
  cause_id: z.string(),
  recipient: z.string(),
  created_at: z.string(),
  language: z.string(),
  shop_locale: z.string(),
  bounced_at: z.string().nullable(),
  slug: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  brand_color: z.string().nullable(),
  trace: z.string().nullable(),
});

const later = (ctx: Base, seconds: number): string =>
  new Date(ctx.now.getTime() + seconds * 1000).toISOString();

/** Sends the mail of a job. Three round trips and those of its composer. */
export async function sendMail(ctx: Base, composers: Composers, job: MailJob): Promise<void> {
  const mail = await claim(ctx, job);
  if (!mail) return;
  const {
    kind,
    subject_id,
    cause_id,
    recipient,
    created_at,
    language,
    shop_locale,
    bounced_at,
    trace,
    ...shop
  } = mail;
  if (bounced_at !== null && !isRequested(kind))
    return end(ctx, job, "skipped", `an earlier mail to the address bounced: ${bounced_at}`);
  const written = {
    shop: { id: job.tenant_id, ...shop, name: printable(shop.name) },
    subjectId: subject_id,
    causeId: cause_id,
    recipient,
    language: languageOf(language),
    locale: localeOf(language, shop_locale),
    storedAt: new Date(created_at),
  };
  try {
    const content = await composers[kind](ctx, written);
    if (content === null) {
      await end(ctx, job, "skipped", null);
      return;
    }
    await deliver(ctx.env, {
      tenantId: job.tenant_id,
      id: job.mail_id,
      to: recipient,
      from: written.shop.name,
      replyTo: shop.email,
      headers: mailHeaders(trace),
      ...(await messageOf(written.shop, written.language, content)),
    });
  } catch (error) {
    if (!(error instanceof UndeliverableError)) logFailure("mail", error);
    await failed(ctx, job, recipient, error);
    return;
  }
  await end(ctx, job, "sent", null, bounced_at === null ? [] : [clearBounce(job.tenant_id, recipient)]);
}

/** The headers by which a mail is found in the log: providers take only standard ones, and those that begin with X-. */
const mailHeaders = (trace: string | null): Record<string, string> =>
  Object.fromEntries(
    Object.entries(traceHeaders(continueTrace(trace))).map(([name, value]) => [
      name.startsWith("x-") ? name : `x-${name}`,
      value,
    ]),
  );

async function claim(ctx: Base, job: MailJob) {
  const claimed = returning(
    claimedRow,
    sql`UPDATE mails SET attempts = attempts + 1, due_at = ${later(ctx, LEASE_S)}
      WHERE tenant_id = ${job.tenant_id} AND id = ${job.mail_id} AND status = 'pending'
        AND attempts = CAST(${job.attempts} AS INTEGER) RETURNING id`,
  );
  // People choose their language; the shop's is that of all others.
  const selected = returning(
    mailRow,
    sql`SELECT m.kind, m.subject_id, m.cause_id, m.recipient, m.created_at,
        coalesce(m.language, u.preferences ->> 'language', c.language, t.locale) AS language, t.locale AS shop_locale,
        m.trace, ${bouncedAt(sql`m.tenant_id`, sql`m.recipient`)} AS bounced_at, t.slug, t.name, t.email, t.brand_color
      FROM mails m JOIN tenants t ON t.id = m.tenant_id
      LEFT JOIN users u ON u.tenant_id = m.tenant_id AND u.email = m.recipient
      LEFT JOIN customers c ON c.tenant_id = m.tenant_id AND c.email = m.recipient
      WHERE m.tenant_id = ${job.tenant_id} AND m.id = ${job.mail_id}`,
  );
  const done = await ctx.db.batch([claimed, selected]);
  return done.of(claimed).length === 1 ? (done.of(selected)[0] ?? null) : null;
}

async function end(
  ctx: Base,
  job: MailJob,
  status: "sent" | "skipped" | "failed",
  error: string | null,
  additional: SQL[] = [],
): Promise<void> {
  await ctx.db.batch([
    sql`UPDATE mails SET status = ${status}, last_error = ${error},
        sent_at = ${status === "sent" ? new Date().toISOString() : null}
      WHERE tenant_id = ${job.tenant_id} AND id = ${job.mail_id}`,
    ...additional,
  ]);
}

async function failed(ctx: Base, job: MailJob, recipient: string, error: unknown): Promise<void> {
  const reason = (error instanceof Error ? error.message : String(error)).slice(0, MAX_ERROR);
  const wait = BACKOFF_S[job.attempts];
  const bounce = error instanceof BouncedError ? [markBounce(ctx, job.tenant_id, recipient, reason)] : [];
  if (error instanceof UndeliverableError || wait === undefined)
    return end(ctx, job, "failed", reason, bounce);
  await ctx.db.run(sql`UPDATE mails SET due_at = ${later(ctx, wait)}, last_error = ${reason}
    WHERE tenant_id = ${job.tenant_id} AND id = ${job.mail_id}`);
}
