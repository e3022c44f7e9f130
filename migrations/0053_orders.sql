CREATE TABLE `order_details` (
	`tenant_id` text NOT NULL,
	`sale_id` text NOT NULL,
	`note` text,
	`payment` text,
	`payment_no` integer DEFAULT 0 NOT NULL,
	`link_expires_at` text,
	`discounts` text DEFAULT '{}' NOT NULL,
	PRIMARY KEY(`tenant_id`, `sale_id`),
	FOREIGN KEY (`tenant_id`,`sale_id`) REFERENCES `sales`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "order_details_payment" CHECK(payment IN ('link', 'on_delivery', 'transfer')),
	CONSTRAINT "order_details_discounts" CHECK(json_valid(discounts))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `sales` ADD `version` integer DEFAULT 1 NOT NULL;