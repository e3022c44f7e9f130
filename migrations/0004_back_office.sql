CREATE TABLE `dead_letters` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`message_id` text NOT NULL,
	`event_id` text,
	`queue` text NOT NULL,
	`body` text NOT NULL,
	`created_at` text NOT NULL,
	`replayed_at` text,
	PRIMARY KEY(`tenant_id`, `id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `dead_letters_message` ON `dead_letters` (`tenant_id`,`message_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `dead_letters_event` ON `dead_letters` (`tenant_id`,`event_id`) WHERE event_id IS NOT NULL AND replayed_at IS NULL;--> statement-breakpoint
DROP INDEX `activity_at`;--> statement-breakpoint
ALTER TABLE `activity` ADD `seq` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `activity_order` ON `activity` (`tenant_id`,`shift_id`,`at`,`created_at`,`seq`,`id`);--> statement-breakpoint
ALTER TABLE `products` ADD `series` text;--> statement-breakpoint
ALTER TABLE `products` ADD `import_id` text;--> statement-breakpoint
ALTER TABLE `products` ADD `cover_file` text GENERATED ALWAYS AS (CASE WHEN instr(cover_image_url, '/api/v1/covers/' || tenant_id || '/') > 0
        THEN substr(cover_image_url, instr(cover_image_url, '/api/v1/covers/' || tenant_id || '/')
          + length('/api/v1/covers/' || tenant_id || '/')) END) VIRTUAL;--> statement-breakpoint
ALTER TABLE `products` ADD `text_version` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `products` ADD `indexed_version` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `products` ADD `sold` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `products_unindexed` ON `products` (`tenant_id`,`id`) WHERE indexed_version < text_version;--> statement-breakpoint
CREATE INDEX `products_cover` ON `products` (`tenant_id`,`cover_file`) WHERE cover_file IS NOT NULL;--> statement-breakpoint
ALTER TABLE `events` ADD `batch_id` text;--> statement-breakpoint
ALTER TABLE `events` ADD `exported_at` text;--> statement-breakpoint
CREATE INDEX `events_open` ON `events` (`created_at`) WHERE exported_at IS NULL;--> statement-breakpoint
CREATE INDEX `events_batch` ON `events` (`tenant_id`,`batch_id`) WHERE batch_id IS NOT NULL AND exported_at IS NULL;--> statement-breakpoint
ALTER TABLE `daily_sellers` ADD `shift_sales` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `alerts_unclosed` ON `alerts` (`tenant_id`,`opened_at`,`id`) WHERE closed_at IS NULL;--> statement-breakpoint
CREATE INDEX `shifts_open_day` ON `shifts` (`tenant_id`,`day`,`start_at`,`id`) WHERE status = 'OPEN';