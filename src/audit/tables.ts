// Triggers make the audit log append-only, so it must not contain personal data: erasing a person cannot change it. The id
// contains the time, and each filter of the list has an index.
import { sql } from "drizzle-orm";
import { check, index, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const auditLog = sqliteTable(
  "audit_log",
  {
    tenantId: text("tenant_id").notNull(),
    id: text().notNull(),
    // An account or an API key; NULL if nobody was signed in.
    actorId: text("actor_id"),
    // Only for an API key, whose name contains no personal data.
    keyName: text("key_name"),
    action: text().notNull(),
    // For example `product` for the action `product.changed`.
    entity: text().generatedAlwaysAs(sql`substr(action, 1, instr(action, '.') - 1)`),
    entityId: text("entity_id").notNull(),
    // JSON objects of the changed fields.
    before: text(),
    after: text(),
    requestId: text("request_id"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index("audit_log_actor")
      .on(t.tenantId, t.actorId, t.id)
      .where(sql`actor_id IS NOT NULL`),
    index("audit_log_action").on(t.tenantId, t.action, t.id),
    index("audit_log_entity").on(t.tenantId, t.entity, t.id),
    index("audit_log_entity_id").on(t.tenantId, t.entityId, t.id),
    check("audit_log_before", sql`json_valid(before)`),
    check("audit_log_after", sql`json_valid(after)`),
  ],
);
