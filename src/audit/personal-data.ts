import { sql, type SQL } from "drizzle-orm";
import type { ExportedPart, PersonalData } from "../platform/personal-data.ts";

const ENTRIES_PER_PAGE = 500;

const entries = (index: string, isOf: (userId: string) => SQL): ExportedPart => ({
  tables: ["audit_log"],
  limit: ENTRIES_PER_PAGE,
  rows: (
    { tenant_id, user_id },
    after,
  ) => sql`SELECT id AS key, json_object('id', id, 'action', action, 'entity_id', entity_id,
      'by_me', json(iif(actor_id IS ${user_id}, 'true', 'false')), 'after', json(after)) AS data
    FROM audit_log INDEXED BY ${sql.raw(index)} WHERE tenant_id = ${tenant_id} AND ${isOf(user_id)} AND id > ${after}
    ORDER BY id LIMIT CAST(${ENTRIES_PER_PAGE} AS INTEGER)`,
});

export const personalData: PersonalData = {
  exported: {
    actions: entries("audit_log_actor", (userId) => sql`actor_id = ${userId}`),
    changes_of_me: entries("audit_log_entity_id", (userId) => sql`entity_id = ${userId}`),
  },
  retained: {
    audit_log: "ids, field names, roles and names of API keys only; entries never contain personal data",
  },
};
