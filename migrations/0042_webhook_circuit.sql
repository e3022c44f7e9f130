ALTER TABLE `webhook_endpoints` ADD `timeouts_in_row` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `webhook_endpoints` ADD `open_until` text;