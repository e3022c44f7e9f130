// An erasure that is not at its end: what the account's own batch has left for the sweep. The e-mail is kept so long, for it
// has to be found in other places, and goes with the row.
import { sql } from "drizzle-orm";
import { foreignKey, index, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "../auth/tables.ts";

export const erasures = sqliteTable(
  "erasures",
  {
    tenantId: text("tenant_id").notNull(),
    userId: text("user_id").notNull(),
    email: text().notNull(),
    // Which step is next, and behind what it goes on.
    step: text().notNull(),
    after: text().notNull(),
    // When the sweep looks at it next.
    dueAt: text("due_at").notNull(),
    // Since when it has failed each time; null where it has not.
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
