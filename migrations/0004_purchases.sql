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
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`,`sale_id`) REFERENCES `sales`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "payments_provider" CHECK(provider IN ('manual', 'stripe')),
	CONSTRAINT "payments_status" CHECK(status IN ('received', 'refund_due', 'refunded')),
	CONSTRAINT "payments_amount" CHECK(amount BETWEEN 0 AND 9007199254740991)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `payments_provider_ref` ON `payments` (`tenant_id`,`provider`,`provider_ref`) WHERE provider_ref IS NOT NULL;--> statement-breakpoint
CREATE INDEX `payments_status` ON `payments` (`tenant_id`,`status`,`id`);--> statement-breakpoint
ALTER TABLE `tenants` ADD `hold_minutes` integer DEFAULT 30 NOT NULL;--> statement-breakpoint
ALTER TABLE `sales` ADD `number` integer;--> statement-breakpoint
ALTER TABLE `sales` ADD `shipping_address` text;--> statement-breakpoint
ALTER TABLE `sales` ADD `payment_provider` text;--> statement-breakpoint
ALTER TABLE `sales` ADD `hold_expires_at` text;--> statement-breakpoint
CREATE UNIQUE INDEX `sales_number` ON `sales` (`tenant_id`,`number`) WHERE number IS NOT NULL;--> statement-breakpoint
CREATE INDEX `sales_held` ON `sales` (`hold_expires_at`,`tenant_id`,`id`) WHERE status = 'pending';