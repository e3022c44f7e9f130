// Money that came in for online sales, and what goes back of it: status 'refund_due', then 'refunded'. Due back are a payment
// that came too late or was another amount, and each refund of a sale that was paid at a provider: that row's `id` and
// `sale_id` are the refund's, and the rule `sales_give_back` (migrations) writes it with the refund.
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
    // Of what is due back: how often that failed, what was said then, and when it is tried again (NULL: when staff say so).
    attempts: integer().notNull().default(0),
    lastError: text("last_error"),
    retryAt: text("retry_at"),
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
    index("payments_sale").on(t.tenantId, t.saleId),
    // Without the tenant: the sweep looks at all shops.
    index("payments_retry")
      .on(t.retryAt)
      .where(sql`retry_at IS NOT NULL`),
    check("payments_provider", sql`provider IN ('manual', 'stripe')`),
    check("payments_status", sql`status IN ('received', 'refund_due', 'refunded')`),
    check("payments_amount", sql`amount BETWEEN 0 AND 9007199254740991`),
  ],
);
