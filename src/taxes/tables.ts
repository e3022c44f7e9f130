// A rate is never deleted, and once a line was sold with it never changed (a trigger): it is replaced by another.
import { sql } from "drizzle-orm";
import { check, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { tenants } from "../auth/tables.ts";

export const taxRates = sqliteTable(
  "tax_rates",
  {
    tenantId: text("tenant_id")
      .notNull()
      .references(() => tenants.id),
    id: text().notNull(),
    name: text().notNull(),
    // Hundred-thousandths: 21 % is 21000.
    rate: integer().notNull(),
    isDefault: integer("is_default").notNull().default(0),
    isActive: integer("is_active").notNull().default(1),
    isUsed: integer("is_used").notNull().default(0),
    createdAt: text("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    uniqueIndex("tax_rates_default")
      .on(t.tenantId)
      .where(sql`is_default = 1`),
    uniqueIndex("tax_rates_name")
      .on(t.tenantId, t.name)
      .where(sql`is_active = 1`),
    check("tax_rates_rate", sql`rate BETWEEN 0 AND 100000`),
    check("tax_rates_is_default", sql`is_default IN (0, 1) AND (is_default = 0 OR is_active = 1)`),
    check("tax_rates_is_active", sql`is_active IN (0, 1)`),
    check("tax_rates_is_used", sql`is_used IN (0, 1)`),
  ],
);
