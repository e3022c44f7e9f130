ALTER TABLE `products` ADD `text_version` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `products` ADD `indexed_version` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `products` ADD `sold` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `products_unindexed` ON `products` (`tenant_id`,`id`) WHERE indexed_version < text_version;