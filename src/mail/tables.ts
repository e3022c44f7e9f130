// A mail is stored in the batch of the fact it is about, and composed when it is sent: neither its text nor its links are stored.
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const mails = sqliteTable(
  "mails",
  {
    tenantId: text("tenant_id").notNull(),
    id: text().notNull(),
    kind: text().notNull(),
    // What the mail is about, from which it is composed: an account, an invitation, a sale, an event or the first day of a report.
    subjectId: text("subject_id").notNull(),
    // Why it was sent: the id of an event, a refund or a request, or a day. A recipient gets one mail of a kind for each.
    causeId: text("cause_id").notNull(),
    recipient: text().notNull(),
    // BCP 47; NULL: that of the recipient, or of the shop.
    language: text(),
    status: text().notNull().default("pending"),
    attempts: integer().notNull().default(0),
    // The time of the next attempt.
    dueAt: text("due_at").notNull(),
    lastError: text("last_error"),
    createdAt: text("created_at").notNull(),
    sentAt: text("sent_at"),
    // Of the request that caused it.
    trace: text(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    // A cause has one subject, by which the log is filtered.
    uniqueIndex("mails_subject").on(t.tenantId, t.subjectId, t.kind, t.recipient, t.causeId),
    index("mails_recipient").on(t.tenantId, t.recipient, t.id),
    index("mails_due")
      .on(t.dueAt)
      .where(sql`status = 'pending'`),
    check("mails_status", sql`status IN ('pending', 'sent', 'failed', 'skipped')`),
    check("mails_attempts", sql`attempts >= 0`),
  ],
);

// Addresses that Email Service does not deliver to, because a mail bounced or was reported as spam. A trigger removes the row of an
// address that becomes that of a customer.
export const mailBounces = sqliteTable(
  "mail_bounces",
  {
    tenantId: text("tenant_id").notNull(),
    recipient: text().notNull(),
    reason: text().notNull(),
    at: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.recipient] })],
);
