// When a cron trigger last completed all its jobs. The one table that belongs to no shop.
import { sqliteTable, text } from "drizzle-orm/sqlite-core";

export const clockRuns = sqliteTable("clock_runs", {
  clock: text().primaryKey(),
  endedAt: text("ended_at").notNull(),
});
