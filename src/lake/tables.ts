// The manifest of the lake. An object of the bucket is part of the lake while its row here is alive: added, not dropped.
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

// A partition of a dataset, named by a day (a month of daily_summary by its first day). `version` grows with every change
// of what belongs in it; `built` is the version that its compacted file was built at, `generation` how often that was.
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
    // The touched ones of all shops.
    index("lake_days_touched")
      .on(t.tenantId, t.dataset, t.day)
      .where(sql`built < version`),
    index("lake_days_asked")
      .on(t.askedAt)
      .where(sql`asked_at IS NOT NULL`),
    check("lake_days_dataset", sql`dataset IN ('purchases', 'daily_summary', 'products', 'events')`),
  ],
);

// `added` and `dropped` are revisions of the shop's lake (lake_shops): a list that began at a revision goes on at it.
// Without `added` an object is being written: `dropped_at` is set from the start, so that one left behind is deleted too.
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
    // Keys sort by dataset, day and file: lists and partitions are ranges of it.
    primaryKey({ columns: [t.tenantId, t.key] }),
    index("lake_files_dropped")
      .on(t.droppedAt)
      .where(sql`dropped_at IS NOT NULL`),
  ],
);

// `night` is the shop's day of its last nightly build.
export const lakeShops = sqliteTable("lake_shops", {
  tenantId: text("tenant_id").primaryKey(),
  revision: integer().notNull(),
  night: text(),
});
