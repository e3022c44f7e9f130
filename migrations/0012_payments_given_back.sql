ALTER TABLE `payments` ADD `attempts` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `payments` ADD `last_error` text;--> statement-breakpoint
ALTER TABLE `payments` ADD `retry_at` text;--> statement-breakpoint
CREATE INDEX `payments_sale` ON `payments` (`tenant_id`,`sale_id`);--> statement-breakpoint
CREATE INDEX `payments_retry` ON `payments` (`retry_at`) WHERE retry_at IS NOT NULL;