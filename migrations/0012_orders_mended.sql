ALTER TABLE `webhook_endpoints` ADD `busy_until` text;--> statement-breakpoint
ALTER TABLE `webhook_endpoints` ADD `dead_in_row` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `payments_by_hand` ON `payments` (`tenant_id`,`sale_id`) WHERE provider = 'manual';