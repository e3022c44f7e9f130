// A key is a row for good, so that the audit log can name it; revoking sets `revoked_at`.
import { sql } from "drizzle-orm";
import { check, foreignKey, index, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "../auth/tables.ts";

export const apiKeys = sqliteTable(
  "api_keys",
  {
    tenantId: text("tenant_id").notNull(),
    id: text().notNull(),
    kind: text().notNull(),
    name: text().notNull(),
    secretHash: text("secret_hash").notNull(),
    lastFour: text("last_four").notNull(),
    // JSON [{ hash, until }], newest first: rotated secrets that still work.
    oldSecrets: text("old_secrets").notNull().default("[]"),
    // JSON arrays. Scopes and addresses are those of secret keys, origins those of publishable keys.
    scopes: text().notNull().default("[]"),
    allowedIps: text("allowed_ips").notNull().default("[]"),
    origins: text().notNull().default("[]"),
    expiresAt: text("expires_at"),
    createdBy: text("created_by").notNull(),
    createdAt: text("created_at").notNull(),
    // Written at most once an hour.
    lastUsedAt: text("last_used_at"),
    revokedAt: text("revoked_at"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.createdBy], foreignColumns: [users.tenantId, users.id] }),
    index("api_keys_active")
      .on(t.tenantId, t.id)
      .where(sql`revoked_at IS NULL`),
    check("api_keys_kind", sql`kind IN ('secret', 'publishable')`),
    check(
      "api_keys_lists",
      sql`json_valid(old_secrets) AND json_valid(scopes) AND json_valid(allowed_ips) AND json_valid(origins)`,
    ),
  ],
);
