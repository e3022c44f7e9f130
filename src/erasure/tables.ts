// Erasures in progress: what the account's own batch left for the sweep. The e-mail is needed to find it in other tables
// and is deleted with the row.
import { sql } from "drizzle-orm";
import { foreignKey, index, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "../auth/tables.ts";

export const erasures = sqliteTable(
  "erasures",
  {
    tenantId: text("tenant_id").notNull(),
    userId: text("user_id").notNull(),
    email: text().notNull(),
    // The next step, and the key after which it continues.
    step: text().notNull(),
    after: text().notNull(),
    dueAt: text("due_at").notNull(),
    // Since when every attempt has failed.
    failingSince: text("failing_since"),
  },
  (t) => [
    index("erasures_due").on(t.dueAt),
    index("erasures_failing")
      .on(t.failingSince)
      .where(sql`failing_since IS NOT NULL`),
    primaryKey({ columns: [t.tenantId, t.userId] }),
    foreignKey({ columns: [t.tenantId, t.userId], foreignColumns: [users.tenantId, users.id] }),
  ],
);
