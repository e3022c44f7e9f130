CREATE TABLE `cart_items` (
	`tenant_id` text NOT NULL,
	`user_id` text NOT NULL,
	`product_id` text NOT NULL,
	`quantity` integer NOT NULL,
	`price` integer NOT NULL,
	`added_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `user_id`, `product_id`),
	FOREIGN KEY (`tenant_id`,`user_id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`product_id`) REFERENCES `products`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "cart_items_quantity" CHECK(quantity BETWEEN 1 AND 999)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `category_counts` (
	`tenant_id` text NOT NULL,
	`category` text NOT NULL,
	`products` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `category`),
	CONSTRAINT "category_counts_products" CHECK(products >= 0)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `saved_items` (
	`tenant_id` text NOT NULL,
	`user_id` text NOT NULL,
	`list` text NOT NULL,
	`product_id` text NOT NULL,
	`priority` integer NOT NULL,
	`price` integer NOT NULL,
	`was_out` integer NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `user_id`, `list`, `product_id`),
	FOREIGN KEY (`tenant_id`,`user_id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`product_id`) REFERENCES `products`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "saved_items_list" CHECK(list IN ('favorites', 'wishlist')),
	CONSTRAINT "saved_items_priority" CHECK(priority BETWEEN 0 AND 5 AND (list = 'favorites') = (priority = 0)),
	CONSTRAINT "saved_items_was_out" CHECK(was_out IN (0, 1))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `saved_items_order` ON `saved_items` (`tenant_id`,`user_id`,`list`,`priority`,created_at DESC,product_id DESC);--> statement-breakpoint
CREATE INDEX `saved_items_in_stock` ON `saved_items` (`tenant_id`,`product_id`) WHERE was_out = 0;--> statement-breakpoint
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
CREATE TABLE `lake_days` (
	`tenant_id` text NOT NULL,
	`dataset` text NOT NULL,
	`day` text NOT NULL,
	`version` integer NOT NULL,
	`built` integer DEFAULT 0 NOT NULL,
	`generation` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`tenant_id`, `dataset`, `day`),
	CONSTRAINT "lake_days_dataset" CHECK(dataset IN ('purchases', 'daily_summary', 'products', 'events'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `lake_days_touched` ON `lake_days` (`tenant_id`,`dataset`,`day`) WHERE built < version;--> statement-breakpoint
CREATE TABLE `lake_files` (
	`tenant_id` text NOT NULL,
	`key` text NOT NULL,
	`dataset` text NOT NULL,
	`day` text NOT NULL,
	`rows` integer NOT NULL,
	`bytes` integer NOT NULL,
	`etag` text NOT NULL,
	`created_at` text NOT NULL,
	`added` integer,
	`dropped` integer,
	`dropped_at` text,
	PRIMARY KEY(`tenant_id`, `key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `lake_files_dropped` ON `lake_files` (`dropped_at`) WHERE dropped_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE `lake_shops` (
	`tenant_id` text PRIMARY KEY NOT NULL,
	`revision` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `payments` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`sale_id` text NOT NULL,
	`provider` text NOT NULL,
	`provider_ref` text,
	`amount` integer NOT NULL,
	`currency` text NOT NULL,
	`status` text NOT NULL,
	`actor_id` text,
	`created_at` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`last_error` text,
	`retry_at` text,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`,`sale_id`) REFERENCES `sales`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "payments_provider" CHECK(provider IN ('manual', 'stripe')),
	CONSTRAINT "payments_status" CHECK(status IN ('received', 'refund_due', 'refunded')),
	CONSTRAINT "payments_amount" CHECK(amount BETWEEN 0 AND 9007199254740991)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `payments_provider_ref` ON `payments` (`tenant_id`,`provider`,`provider_ref`) WHERE provider_ref IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `payments_by_hand` ON `payments` (`tenant_id`,`sale_id`) WHERE provider = 'manual';--> statement-breakpoint
CREATE INDEX `payments_status` ON `payments` (`tenant_id`,`status`,`id`);--> statement-breakpoint
CREATE INDEX `payments_sale` ON `payments` (`tenant_id`,`sale_id`);--> statement-breakpoint
CREATE INDEX `payments_retry` ON `payments` (`retry_at`) WHERE retry_at IS NOT NULL;--> statement-breakpoint
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
CREATE TABLE `webhook_deliveries` (
	`tenant_id` text NOT NULL,
	`endpoint_id` text NOT NULL,
	`event_id` text NOT NULL,
	`subject` text NOT NULL,
	`status` text NOT NULL,
	`attempts` integer NOT NULL,
	`due_at` text NOT NULL,
	`last_status` integer,
	`last_error` text,
	`created_at` text NOT NULL,
	`delivered_at` text,
	PRIMARY KEY(`tenant_id`, `endpoint_id`, `event_id`),
	FOREIGN KEY (`tenant_id`,`event_id`) REFERENCES `events`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "webhook_deliveries_status" CHECK(status IN ('pending', 'delivered', 'failed', 'dead'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_log` ON `webhook_deliveries` (`tenant_id`,`endpoint_id`,`status`,`event_id`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_order` ON `webhook_deliveries` (`tenant_id`,`endpoint_id`,`subject`,`event_id`) WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX `webhook_deliveries_due` ON `webhook_deliveries` (`status`,`due_at`);--> statement-breakpoint
CREATE TABLE `webhook_endpoints` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`url` text NOT NULL,
	`event_types` text NOT NULL,
	`description` text,
	`is_enabled` integer DEFAULT 1 NOT NULL,
	`disabled_reason` text,
	`busy_until` text,
	`dead_in_row` integer DEFAULT 0 NOT NULL,
	`secret` text NOT NULL,
	`old_secrets` text DEFAULT '[]' NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "webhook_endpoints_is_enabled" CHECK(is_enabled IN (0, 1))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
DROP INDEX `products_price`;--> statement-breakpoint
DROP INDEX `products_title`;--> statement-breakpoint
DROP INDEX `products_rating`;--> statement-breakpoint
DROP INDEX `products_category`;--> statement-breakpoint
ALTER TABLE `products` ADD `title_key` text GENERATED ALWAYS AS (replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(lower(title), char(225), 'a'), char(224), 'a'), char(226), 'a'), char(228), 'a'), char(227), 'a'), char(229), 'a'), char(261), 'a'), char(193), 'a'), char(192), 'a'), char(194), 'a'), char(196), 'a'), char(195), 'a'), char(197), 'a'), char(260), 'a'), char(231), 'c'), char(263), 'c'), char(199), 'c'), char(262), 'c'), char(233), 'e'), char(232), 'e'), char(234), 'e'), char(235), 'e'), char(281), 'e'), char(201), 'e'), char(200), 'e'), char(202), 'e'), char(203), 'e'), char(280), 'e'), char(237), 'i'), char(236), 'i'), char(238), 'i'), char(239), 'i'), char(205), 'i'), char(204), 'i'), char(206), 'i'), char(207), 'i'), char(322), 'l'), char(321), 'l'), char(324), 'n'), char(323), 'n'), char(241), 'n~'), char(209), 'n~'), char(243), 'o'), char(242), 'o'), char(244), 'o'), char(246), 'o'), char(245), 'o'), char(248), 'o'), char(211), 'o'), char(210), 'o'), char(212), 'o'), char(214), 'o'), char(213), 'o'), char(216), 'o'), char(347), 's'), char(346), 's'), char(250), 'u'), char(249), 'u'), char(251), 'u'), char(252), 'u'), char(218), 'u'), char(217), 'u'), char(219), 'u'), char(220), 'u'), char(253), 'y'), char(221), 'y'), char(378), 'z'), char(380), 'z'), char(377), 'z'), char(379), 'z'), char(230), 'ae'), char(198), 'ae'), char(339), 'oe'), char(338), 'oe'), char(223), 'ss'), char(768), ''), char(769), ''), char(771), ''), char(776), ''), char(191), ''), char(161), ''), char(171), ''), char(8220), ''), char(34), '')) VIRTUAL;--> statement-breakpoint
ALTER TABLE `products` ADD `series` text;--> statement-breakpoint
ALTER TABLE `products` ADD `import_id` text;--> statement-breakpoint
ALTER TABLE `products` ADD `cover_file` text GENERATED ALWAYS AS (CASE WHEN instr(cover_image_url, '/api/v1/covers/' || tenant_id || '/') > 0
        THEN substr(cover_image_url, instr(cover_image_url, '/api/v1/covers/' || tenant_id || '/')
          + length('/api/v1/covers/' || tenant_id || '/')) END) VIRTUAL;--> statement-breakpoint
ALTER TABLE `products` ADD `rating_key` real GENERATED ALWAYS AS (coalesce(rating, -1)) VIRTUAL;--> statement-breakpoint
ALTER TABLE `products` ADD `low_stock_threshold` integer;--> statement-breakpoint
ALTER TABLE `products` ADD `text_version` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `products` ADD `indexed_version` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `products` ADD `sold` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `products_newest` ON `products` (`tenant_id`,`is_active`,`id`);--> statement-breakpoint
CREATE INDEX `products_by_price` ON `products` (`tenant_id`,`is_active`,`price`,`id`);--> statement-breakpoint
CREATE INDEX `products_by_title` ON `products` (`tenant_id`,`is_active`,`title_key`,`id`);--> statement-breakpoint
CREATE INDEX `products_by_rating` ON `products` (`tenant_id`,`is_active`,`rating_key`,`id`);--> statement-breakpoint
CREATE INDEX `products_by_category` ON `products` (`tenant_id`,`is_active`,`category`,`id`) WHERE category IS NOT NULL;--> statement-breakpoint
CREATE INDEX `products_by_category_price` ON `products` (`tenant_id`,`is_active`,`category`,`price`,`id`) WHERE category IS NOT NULL;--> statement-breakpoint
CREATE INDEX `products_by_category_title` ON `products` (`tenant_id`,`is_active`,`category`,`title_key`,`id`) WHERE category IS NOT NULL;--> statement-breakpoint
CREATE INDEX `products_by_category_rating` ON `products` (`tenant_id`,`is_active`,`category`,`rating_key`,`id`) WHERE category IS NOT NULL;--> statement-breakpoint
CREATE INDEX `products_by_author` ON `products` (`tenant_id`,`is_active`,`author`,`id`) WHERE author IS NOT NULL;--> statement-breakpoint
CREATE INDEX `products_by_series` ON `products` (`tenant_id`,`is_active`,`series`,`id`) WHERE series IS NOT NULL;--> statement-breakpoint
CREATE INDEX `products_by_sold` ON `products` (`tenant_id`,`is_active`,`sold`,`id`);--> statement-breakpoint
CREATE INDEX `products_by_language` ON `products` (`tenant_id`,`is_active`,`language`,`id`) WHERE language IS NOT NULL;--> statement-breakpoint
CREATE INDEX `products_out` ON `products` (`tenant_id`,`is_active`,`id`) WHERE stock = 0;--> statement-breakpoint
CREATE INDEX `products_unindexed` ON `products` (`tenant_id`,`id`) WHERE indexed_version < text_version;--> statement-breakpoint
CREATE INDEX `products_cover` ON `products` (`tenant_id`,`cover_file`) WHERE cover_file IS NOT NULL;--> statement-breakpoint
DROP INDEX `activity_at`;--> statement-breakpoint
ALTER TABLE `activity` ADD `seq` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `activity_order` ON `activity` (`tenant_id`,`shift_id`,`at`,`created_at`,`seq`,`id`);--> statement-breakpoint
ALTER TABLE `tenants` ADD `hold_minutes` integer DEFAULT 30 NOT NULL;--> statement-breakpoint
ALTER TABLE `events` ADD `batch_id` text;--> statement-breakpoint
ALTER TABLE `events` ADD `exported_at` text;--> statement-breakpoint
CREATE INDEX `events_open` ON `events` (`created_at`) WHERE exported_at IS NULL;--> statement-breakpoint
CREATE INDEX `events_batch` ON `events` (`tenant_id`,`batch_id`) WHERE batch_id IS NOT NULL AND exported_at IS NULL;--> statement-breakpoint
ALTER TABLE `daily_sellers` ADD `shift_sales` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sales` ADD `number` integer;--> statement-breakpoint
ALTER TABLE `sales` ADD `shipping_address` text;--> statement-breakpoint
ALTER TABLE `sales` ADD `payment_provider` text;--> statement-breakpoint
ALTER TABLE `sales` ADD `hold_expires_at` text;--> statement-breakpoint
CREATE UNIQUE INDEX `sales_number` ON `sales` (`tenant_id`,`number`) WHERE number IS NOT NULL;--> statement-breakpoint
CREATE INDEX `sales_held` ON `sales` (`hold_expires_at`,`tenant_id`,`id`) WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX `alerts_unclosed` ON `alerts` (`tenant_id`,`opened_at`,`id`) WHERE closed_at IS NULL;--> statement-breakpoint
CREATE INDEX `shifts_open_day` ON `shifts` (`tenant_id`,`day`,`start_at`,`id`) WHERE status = 'OPEN';