ALTER TABLE `daily_cart_lines` ADD `carts_started` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `daily_cart_lines` ADD `carts_ordered` integer DEFAULT 0 NOT NULL;