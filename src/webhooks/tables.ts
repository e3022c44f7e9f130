// Where a shop wants to hear of its events, and what has been told there. The rows of webhook_deliveries are made by a
// trigger on events, in the transaction of the event: exactly one for each event and endpoint that wants it.
import { sql } from "drizzle-orm";
import { check, foreignKey, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { tenants } from "../auth/tables.ts";
import { events } from "../events/tables.ts";

// Secrets are kept as they are: a signature is made with them.
export const webhookEndpoints = sqliteTable(
  "webhook_endpoints",
  {
    tenantId: text("tenant_id")
      .notNull()
      .references(() => tenants.id),
    id: text().notNull(),
    url: text().notNull(),
    // A JSON list; "*" is all.
    eventTypes: text("event_types").notNull(),
    description: text(),
    isEnabled: integer("is_enabled").notNull().default(1),
    disabledReason: text("disabled_reason"),
    // Until then an attempt is in flight: no other begins.
    busyUntil: text("busy_until"),
    // Deliveries that died since the last one that was delivered.
    deadInRow: integer("dead_in_row").notNull().default(0),
    secret: text().notNull(),
    // JSON [{ secret, until }], newest first: rotated, and still signed with.
    oldSecrets: text("old_secrets").notNull().default("[]"),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    check("webhook_endpoints_is_enabled", sql`is_enabled IN (0, 1)`),
  ],
);

// No foreign key to the endpoint: it can be deleted at once, and its log is forgotten with time.
export const webhookDeliveries = sqliteTable(
  "webhook_deliveries",
  {
    tenantId: text("tenant_id").notNull(),
    endpointId: text("endpoint_id").notNull(),
    eventId: text("event_id").notNull(),
    // What the event is about, the sale for one: events of one subject are sent one after another.
    subject: text().notNull(),
    status: text().notNull(),
    attempts: integer().notNull(),
    // While pending: when it is tried next. Ended: when it is forgotten.
    dueAt: text("due_at").notNull(),
    lastStatus: integer("last_status"),
    lastError: text("last_error"),
    createdAt: text("created_at").notNull(),
    deliveredAt: text("delivered_at"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.endpointId, t.eventId] }),
    foreignKey({ columns: [t.tenantId, t.eventId], foreignColumns: [events.tenantId, events.id] }),
    index("webhook_deliveries_log").on(t.tenantId, t.endpointId, t.status, t.eventId),
    index("webhook_deliveries_order")
      .on(t.tenantId, t.endpointId, t.subject, t.eventId)
      .where(sql`status = 'pending'`),
    // Without the tenant: the sweep and the nightly job look at all shops.
    index("webhook_deliveries_due").on(t.status, t.dueAt),
    check("webhook_deliveries_status", sql`status IN ('pending', 'delivered', 'failed', 'dead')`),
  ],
);
