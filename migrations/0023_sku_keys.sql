ALTER TABLE `products` ADD `sku_key` text;--> statement-breakpoint
CREATE UNIQUE INDEX `products_sku_key` ON `products` (`tenant_id`,`sku_key`);--> statement-breakpoint
CREATE INDEX `products_without_sku_key` ON `products` (`tenant_id`,`id`) WHERE sku_key IS NULL;