CREATE TABLE `customer_numbers` (
	`tenant_id` text NOT NULL,
	`customer_key` text NOT NULL,
	`is_account` integer NOT NULL,
	`number` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `customer_key`, `is_account`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `customer_numbers_number` ON `customer_numbers` (`tenant_id`,`number`);--> statement-breakpoint
CREATE TABLE `customer_sets` (
	`tenant_id` text NOT NULL,
	`interval` text NOT NULL,
	`period` text NOT NULL,
	`part` integer NOT NULL,
	`customers` text NOT NULL,
	`countries` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `interval`, `period`, `part`),
	CONSTRAINT "customer_sets_interval" CHECK(interval IN ('day', 'month')),
	CONSTRAINT "customer_sets_json" CHECK(json_valid(customers) AND json_valid(countries))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `monthly_totals` (
	`tenant_id` text NOT NULL,
	`month` text NOT NULL,
	`name` text NOT NULL,
	`totals` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `name`, `month`),
	CONSTRAINT "monthly_totals_totals" CHECK(json_valid(totals))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `product_numbers` (
	`tenant_id` text NOT NULL,
	`product_id` text NOT NULL,
	`number` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `product_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `product_numbers_number` ON `product_numbers` (`tenant_id`,`number`);--> statement-breakpoint
CREATE TABLE `ranking_days` (
	`tenant_id` text NOT NULL,
	`subject` text NOT NULL,
	`day` text NOT NULL,
	`part` integer NOT NULL,
	`totals` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `subject`, `day`, `part`),
	CONSTRAINT "ranking_days_subject" CHECK(subject IN ('customers', 'products')),
	CONSTRAINT "ranking_days_totals" CHECK(json_valid(totals))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `ranking_months` (
	`tenant_id` text NOT NULL,
	`subject` text NOT NULL,
	`month` text NOT NULL,
	`part` integer NOT NULL,
	`totals` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `subject`, `month`, `part`),
	CONSTRAINT "ranking_months_subject" CHECK(subject IN ('customers', 'products')),
	CONSTRAINT "ranking_months_totals" CHECK(json_valid(totals))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `unbuilt_months` (
	`tenant_id` text NOT NULL,
	`month` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `month`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- Filled here, so that no day has to be built again: a figure would read all its sales until then. The ETL builds the months.
INSERT INTO customer_numbers (tenant_id, customer_key, is_account, number)
SELECT tenant_id, customer_key, is_account, row_number() OVER (PARTITION BY tenant_id ORDER BY customer_key, is_account) - 1
FROM customer_totals;
--> statement-breakpoint
DROP TABLE `customer_totals`;--> statement-breakpoint
CREATE TABLE `__new_daily_customers` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`number` integer NOT NULL,
	`country` text NOT NULL,
	`sales` integer NOT NULL,
	`refunds` integer NOT NULL,
	`units` integer NOT NULL,
	`revenue` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `number`, `country`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- The totals of a customer with several countries on a day count in the first: only the sum over them is read.
INSERT INTO __new_daily_customers (tenant_id, day, number, country, sales, refunds, units, revenue)
SELECT t.tenant_id, t.day, n.number, c.country, t.sales, t.refunds, t.units, t.revenue
FROM daily_countries c CROSS JOIN json_each(c.customers) j
CROSS JOIN daily_customers t ON t.tenant_id = c.tenant_id AND t.day = c.day AND t.customer_key = j.value
CROSS JOIN customer_numbers n ON n.tenant_id = t.tenant_id AND n.customer_key = t.customer_key AND n.is_account = t.is_account;
--> statement-breakpoint
UPDATE __new_daily_customers AS t SET sales = 0, refunds = 0, units = 0, revenue = 0
WHERE EXISTS (SELECT 1 FROM __new_daily_customers o WHERE o.tenant_id = t.tenant_id AND o.day = t.day AND o.number = t.number
  AND o.country < t.country);
--> statement-breakpoint
DROP TABLE `daily_customers`;--> statement-breakpoint
ALTER TABLE `__new_daily_customers` RENAME TO `daily_customers`;--> statement-breakpoint
ALTER TABLE `daily_countries` DROP COLUMN `customers`;--> statement-breakpoint
ALTER TABLE `daily_sales` DROP COLUMN `customers`;--> statement-breakpoint
-- Day by day, because a sort of all rows takes longer than a statement may.
INSERT INTO customer_sets (tenant_id, interval, period, part, customers, countries)
SELECT d.tenant_id, 'day', d.day, p.part,
  (SELECT '[' || group_concat(chunk || ',' || mask) || ']' FROM (
    SELECT number / 30 AS chunk, sum(1 << (number % 30)) AS mask FROM (SELECT DISTINCT number FROM daily_customers t
      WHERE t.tenant_id = d.tenant_id AND t.day = d.day AND t.number >= p.part * 30000 AND t.number < (p.part + 1) * 30000)
    GROUP BY 1)) AS set_of_shop,
  (SELECT json_group_object(country, json(customers)) FROM (
    SELECT country, '[' || group_concat(chunk || ',' || mask) || ']' AS customers FROM (
      SELECT country, number / 30 AS chunk, sum(1 << (number % 30)) AS mask FROM daily_customers t
      WHERE t.tenant_id = d.tenant_id AND t.day = d.day AND t.number >= p.part * 30000 AND t.number < (p.part + 1) * 30000
      GROUP BY 1, 2)
    GROUP BY 1))
FROM daily_sales d CROSS JOIN (SELECT DISTINCT tenant_id, number / 30000 AS part FROM customer_numbers) p ON p.tenant_id = d.tenant_id
WHERE set_of_shop IS NOT NULL;
--> statement-breakpoint
INSERT INTO ranking_days (tenant_id, subject, day, part, totals)
SELECT p.tenant_id, 'customers', p.day, p.part,
  (SELECT json_group_array(json_array(number, sales, refunds, units, revenue, last_sale)) FROM (
    SELECT number, sum(sales) AS sales, sum(refunds) AS refunds, sum(units) AS units, sum(revenue) AS revenue,
      max(iif(sales > 0, CAST(julianday(day) - 2440587.5 AS INTEGER), 0)) AS last_sale FROM daily_customers t
    WHERE t.tenant_id = p.tenant_id AND t.day = p.day AND t.number >= p.part * 30000 AND t.number < (p.part + 1) * 30000
    GROUP BY number))
FROM (SELECT tenant_id, period AS day, part FROM customer_sets) p;
--> statement-breakpoint
INSERT INTO product_numbers (tenant_id, product_id, number)
SELECT tenant_id, product_id, row_number() OVER (PARTITION BY tenant_id ORDER BY product_id) - 1
FROM (SELECT DISTINCT tenant_id, product_id FROM daily_products);
--> statement-breakpoint
INSERT INTO ranking_days (tenant_id, subject, day, part, totals)
SELECT d.tenant_id, 'products', d.day, p.part,
  (SELECT json_group_array(json_array(n.number, t.orders, t.units, t.revenue)) FROM daily_products t
    CROSS JOIN product_numbers n ON n.tenant_id = t.tenant_id AND n.product_id = t.product_id
    WHERE t.tenant_id = d.tenant_id AND t.day = d.day AND n.number / 30000 = p.part)
FROM daily_sales d CROSS JOIN (SELECT DISTINCT tenant_id, number / 30000 AS part FROM product_numbers) p ON p.tenant_id = d.tenant_id;
--> statement-breakpoint
INSERT INTO unbuilt_months (tenant_id, month) SELECT DISTINCT tenant_id, substr(day, 1, 8) || '01' FROM daily_sales;
