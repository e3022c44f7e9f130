// Who changed what of a shop. Triggers refuse to change or delete a row, so it holds ids and no words of a person: who is
// erased needs no change here. A row is found by its id, which tells its time, and by each of its filters.
import { sql } from "drizzle-orm";
import { check, index, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const auditLog = sqliteTable(
  "audit_log",
  {
    tenantId: text("tenant_id").notNull(),
    id: text().notNull(),
    // NULL: nobody who was signed in.
    actorId: text("actor_id"),
    action: text().notNull(),
    // What the action is about: `product` of `product.changed`.
    entity: text().generatedAlwaysAs(sql`substr(action, 1, instr(action, '.') - 1)`),
    entityId: text("entity_id").notNull(),
    // JSON of what changed, before and after.
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
