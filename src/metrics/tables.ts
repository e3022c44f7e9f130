import { sql } from "drizzle-orm";
import { check, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { tenants } from "../auth/tables.ts";

// The target revenue of a month in minor units, of a seller or, with an empty `user_id`, of the shop.
export const goals = sqliteTable(
  "goals",
  {
    tenantId: text("tenant_id")
      .notNull()
      .references(() => tenants.id),
    // YYYY-MM
    month: text().notNull(),
    userId: text("user_id").notNull(),
    target: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.month, t.userId] }),
    check("goals_month", sql`month GLOB '20[0-9][0-9]-[01][0-9]'`),
    check("goals_target", sql`target BETWEEN 1 AND 1000000000000`),
  ],
);
