// When a clock of the service last did all its jobs: the one table that is of no shop.
import { sqliteTable, text } from "drizzle-orm/sqlite-core";

export const clockRuns = sqliteTable("clock_runs", {
  clock: text().primaryKey(),
  endedAt: text("ended_at").notNull(),
});
