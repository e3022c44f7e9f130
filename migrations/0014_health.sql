ALTER TABLE `lake_days` ADD `asked_at` text;--> statement-breakpoint
CREATE INDEX `lake_days_asked` ON `lake_days` (`asked_at`) WHERE asked_at IS NOT NULL;--> statement-breakpoint
ALTER TABLE `dirty_days` ADD `asked_at` text;--> statement-breakpoint
CREATE INDEX `dirty_days_asked` ON `dirty_days` (`asked_at`) WHERE asked_at IS NOT NULL;