// A mail is stored in the batch of the fact it is about, and composed when it is sent: neither its text nor its links are stored.
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const mails = sqliteTable(
  "mails",
  {
    tenantId: text("tenant_id").notNull(),
    id: text().notNull(),
    kind: text().notNull(),
    // What the mail is about, from which it is composed: an account, an invitation, an event or the first day of a week.
    subjectId: text("subject_id").notNull(),
    // Why it was sent: the id of an event or of a request, or a week. A recipient gets one mail of a kind for each.
    causeId: text("cause_id").notNull(),
    recipient: text().notNull(),
    status: text().notNull().default("pending"),
    attempts: integer().notNull().default(0),
    // The time of the next attempt.
    dueAt: text("due_at").notNull(),
    lastError: text("last_error"),
    createdAt: text("created_at").notNull(),
    sentAt: text("sent_at"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    uniqueIndex("mails_cause").on(t.tenantId, t.causeId, t.kind, t.recipient),
    index("mails_due")
      .on(t.dueAt)
      .where(sql`status = 'pending'`),
    check("mails_status", sql`status IN ('pending', 'sent', 'failed', 'skipped')`),
    check("mails_attempts", sql`attempts >= 0`),
  ],
);
