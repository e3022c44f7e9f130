// The manifest of the lake. An object belongs to the lake while its row is added and not dropped.
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

// A partition is identified by its day (daily_summary: the first day of the month). `version` increases with every change of its
// rows, by a trigger when the ETL rebuilds its day or the time zone changes; `built` is the version of its last full build, and `generation` the number of full builds.
export const lakeDays = sqliteTable(
  "lake_days",
  {
    tenantId: text("tenant_id").notNull(),
    dataset: text().notNull(),
    day: text().notNull(),
    version: integer().notNull(),
    built: integer().notNull().default(0),
    generation: integer().notNull().default(0),
    askedAt: text("asked_at"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.dataset, t.day] }),
    // The dirty partitions of all shops.
    index("lake_days_touched")
      .on(t.tenantId, t.dataset, t.day)
      .where(sql`built < version`),
    index("lake_days_asked")
      .on(t.askedAt)
      .where(sql`asked_at IS NOT NULL`),
    check("lake_days_dataset", sql`dataset IN ('purchases', 'daily_summary', 'products', 'events')`),
  ],
);

// `added` and `dropped` are revisions of the shop's lake (lake_shops), so that a list can show the same revision on all pages. An
// object being written has no `added`, but already has `dropped_at`, so that it is deleted if its build crashes.
export const lakeFiles = sqliteTable(
  "lake_files",
  {
    tenantId: text("tenant_id").notNull(),
    key: text().notNull(),
    dataset: text().notNull(),
    day: text().notNull(),
    rows: integer().notNull(),
    bytes: integer().notNull(),
    etag: text().notNull(),
    createdAt: text("created_at").notNull(),
    added: integer(),
    dropped: integer(),
    droppedAt: text("dropped_at"),
  },
  (t) => [
    // Keys sort by dataset, day and file, so lists and partitions are key ranges.
    primaryKey({ columns: [t.tenantId, t.key] }),
    index("lake_files_dropped")
      .on(t.droppedAt)
      .where(sql`dropped_at IS NOT NULL`),
  ],
);

// `night` is the local day of the shop's last nightly build. The events of days up to `sealed_day` are deleted from D1 (those with
// ids below `sealed_end`, the end of that day), so these days are never built again; '' before the first.
export const lakeShops = sqliteTable("lake_shops", {
  tenantId: text("tenant_id").primaryKey(),
  revision: integer().notNull(),
  night: text(),
  sealedDay: text("sealed_day").notNull().default(""),
  sealedEnd: text("sealed_end").notNull().default(""),
});
