CREATE TABLE `late_sales` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`placed_at` text NOT NULL,
	`sale_id` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `placed_at`, `sale_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `daily_products` ADD `uncounted_units` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `daily_sales` ADD `built_until` text DEFAULT '9999 ' NOT NULL;--> statement-breakpoint
ALTER TABLE `dirty_days` ADD `needs_rebuild` integer DEFAULT 1 NOT NULL;
--> statement-breakpoint
-- All sales of the days with rows are built. What is sold later follows the last of them; an order that is paid later is late.
UPDATE daily_sales SET built_until = coalesce((SELECT s.placed_at || ' ' || s.id FROM sales s INDEXED BY sales_day
    WHERE s.tenant_id = daily_sales.tenant_id AND s.day = daily_sales.day ORDER BY s.placed_at DESC, s.id DESC LIMIT 1),
  built_until);
--> statement-breakpoint
-- The nightly job, which counted products until now, has not counted these days.
INSERT INTO dirty_days (tenant_id, day) SELECT tenant_id, day FROM dirty_product_days WHERE is_built = 0
  ON CONFLICT DO NOTHING;
