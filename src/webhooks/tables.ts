// The endpoints that receive a shop's events, and their deliveries. A trigger on events inserts the deliveries in the
// transaction of the event: exactly one for each endpoint that subscribes to its type.
import { sql } from "drizzle-orm";
import { check, foreignKey, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { tenants } from "../auth/tables.ts";
import { events } from "../events/tables.ts";

// Secrets are stored in clear text, because they are needed to sign.
export const webhookEndpoints = sqliteTable(
  "webhook_endpoints",
  {
    tenantId: text("tenant_id")
      .notNull()
      .references(() => tenants.id),
    id: text().notNull(),
    url: text().notNull(),
    // A JSON array; "*" means all types.
    eventTypes: text("event_types").notNull(),
    description: text(),
    isEnabled: integer("is_enabled").notNull().default(1),
    disabledReason: text("disabled_reason"),
    // Until this time an attempt is in flight and no other may begin.
    busyUntil: text("busy_until"),
    // The number of dead deliveries since the last successful one.
    deadInRow: integer("dead_in_row").notNull().default(0),
    // The number of time-outs since the last other outcome; the circuit is closed if it is 0.
    timeoutsInRow: integer("timeouts_in_row").notNull().default(0),
    // Until this time the circuit is open and no attempt may begin.
    openUntil: text("open_until"),
    secret: text().notNull(),
    // JSON [{ secret, until }], newest first: rotated secrets that still sign.
    oldSecrets: text("old_secrets").notNull().default("[]"),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    check("webhook_endpoints_is_enabled", sql`is_enabled IN (0, 1)`),
  ],
);

// No foreign key to the endpoint, so that it can be deleted at once and its log expires later.
export const webhookDeliveries = sqliteTable(
  "webhook_deliveries",
  {
    tenantId: text("tenant_id").notNull(),
    endpointId: text("endpoint_id").notNull(),
    eventId: text("event_id").notNull(),
    // The entity of the event, such as a sale: events of one subject are delivered in order.
    subject: text().notNull(),
    status: text().notNull(),
    attempts: integer().notNull(),
    // The time of the next attempt while pending, and of its deletion afterwards.
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
    // Without it, deleting an event would read all deliveries of its shop.
    index("webhook_deliveries_event").on(t.tenantId, t.eventId),
    // Without the tenant, for the sweep and the nightly job over all shops.
    index("webhook_deliveries_due").on(t.status, t.dueAt),
    check("webhook_deliveries_status", sql`status IN ('pending', 'delivered', 'failed', 'dead')`),
  ],
);
