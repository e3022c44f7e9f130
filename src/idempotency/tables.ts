import { primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    tenantId: text("tenant_id").notNull(),
    actor: text().notNull(),
    key: text().notNull(),
    fingerprint: text().notNull(),
    // The response as JSON; '' if it is the payload of an event.
    body: text().notNull(),
    eventId: text("event_id"),
    createdAt: text("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.actor, t.key] })],
);
