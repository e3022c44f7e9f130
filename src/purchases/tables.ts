// Money that came in for online sales. What came too late, or was another amount, is due back: status 'refund_due'.
import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { sales } from "../sales/tables.ts";

export const payments = sqliteTable(
  "payments",
  {
    tenantId: text("tenant_id").notNull(),
    id: text().notNull(),
    saleId: text("sale_id").notNull(),
    provider: text().notNull(),
    // The provider's own id of it: a payment that is told of twice is one payment.
    providerRef: text("provider_ref"),
    amount: integer().notNull(),
    currency: text().notNull(),
    status: text().notNull(),
    actorId: text("actor_id"),
    createdAt: text("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.saleId], foreignColumns: [sales.tenantId, sales.id] }),
    uniqueIndex("payments_provider_ref")
      .on(t.tenantId, t.provider, t.providerRef)
      .where(sql`provider_ref IS NOT NULL`),
    // Staff who say it twice mean one payment.
    uniqueIndex("payments_by_hand")
      .on(t.tenantId, t.saleId)
      .where(sql`provider = 'manual'`),
    index("payments_status").on(t.tenantId, t.status, t.id),
    check("payments_provider", sql`provider IN ('manual', 'stripe')`),
    check("payments_status", sql`status IN ('received', 'refund_due', 'refunded')`),
    check("payments_amount", sql`amount BETWEEN 0 AND 9007199254740991`),
  ],
);
