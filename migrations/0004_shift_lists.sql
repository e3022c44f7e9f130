DROP INDEX `activity_at`;--> statement-breakpoint
ALTER TABLE `activity` ADD `seq` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `activity_order` ON `activity` (`tenant_id`,`shift_id`,`at`,`created_at`,`seq`,`id`);--> statement-breakpoint
ALTER TABLE `daily_sellers` ADD `shift_sales` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `alerts_unclosed` ON `alerts` (`tenant_id`,`opened_at`,`id`) WHERE closed_at IS NULL;--> statement-breakpoint
CREATE INDEX `shifts_open_day` ON `shifts` (`tenant_id`,`day`,`start_at`,`id`) WHERE status = 'OPEN';