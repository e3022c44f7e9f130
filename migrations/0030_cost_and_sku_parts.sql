ALTER TABLE `products` ADD `cost` integer;
--> statement-breakpoint
-- The search index has the parts of SKUs.
UPDATE products SET indexed_version = 0;
