// An event is claimed for a batch (batch_id) and then exported with it (exported_at). Both are NULL until then. `seq`, the rowid, is the
// order of commits, because D1 has one writer: so new events need no index. In the tree of a key a payload would take pages of its own.
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const events = sqliteTable(
  "events",
  {
    seq: integer().primaryKey(),
    tenantId: text("tenant_id").notNull(),
    id: text().notNull(),
    type: text().notNull(),
    payload: text().notNull(),
    createdAt: text("created_at").notNull(),
    batchId: text("batch_id"),
    exportedAt: text("exported_at"),
    // Of the request that caused it; NULL for an event that a trigger wrote.
    trace: text(),
  },
  (t) => [
    // The only index that inserting an event writes to.
    uniqueIndex("events_key").on(t.tenantId, t.id),
    index("events_batch")
      .on(t.tenantId, t.batchId)
      .where(sql`batch_id IS NOT NULL AND exported_at IS NULL`),
  ],
);

// The last event that was claimed; no row if none was. Each event up to it has a batch.
export const eventClaims = sqliteTable("event_claims", {
  id: integer().primaryKey(),
  until: integer().notNull(),
});

// A message that could not be processed. If its body names no shop, tenant_id is '' and no shop sees it.
export const deadLetters = sqliteTable(
  "dead_letters",
  {
    tenantId: text("tenant_id").notNull(),
    id: text().notNull(),
    messageId: text("message_id").notNull(),
    eventId: text("event_id"),
    queue: text().notNull(),
    body: text().notNull(),
    createdAt: text("created_at").notNull(),
    replayedAt: text("replayed_at"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    // The dead-letter queue may deliver a message twice.
    uniqueIndex("dead_letters_message").on(t.tenantId, t.messageId),
    // An event has one open dead letter, however often it was sent, and the sweep skips it.
    uniqueIndex("dead_letters_event")
      .on(t.tenantId, t.eventId)
      .where(sql`event_id IS NOT NULL AND replayed_at IS NULL`),
  ],
);
