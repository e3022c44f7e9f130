CREATE TABLE `customer_totals` (
	`tenant_id` text NOT NULL,
	`customer_key` text NOT NULL,
	`is_account` integer NOT NULL,
	`sales` integer NOT NULL,
	`refunds` integer NOT NULL,
	`units` integer NOT NULL,
	`revenue` integer NOT NULL,
	`last_day` text,
	PRIMARY KEY(`tenant_id`, `customer_key`, `is_account`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_customers` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`customer_key` text NOT NULL,
	`is_account` integer NOT NULL,
	`sales` integer NOT NULL,
	`refunds` integer NOT NULL,
	`units` integer NOT NULL,
	`revenue` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `customer_key`, `is_account`)
) STRICT, WITHOUT ROWID;

--> statement-breakpoint
-- Filled here, so that no day has to be built again.
INSERT INTO daily_customers (tenant_id, day, customer_key, is_account, sales, refunds, units, revenue)
SELECT tenant_id, day, customer_key, customer_id IS NOT NULL, sum(kind = 'sale'), sum(kind = 'refund'), sum(units), sum(total)
FROM sales WHERE status = 'completed' AND customer_key IS NOT NULL GROUP BY 1, 2, 3, 4;
--> statement-breakpoint
INSERT INTO customer_totals (tenant_id, customer_key, is_account, sales, refunds, units, revenue, last_day)
SELECT tenant_id, customer_key, is_account, sum(sales), sum(refunds), sum(units), sum(revenue), max(iif(sales > 0, day, NULL))
FROM daily_customers GROUP BY 1, 2, 3;
