CREATE TABLE `customer_products` (
	`tenant_id` text NOT NULL,
	`customer_id` text NOT NULL,
	`product_id` text NOT NULL,
	`sale_id` text NOT NULL,
	`line_no` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `customer_id`, `product_id`, `sale_id`, `line_no`),
	FOREIGN KEY (`tenant_id`,`customer_id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`sale_id`,`line_no`) REFERENCES `sale_lines`(`tenant_id`,`sale_id`,`line_no`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_baskets` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`lines` integer NOT NULL,
	`baskets` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`),
	CONSTRAINT "daily_baskets_baskets" CHECK(json_valid(baskets))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_products` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`product_id` text NOT NULL,
	`units` integer NOT NULL,
	`orders` integer NOT NULL,
	`revenue` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `product_id`),
	FOREIGN KEY (`tenant_id`,`product_id`) REFERENCES `products`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `product_neighbours` (
	`tenant_id` text NOT NULL,
	`product_id` text NOT NULL,
	`neighbours` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `product_id`),
	FOREIGN KEY (`tenant_id`,`product_id`) REFERENCES `products`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "product_neighbours_neighbours" CHECK(json_array_length(neighbours) BETWEEN 1 AND 20)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `dirty_product_days` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`is_built` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`),
	CONSTRAINT "dirty_product_days_is_built" CHECK(is_built IN (0, 1))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `products_by_series` ON `products` (`tenant_id`,`is_active`,`series`,`id`) WHERE series IS NOT NULL;--> statement-breakpoint
CREATE INDEX `products_by_sold` ON `products` (`tenant_id`,`is_active`,`sold`,`id`);