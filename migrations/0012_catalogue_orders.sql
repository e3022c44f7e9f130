CREATE INDEX `products_by_category_price` ON `products` (`tenant_id`,`is_active`,`category`,`price`,`id`) WHERE category IS NOT NULL;--> statement-breakpoint
CREATE INDEX `products_by_category_title` ON `products` (`tenant_id`,`is_active`,`category`,`title_key`,`id`) WHERE category IS NOT NULL;--> statement-breakpoint
CREATE INDEX `products_by_category_rating` ON `products` (`tenant_id`,`is_active`,`category`,`rating_key`,`id`) WHERE category IS NOT NULL;--> statement-breakpoint
CREATE INDEX `sales_pending` ON `sales` (`tenant_id`,`customer_id`) WHERE status = 'pending';