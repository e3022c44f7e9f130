// `tenants.revision` increases with every change to a shop's sales, and of its currency or time zone. `users.email` is stored in NFC and lower case.
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

export const tenants = sqliteTable(
  "tenants",
  {
    id: text().primaryKey(),
    slug: text().notNull(),
    name: text().notNull(),
    currency: text().notNull(),
    timezone: text().notNull(),
    isActive: integer("is_active").notNull().default(1),
    revision: integer().notNull().default(0),
    requireShiftToSell: integer("require_shift_to_sell").notNull().default(0),
    requireIfMatch: integer("require_if_match").notNull().default(0),
    idleMinutes: integer("idle_minutes").notNull().default(15),
    maxShiftHours: integer("max_shift_hours").notNull().default(12),
    holdMinutes: integer("hold_minutes").notNull().default(30),
    guestHoldMinutes: integer("guest_hold_minutes").notNull().default(15),
    // What buyers may reserve with unpaid orders: in all, and from one address.
    pendingOrdersPerCustomer: integer("pending_orders_per_customer").notNull().default(5),
    pendingUnitsPerCustomer: integer("pending_units_per_customer").notNull().default(200),
    pendingOrdersPerAddress: integer("pending_orders_per_address").notNull().default(20),
    pendingUnitsPerAddress: integer("pending_units_per_address").notNull().default(600),
    plan: text().notNull().default("standard"),
    legalName: text("legal_name"),
    taxId: text("tax_id"),
    // JSON
    address: text(),
    phone: text(),
    email: text(),
    locale: text().notNull().default("es-ES"),
    country: text(),
    pricesIncludeTax: integer("prices_include_tax").notNull().default(1),
    receiptHeader: text("receipt_header"),
    receiptFooter: text("receipt_footer"),
    // Hundred-thousandths: 10 % is 10000. Beyond it an EMPLOYEE needs an approval.
    maxDiscountPercent: integer("max_discount_percent").notNull().default(100_000),
    allowPriceOverride: integer("allow_price_override").notNull().default(1),
    // The smallest coin in minor units, to which cash amounts are rounded; 0 for none.
    cashRounding: integer("cash_rounding").notNull().default(0),
    // 'allow': an online till may sell what is not in stock.
    oversell: text().notNull().default("refuse"),
    // 'own': an EMPLOYEE sees of the sales and revenue of persons only their own.
    employeesSee: text("employees_see").notNull().default("own"),
    // JSON: the methods that the shop adds to cash, card, transfer and other.
    paymentMethods: text("payment_methods").notNull().default("[]"),
    // JSON: the layouts of barcodes that a scale prints.
    scaleCodes: text("scale_codes").notNull().default("[]"),
    // #rrggbb, of mails and of the pages that their links open.
    brandColor: text("brand_color"),
    // 1: the customer of an online order gets mails about it.
    orderMails: integer("order_mails").notNull().default(1),
    createdAt: text("created_at").notNull(),
  },
  (t) => [
    uniqueIndex("tenants_slug").on(t.slug),
    check("tenants_is_active", sql`is_active IN (0, 1)`),
    check("tenants_require_shift_to_sell", sql`require_shift_to_sell IN (0, 1)`),
    check("tenants_idle_minutes", sql`idle_minutes BETWEEN 1 AND 480`),
    check("tenants_max_shift_hours", sql`max_shift_hours BETWEEN 1 AND 48`),
  ],
);

export const users = sqliteTable(
  "users",
  {
    tenantId: text("tenant_id")
      .notNull()
      .references(() => tenants.id),
    id: text().notNull(),
    email: text().notNull(),
    passwordHash: text("password_hash").notNull(),
    firstName: text("first_name").notNull(),
    lastName: text("last_name").notNull(),
    role: text().notNull(),
    isActive: integer("is_active").notNull().default(1),
    preferences: text().notNull().default("{}"),
    createdAt: text("created_at").notNull(),
    // 1 if the person registered themselves: then nobody else may set their password, whatever their role is now.
    selfRegistered: integer("self_registered").notNull().default(0),
    // An erased account has only an id and a role. Triggers enforce that, and prevent erasing an account with open work.
    erasedAt: text("erased_at"),
    // When the person showed that mail to the address reaches them.
    emailConfirmedAt: text("email_confirmed_at"),
    // 0 for a customer record without an account: the row only lets sales refer to the customer, and nobody can sign in with it.
    hasLogin: integer("has_login").notNull().default(1),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index("users_role")
      .on(t.tenantId, t.role, t.id)
      .where(sql`has_login = 1`),
    index("users_logins")
      .on(t.tenantId, t.id)
      .where(sql`has_login = 1`),
    uniqueIndex("users_email").on(t.tenantId, t.email),
    index("users_weekly_report")
      .on(t.tenantId, t.id)
      .where(sql`preferences ->> 'weekly_report' = 1`),
    index("users_daily_summary")
      .on(t.tenantId, t.id)
      .where(sql`preferences ->> 'daily_summary' = 1`),
    index("users_alerts_by_mail")
      .on(t.tenantId, t.id)
      .where(sql`preferences ->> 'alerts_by_mail' = 1`),
    check("users_role", sql`role IN ('ADMIN', 'EMPLOYEE', 'CUSTOMER')`),
    check("users_is_active", sql`is_active IN (0, 1)`),
  ],
);

// The PIN with which an ADMIN approves what the rules of the shop do not allow an EMPLOYEE.
export const approvalPins = sqliteTable(
  "approval_pins",
  {
    tenantId: text("tenant_id").notNull(),
    userId: text("user_id").notNull(),
    pinHash: text("pin_hash").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.userId] }),
    foreignKey({ columns: [t.tenantId, t.userId], foreignColumns: [users.tenantId, users.id] }),
  ],
);

// A row is one refresh token, the `generation`-th of a login, whose rows share a family. An active login has one row that is
// neither used nor revoked; only that row has the device.
export const authSessions = sqliteTable(
  "auth_sessions",
  {
    tenantId: text("tenant_id").notNull(),
    family: text().notNull(),
    generation: integer().notNull(),
    userId: text("user_id").notNull(),
    tokenHash: text("token_hash").notNull(),
    device: text(),
    createdAt: text("created_at").notNull(),
    expiresAt: text("expires_at").notNull(),
    usedAt: text("used_at"),
    revokedAt: text("revoked_at"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.family, t.generation] }),
    foreignKey({ columns: [t.tenantId, t.userId], foreignColumns: [users.tenantId, users.id] }),
    index("auth_sessions_live")
      .on(t.tenantId, t.userId, t.family)
      .where(sql`used_at IS NULL AND revoked_at IS NULL`),
  ],
);

// A device that asks to be signed in by a code (RFC 8628). It names the shop; its user code is unique among those of the shop that are stored.
export const deviceGrants = sqliteTable(
  "device_grants",
  {
    tenantId: text("tenant_id").notNull(),
    deviceCodeHash: text("device_code_hash").notNull(),
    userCodeHash: text("user_code_hash").notNull(),
    // What the device says about itself.
    clientId: text("client_id").notNull(),
    label: text().notNull(),
    networkHash: text("network_hash").notNull(),
    status: text().notNull().default("pending"),
    // Who decided, and the login that an approval has begun.
    userId: text("user_id"),
    sessionId: text("session_id"),
    // Seconds between two polls.
    intervalS: integer("interval_s").notNull(),
    polledAt: text("polled_at"),
    collectedAt: text("collected_at"),
    createdAt: text("created_at").notNull(),
    expiresAt: text("expires_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.deviceCodeHash] }),
    foreignKey({ columns: [t.tenantId, t.userId], foreignColumns: [users.tenantId, users.id] }),
    uniqueIndex("device_grants_user_code").on(t.tenantId, t.userCodeHash),
    check("device_grants_status", sql`status IN ('pending', 'approved', 'denied')`),
    check("device_grants_decided", sql`(user_id IS NULL) = (status = 'pending')`),
    check("device_grants_session", sql`(session_id IS NOT NULL) = (status = 'approved')`),
  ],
);

// A person who is invited to work in the shop. They choose their password when they accept.
export const invitations = sqliteTable(
  "invitations",
  {
    tenantId: text("tenant_id").notNull(),
    id: text().notNull(),
    email: text().notNull(),
    role: text().notNull(),
    firstName: text("first_name").notNull(),
    lastName: text("last_name").notNull(),
    invitedBy: text("invited_by").notNull(),
    createdAt: text("created_at").notNull(),
    expiresAt: text("expires_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.invitedBy], foreignColumns: [users.tenantId, users.id] }),
    uniqueIndex("invitations_email").on(t.tenantId, t.email),
    check("invitations_role", sql`role IN ('ADMIN', 'EMPLOYEE')`),
  ],
);

// The token of a link in a mail: only its hash is stored, and it works once. The subject is an account or an invitation.
export const linkTokens = sqliteTable(
  "link_tokens",
  {
    tenantId: text("tenant_id").notNull(),
    tokenHash: text("token_hash").notNull(),
    purpose: text().notNull(),
    subjectId: text("subject_id").notNull(),
    // The address that the link confirms.
    email: text().notNull(),
    expiresAt: text("expires_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.tokenHash] }),
    index("link_tokens_subject").on(t.tenantId, t.subjectId, t.purpose),
    check("link_tokens_purpose", sql`purpose IN ('password', 'email', 'invitation')`),
  ],
);
