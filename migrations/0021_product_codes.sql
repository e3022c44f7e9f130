CREATE TABLE `product_barcodes` (
	`tenant_id` text NOT NULL,
	`code` text NOT NULL,
	`product_id` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `code`),
	FOREIGN KEY (`tenant_id`,`product_id`) REFERENCES `products`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `products` ADD `barcodes` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
CREATE INDEX `products_by_isbn` ON `products` (`tenant_id`,`isbn`,`is_active`,`id`) WHERE isbn IS NOT NULL;--> statement-breakpoint
CREATE INDEX `products_by_update` ON `products` (`tenant_id`,`updated_at`,`id`);