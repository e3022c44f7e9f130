CREATE TABLE `carts` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`token_hash` text,
	`created_from` text,
	`created_at` text NOT NULL,
	`expires_at` text,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "carts_guest" CHECK((token_hash IS NULL) = (expires_at IS NULL))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `carts_token` ON `carts` (`tenant_id`,`token_hash`) WHERE token_hash IS NOT NULL;--> statement-breakpoint
CREATE INDEX `carts_created_from` ON `carts` (`tenant_id`,`created_from`) WHERE created_from IS NOT NULL;--> statement-breakpoint
CREATE TABLE `order_tokens` (
	`tenant_id` text NOT NULL,
	`sale_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`expires_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `sale_id`, `token_hash`),
	FOREIGN KEY (`tenant_id`,`sale_id`) REFERENCES `sales`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- Every cart has a row; that of an account has its id.
INSERT INTO carts (tenant_id, id, created_at) SELECT tenant_id, user_id, min(added_at) FROM cart_items GROUP BY 1, 2;--> statement-breakpoint
CREATE TABLE `__new_cart_items` (
	`tenant_id` text NOT NULL,
	`cart_id` text NOT NULL,
	`product_id` text NOT NULL,
	`quantity` integer NOT NULL,
	`price` integer NOT NULL,
	`added_at` text NOT NULL,
	`cart_day` text,
	`origin` text DEFAULT '' NOT NULL,
	PRIMARY KEY(`tenant_id`, `cart_id`, `product_id`),
	FOREIGN KEY (`tenant_id`,`cart_id`) REFERENCES `carts`(`tenant_id`,`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`tenant_id`,`product_id`) REFERENCES `products`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "cart_items_quantity" CHECK(quantity BETWEEN 1 AND 999000)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `__new_cart_items`("tenant_id", "cart_id", "product_id", "quantity", "price", "added_at", "cart_day", "origin") SELECT "tenant_id", "user_id", "product_id", "quantity", "price", "added_at", "cart_day", "origin" FROM `cart_items`;--> statement-breakpoint
DROP TABLE `cart_items`;--> statement-breakpoint
ALTER TABLE `__new_cart_items` RENAME TO `cart_items`;--> statement-breakpoint
CREATE TRIGGER cart_items_limit BEFORE INSERT ON cart_items
WHEN (SELECT count(*) FROM cart_items WHERE tenant_id = NEW.tenant_id AND cart_id = NEW.cart_id) >= 100
  AND NOT EXISTS (
    SELECT 1 FROM cart_items
    WHERE tenant_id = NEW.tenant_id AND cart_id = NEW.cart_id AND product_id = NEW.product_id
  )
BEGIN
  SELECT RAISE(ABORT, 'rule: cart_full');
END;
--> statement-breakpoint
CREATE TRIGGER cart_items_insert_line BEFORE INSERT ON cart_items
WHEN NEW.quantity % 1000 <> 0 AND EXISTS (
    SELECT 1 FROM products WHERE tenant_id = NEW.tenant_id AND id = NEW.product_id AND unit = 'piece'
  ) OR NEW.quantity * 0.001 * NEW.price > 1000000000000
BEGIN
  SELECT RAISE(ABORT, 'rule: cart_line');
END;
--> statement-breakpoint
CREATE TRIGGER cart_items_update_line BEFORE UPDATE OF quantity, price ON cart_items
WHEN NEW.quantity % 1000 <> 0 AND EXISTS (
    SELECT 1 FROM products WHERE tenant_id = NEW.tenant_id AND id = NEW.product_id AND unit = 'piece'
  ) OR NEW.quantity * 0.001 * NEW.price > 1000000000000
BEGIN
  SELECT RAISE(ABORT, 'rule: cart_line');
END;
--> statement-breakpoint
ALTER TABLE `tenants` ADD `guest_hold_minutes` integer DEFAULT 15 NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `pending_orders_per_customer` integer DEFAULT 5 NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `pending_units_per_customer` integer DEFAULT 200 NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `pending_orders_per_address` integer DEFAULT 20 NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `pending_units_per_address` integer DEFAULT 600 NOT NULL;--> statement-breakpoint
ALTER TABLE `sales` ADD `placed_from` text;--> statement-breakpoint
CREATE INDEX `sales_placed_from` ON `sales` (`tenant_id`,`placed_from`) WHERE placed_from IS NOT NULL;--> statement-breakpoint
CREATE TRIGGER tenants_order_bounds BEFORE UPDATE OF guest_hold_minutes, pending_orders_per_customer, pending_units_per_customer,
  pending_orders_per_address, pending_units_per_address ON tenants
WHEN NEW.guest_hold_minutes NOT BETWEEN 1 AND 1440 OR NEW.pending_orders_per_customer NOT BETWEEN 1 AND 1000000
  OR NEW.pending_units_per_customer NOT BETWEEN 1 AND 1000000 OR NEW.pending_orders_per_address NOT BETWEEN 1 AND 1000000
  OR NEW.pending_units_per_address NOT BETWEEN 1 AND 1000000
BEGIN
  SELECT RAISE(ABORT, 'rule: tenants_order_bounds');
END;
