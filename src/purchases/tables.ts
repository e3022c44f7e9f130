// Payments of online sales and their refunds: status 'refund_due', then 'refunded'. A payment that arrived too late or had a
// wrong amount is to be refunded, and so is each refund of a sale paid at a provider: the trigger `sales_give_back`
// (migrations) inserts its row, whose `id` and `sale_id` are those of the refund.
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
    // The provider's id: a payment that is reported twice is recorded once.
    providerRef: text("provider_ref"),
    amount: integer().notNull(),
    currency: text().notNull(),
    status: text().notNull(),
    // What partial refunds have returned so far; of a payment with status 'refunded' it is not read.
    refundedAmount: integer("refunded_amount").notNull().default(0),
    actorId: text("actor_id"),
    createdAt: text("created_at").notNull(),
    // Failed refund attempts, the last error, and the time of the next attempt (NULL: when staff request it).
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
    // Staff who confirm a payment twice mean one payment.
    uniqueIndex("payments_by_hand")
      .on(t.tenantId, t.saleId)
      .where(sql`provider = 'manual'`),
    index("payments_status").on(t.tenantId, t.status, t.id),
    index("payments_sale").on(t.tenantId, t.saleId),
    // Without the tenant: the job reads all shops.
    index("payments_retry")
      .on(t.retryAt)
      .where(sql`retry_at IS NOT NULL`),
    check("payments_provider", sql`provider IN ('manual', 'stripe')`),
    check("payments_status", sql`status IN ('received', 'refund_due', 'refunded')`),
    check("payments_amount", sql`amount BETWEEN 0 AND 9007199254740991`),
  ],
);

// Tokens of links to one order, of which only the hash is stored.
export const orderTokens = sqliteTable(
  "order_tokens",
  {
    tenantId: text("tenant_id").notNull(),
    saleId: text("sale_id").notNull(),
    tokenHash: text("token_hash").notNull(),
    expiresAt: text("expires_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.saleId, t.tokenHash] }),
    foreignKey({ columns: [t.tenantId, t.saleId], foreignColumns: [sales.tenantId, sales.id] }),
  ],
);

// What staff know about an online sale beside what every sale has. A purchase of the web shop has a row once staff have changed it.
export const orderDetails = sqliteTable(
  "order_details",
  {
    tenantId: text("tenant_id").notNull(),
    saleId: text("sale_id").notNull(),
    note: text(),
    // How staff agreed that it is paid; NULL: as at the checkout.
    payment: text(),
    // Grows with every new request for payment at the provider: for another total, or by a new link.
    paymentNo: integer("payment_no").notNull().default(0),
    linkExpiresAt: text("link_expires_at"),
    // JSON: the discounts as they were agreed, that of the whole order and those of lines.
    discounts: text().notNull().default("{}"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.saleId] }),
    foreignKey({ columns: [t.tenantId, t.saleId], foreignColumns: [sales.tenantId, sales.id] }),
    check("order_details_payment", sql`payment IN ('link', 'on_delivery', 'transfer')`),
    check("order_details_discounts", sql`json_valid(discounts)`),
  ],
);
