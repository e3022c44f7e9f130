CREATE TABLE `auth_sessions` (
	`tenant_id` text NOT NULL,
	`family` text NOT NULL,
	`generation` integer NOT NULL,
	`user_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`device` text,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`used_at` text,
	`revoked_at` text,
	PRIMARY KEY(`tenant_id`, `family`, `generation`),
	FOREIGN KEY (`tenant_id`,`user_id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `tenants` (
	`id` text PRIMARY KEY NOT NULL,
	`slug` text NOT NULL,
	`name` text NOT NULL,
	`currency` text NOT NULL,
	`timezone` text NOT NULL,
	`is_active` integer DEFAULT 1 NOT NULL,
	`revision` integer DEFAULT 0 NOT NULL,
	`require_shift_to_sell` integer DEFAULT 0 NOT NULL,
	`idle_minutes` integer DEFAULT 15 NOT NULL,
	`max_shift_hours` integer DEFAULT 12 NOT NULL,
	`created_at` text NOT NULL,
	CONSTRAINT "tenants_is_active" CHECK(is_active IN (0, 1)),
	CONSTRAINT "tenants_require_shift_to_sell" CHECK(require_shift_to_sell IN (0, 1)),
	CONSTRAINT "tenants_idle_minutes" CHECK(idle_minutes BETWEEN 1 AND 480),
	CONSTRAINT "tenants_max_shift_hours" CHECK(max_shift_hours BETWEEN 1 AND 48)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `tenants_slug` ON `tenants` (`slug`);--> statement-breakpoint
CREATE TABLE `users` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`email` text NOT NULL,
	`password_hash` text NOT NULL,
	`first_name` text NOT NULL,
	`last_name` text NOT NULL,
	`role` text NOT NULL,
	`is_active` integer DEFAULT 1 NOT NULL,
	`preferences` text DEFAULT '{}' NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "users_role" CHECK(role IN ('ADMIN', 'EMPLOYEE', 'CUSTOMER')),
	CONSTRAINT "users_is_active" CHECK(is_active IN (0, 1))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `users_role` ON `users` (`tenant_id`,`role`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `users_email` ON `users` (`tenant_id`,`email`);--> statement-breakpoint
CREATE TABLE `products` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`sku` text NOT NULL,
	`title` text NOT NULL,
	`description` text,
	`category` text,
	`price` integer NOT NULL,
	`stock` integer,
	`isbn` text,
	`author` text,
	`publisher` text,
	`language` text,
	`pages` integer,
	`publication_year` integer,
	`cover_image_url` text,
	`rating` real,
	`is_active` integer DEFAULT 1 NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "products_price_positive" CHECK(price BETWEEN 0 AND 9007199254740991),
	CONSTRAINT "products_stock_positive" CHECK(stock BETWEEN 0 AND 9007199254740991),
	CONSTRAINT "products_is_active" CHECK(is_active IN (0, 1))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `products_sku` ON `products` (`tenant_id`,`sku`);--> statement-breakpoint
CREATE INDEX `products_price` ON `products` (`tenant_id`,`price`,`id`);--> statement-breakpoint
CREATE INDEX `products_title` ON `products` (`tenant_id`,`title`,`id`);--> statement-breakpoint
CREATE INDEX `products_rating` ON `products` (`tenant_id`,`rating`,`id`);--> statement-breakpoint
CREATE INDEX `products_category` ON `products` (`tenant_id`,`category`,`id`);--> statement-breakpoint
CREATE TABLE `stock_moves` (
	`tenant_id` text NOT NULL,
	`product_id` text NOT NULL,
	`id` text NOT NULL,
	`delta` integer NOT NULL,
	`reason` text NOT NULL,
	`reference` text,
	`actor_id` text,
	`created_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `product_id`, `id`),
	FOREIGN KEY (`tenant_id`,`product_id`) REFERENCES `products`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "stock_moves_reason" CHECK(reason IN ('sale', 'refund', 'received', 'count', 'damage', 'correction'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `events` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`type` text NOT NULL,
	`payload` text NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`tenant_id` text NOT NULL,
	`actor` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`body` text NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `actor`, `key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `import_rejects` (
	`tenant_id` text NOT NULL,
	`import_id` text NOT NULL,
	`row` integer NOT NULL,
	`reason` text NOT NULL,
	`text` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `import_id`, `row`),
	FOREIGN KEY (`tenant_id`,`import_id`) REFERENCES `imports`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `imports` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`status` text NOT NULL,
	`error` text,
	`columns` text NOT NULL,
	`ignored_columns` text NOT NULL,
	`bytes_total` integer NOT NULL,
	`bytes_read` integer NOT NULL,
	`rows_read` integer DEFAULT 0 NOT NULL,
	`rows_accepted` integer DEFAULT 0 NOT NULL,
	`rows_rejected` integer DEFAULT 0 NOT NULL,
	`actor_id` text NOT NULL,
	`created_at` text NOT NULL,
	`started_at` text,
	`progress_at` text NOT NULL,
	`finished_at` text,
	`resumes` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "imports_kind" CHECK(kind IN ('sales', 'products')),
	CONSTRAINT "imports_status" CHECK(status IN ('queued', 'running', 'done', 'failed'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `imports_open` ON `imports` (`progress_at`) WHERE finished_at IS NULL;--> statement-breakpoint
CREATE TABLE `daily_countries` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`country` text NOT NULL,
	`sales` integer NOT NULL,
	`refunds` integer NOT NULL,
	`lines` integer NOT NULL,
	`units` integer NOT NULL,
	`revenue` integer NOT NULL,
	`customers` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `country`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_sales` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`sales` integer NOT NULL,
	`refunds` integer NOT NULL,
	`lines` integer NOT NULL,
	`units` integer NOT NULL,
	`revenue` integer NOT NULL,
	`customers` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_sellers` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`seller_id` text NOT NULL,
	`sales` integer NOT NULL,
	`refunds` integer NOT NULL,
	`lines` integer NOT NULL,
	`units` integer NOT NULL,
	`revenue` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `seller_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `rollup_runs` (
	`tenant_id` text PRIMARY KEY NOT NULL,
	`started_at` text NOT NULL,
	`finished_at` text NOT NULL,
	`days` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `dirty_days` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `sale_lines` (
	`tenant_id` text NOT NULL,
	`sale_id` text NOT NULL,
	`line_no` integer NOT NULL,
	`product_id` text NOT NULL,
	`sku` text NOT NULL,
	`description` text NOT NULL,
	`quantity` integer NOT NULL,
	`unit_price` integer NOT NULL,
	`exact_price` text,
	`subtotal` integer NOT NULL,
	`refunded` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`tenant_id`, `sale_id`, `line_no`),
	FOREIGN KEY (`tenant_id`,`sale_id`) REFERENCES `sales`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`product_id`) REFERENCES `products`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "sale_lines_refunded" CHECK(refunded BETWEEN 0 AND max(quantity, 0)),
	CONSTRAINT "sale_lines_subtotal_safe" CHECK(subtotal BETWEEN -9007199254740991 AND 9007199254740991)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `sales` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`channel` text NOT NULL,
	`status` text NOT NULL,
	`refund_of` text,
	`reason` text,
	`seller_id` text,
	`customer_id` text,
	`customer_ref` text,
	`customer_key` text GENERATED ALWAYS AS (coalesce(customer_id, customer_ref)) VIRTUAL,
	`shift_id` text,
	`country` text,
	`payment_method` text,
	`external_ref` text,
	`import_id` text,
	`total` integer NOT NULL,
	`units` integer NOT NULL,
	`lines` integer NOT NULL,
	`placed_at` text NOT NULL,
	`day` text NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`seller_id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`customer_id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`refund_of`) REFERENCES `sales`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`shift_id`) REFERENCES `shifts`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "sales_kind" CHECK(kind IN ('sale', 'refund') AND (refund_of IS NULL OR kind = 'refund')),
	CONSTRAINT "sales_channel" CHECK(channel IN ('counter', 'online', 'import')),
	CONSTRAINT "sales_status" CHECK(status IN ('pending', 'completed', 'cancelled')),
	CONSTRAINT "sales_total_safe" CHECK(total BETWEEN -9007199254740991 AND 9007199254740991)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `sales_day` ON `sales` (`tenant_id`,`day`,`placed_at`,`id`);--> statement-breakpoint
CREATE INDEX `sales_seller` ON `sales` (`tenant_id`,`seller_id`,`day`,`placed_at`,`id`) WHERE seller_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `sales_customer` ON `sales` (`tenant_id`,`customer_key`,`day`,`placed_at`,`id`) WHERE customer_key IS NOT NULL;--> statement-breakpoint
CREATE INDEX `sales_shift` ON `sales` (`tenant_id`,`shift_id`,`placed_at`) WHERE shift_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `sales_channel` ON `sales` (`tenant_id`,`channel`,`day`,`placed_at`,`id`);--> statement-breakpoint
CREATE INDEX `sales_refunds` ON `sales` (`tenant_id`,`day`,`placed_at`,`id`) WHERE kind = 'refund';--> statement-breakpoint
CREATE INDEX `sales_unfinished` ON `sales` (`tenant_id`,`status`,`day`,`placed_at`,`id`) WHERE status <> 'completed';--> statement-breakpoint
CREATE INDEX `sales_refund_of` ON `sales` (`tenant_id`,`refund_of`) WHERE refund_of IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `sales_external_ref` ON `sales` (`tenant_id`,`external_ref`) WHERE external_ref IS NOT NULL;--> statement-breakpoint
CREATE TABLE `activity` (
	`tenant_id` text NOT NULL,
	`shift_id` text NOT NULL,
	`id` text NOT NULL,
	`at` text NOT NULL,
	`platform` text NOT NULL,
	`kind` text NOT NULL,
	`detail` text,
	`created_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `shift_id`, `id`),
	FOREIGN KEY (`tenant_id`,`shift_id`) REFERENCES `shifts`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `activity_at` ON `activity` (`tenant_id`,`shift_id`,`at`,`id`);--> statement-breakpoint
CREATE TABLE `alerts` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`shift_id` text NOT NULL,
	`user_id` text NOT NULL,
	`opened_at` text NOT NULL,
	`closed_at` text,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`,`shift_id`) REFERENCES `shifts`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`user_id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "alerts_kind" CHECK(kind IN ('idle', 'overlong')),
	CONSTRAINT "alerts_closed" CHECK(closed_at >= opened_at)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `alerts_open` ON `alerts` (`tenant_id`,`shift_id`,`kind`) WHERE closed_at IS NULL;--> statement-breakpoint
CREATE INDEX `alerts_opened` ON `alerts` (`tenant_id`,`opened_at`,`id`);--> statement-breakpoint
CREATE TABLE `breaks` (
	`tenant_id` text NOT NULL,
	`shift_id` text NOT NULL,
	`id` text NOT NULL,
	`is_paid` integer NOT NULL,
	`start_at` text NOT NULL,
	`end_at` text,
	PRIMARY KEY(`tenant_id`, `shift_id`, `id`),
	FOREIGN KEY (`tenant_id`,`shift_id`) REFERENCES `shifts`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "breaks_is_paid" CHECK(is_paid IN (0, 1)),
	CONSTRAINT "breaks_end" CHECK(end_at >= start_at)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `breaks_open` ON `breaks` (`tenant_id`,`shift_id`) WHERE end_at IS NULL;--> statement-breakpoint
CREATE TABLE `cash_moves` (
	`tenant_id` text NOT NULL,
	`shift_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`amount` integer NOT NULL,
	`reason` text NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `shift_id`, `id`),
	FOREIGN KEY (`tenant_id`,`shift_id`) REFERENCES `shifts`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "cash_moves_kind" CHECK(kind IN ('paid_in', 'paid_out')),
	CONSTRAINT "cash_moves_amount" CHECK(amount BETWEEN 1 AND 9007199254740991)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `platform_lists` (
	`tenant_id` text PRIMARY KEY NOT NULL,
	`names` text NOT NULL,
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "platform_lists_names" CHECK(json_valid(names) AND json_array_length(names) <= 100)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `shift_audit` (
	`tenant_id` text NOT NULL,
	`shift_id` text NOT NULL,
	`id` text NOT NULL,
	`actor_id` text NOT NULL,
	`action` text NOT NULL,
	`reason` text NOT NULL,
	`before` text NOT NULL,
	`after` text NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `shift_id`, `id`),
	FOREIGN KEY (`tenant_id`,`shift_id`) REFERENCES `shifts`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`actor_id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "shift_audit_action" CHECK(action IN ('close', 'correct'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `shifts` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`user_id` text NOT NULL,
	`status` text NOT NULL,
	`start_at` text NOT NULL,
	`day` text NOT NULL,
	`end_at` text,
	`opening_cash` integer NOT NULL,
	`counted_cash` integer,
	`z_number` integer,
	`z_report` text,
	`last_activity_at` text,
	`needs_review` integer DEFAULT 0 NOT NULL,
	`proposed_end_at` text,
	`created_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`,`user_id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "shifts_status" CHECK(status IN ('OPEN', 'CLOSED') AND (status = 'OPEN') = (end_at IS NULL)),
	CONSTRAINT "shifts_end" CHECK(end_at >= start_at),
	CONSTRAINT "shifts_needs_review" CHECK(needs_review IN (0, 1)),
	CONSTRAINT "shifts_proposed_end" CHECK(proposed_end_at >= start_at),
	CONSTRAINT "shifts_cash" CHECK(opening_cash >= 0 AND counted_cash >= 0)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `shifts_open` ON `shifts` (`tenant_id`,`user_id`) WHERE status = 'OPEN';--> statement-breakpoint
CREATE UNIQUE INDEX `shifts_z_number` ON `shifts` (`tenant_id`,`z_number`) WHERE z_number IS NOT NULL;--> statement-breakpoint
CREATE INDEX `shifts_day` ON `shifts` (`tenant_id`,`day`,`start_at`,`id`);--> statement-breakpoint
CREATE INDEX `shifts_user` ON `shifts` (`tenant_id`,`user_id`,`day`,`start_at`,`id`);--> statement-breakpoint
CREATE TABLE `work_sessions` (
	`tenant_id` text NOT NULL,
	`shift_id` text NOT NULL,
	`id` text NOT NULL,
	`device_label` text,
	`start_at` text NOT NULL,
	`end_at` text,
	PRIMARY KEY(`tenant_id`, `shift_id`, `id`),
	FOREIGN KEY (`tenant_id`,`shift_id`) REFERENCES `shifts`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "work_sessions_end" CHECK(end_at >= start_at)
) STRICT, WITHOUT ROWID;
