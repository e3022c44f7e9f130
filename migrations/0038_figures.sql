CREATE TABLE `daily_cart_lines` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`origin` text NOT NULL,
	`added` integer NOT NULL,
	`ordered` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `origin`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_carts` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`started` integer NOT NULL,
	`ordered` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_amounts` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`sold` integer NOT NULL,
	`refunded` integer NOT NULL,
	`tax` integer NOT NULL,
	`discounts` integer NOT NULL,
	`discounted_sales` integer NOT NULL,
	`rounding` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_basket_sizes` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`measure` text NOT NULL,
	`size` integer NOT NULL,
	`sales` integer NOT NULL,
	`total_lines` integer NOT NULL,
	`total_units` integer NOT NULL,
	`revenue` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `measure`, `size`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_channels` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`channel` text NOT NULL,
	`sales` integer NOT NULL,
	`refunds` integer NOT NULL,
	`lines` integer NOT NULL,
	`units` integer NOT NULL,
	`revenue` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `channel`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_cohorts` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`cohort` text NOT NULL,
	`sales` integer NOT NULL,
	`refunds` integer NOT NULL,
	`revenue` integer NOT NULL,
	`active` integer NOT NULL,
	`first_sales` integer NOT NULL,
	`first_revenue` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `cohort`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_hours` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`weekday` integer NOT NULL,
	`hour` integer NOT NULL,
	`utc_offset` integer NOT NULL,
	`sales` integer NOT NULL,
	`refunds` integer NOT NULL,
	`lines` integer NOT NULL,
	`units` integer NOT NULL,
	`revenue` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `weekday`, `hour`, `utc_offset`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_margins` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`net` integer NOT NULL,
	`known_net` integer NOT NULL,
	`cost` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_payments` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`method` text NOT NULL,
	`sales` integer NOT NULL,
	`refunds` integer NOT NULL,
	`revenue` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `method`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_refund_reasons` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`reason` text NOT NULL,
	`refunds` integer NOT NULL,
	`units` integer NOT NULL,
	`revenue` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `reason`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_stock` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`age` integer NOT NULL,
	`products` integer NOT NULL,
	`uncosted` integer NOT NULL,
	`cost_value` integer NOT NULL,
	`price_value` integer NOT NULL,
	`taken_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `age`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `tenants` ADD `employees_see` text DEFAULT 'own' NOT NULL;--> statement-breakpoint
ALTER TABLE `cart_items` ADD `cart_day` text;--> statement-breakpoint
ALTER TABLE `cart_items` ADD `origin` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `products` ADD `last_sold_day` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `products_by_last_sale` ON `products` (`tenant_id`,`last_sold_day`,`id`);--> statement-breakpoint
ALTER TABLE `sale_lines` ADD `cost` integer;--> statement-breakpoint
ALTER TABLE `sales` ADD `utc_offset` integer;--> statement-breakpoint
CREATE INDEX `sales_without_offset` ON `sales` (`tenant_id`,`day`) WHERE utc_offset IS NULL;
--> statement-breakpoint
UPDATE products SET last_sold_day = t.day
  FROM (SELECT tenant_id, product_id, max(day) AS day FROM daily_products WHERE orders > 0 GROUP BY 1, 2) t
  WHERE products.tenant_id = t.tenant_id AND products.id = t.product_id;
--> statement-breakpoint
-- The days that are built have rows in the new tables; days that need a rebuild get theirs then.
INSERT INTO daily_hours (tenant_id, day, weekday, hour, utc_offset, sales, refunds, lines, units, revenue)
  SELECT s.tenant_id, s.day,
    (strftime('%w', s.day) + 6) % 7 + 1,
    CAST(strftime('%H', s.placed_at, coalesce(s.utc_offset, 0) || ' seconds') AS INTEGER),
    coalesce(s.utc_offset, 0),
    sum(s.kind = 'sale'),
    sum(s.kind = 'refund'),
    sum(s.lines),
    sum(s.units),
    sum(s.total)
  FROM sales s INDEXED BY sales_day WHERE s.status = 'completed'
  GROUP BY 1, 2, 3, 4, 5;
--> statement-breakpoint
INSERT INTO daily_channels (tenant_id, day, channel, sales, refunds, lines, units, revenue)
  SELECT s.tenant_id, s.day,
    s.channel,
    sum(s.kind = 'sale'),
    sum(s.kind = 'refund'),
    sum(s.lines),
    sum(s.units),
    sum(s.total)
  FROM sales s INDEXED BY sales_day WHERE s.status = 'completed'
  GROUP BY 1, 2, 3;
--> statement-breakpoint
INSERT INTO daily_payments (tenant_id, day, method, sales, refunds, revenue)
  SELECT s.tenant_id, s.day,
    coalesce(y.method, ''),
    count(DISTINCT iif(s.kind = 'sale', s.id, NULL)),
    count(DISTINCT iif(s.kind = 'refund', s.id, NULL)),
    sum(coalesce(y.amount - iif(s.rounding <> 0 AND y.method = 'cash' AND y.payment_no = (SELECT min(c.payment_no) FROM sale_payments c WHERE c.tenant_id = y.tenant_id AND c.sale_id = y.sale_id AND c.method = 'cash'), s.rounding, 0), s.total))
  FROM sales s INDEXED BY sales_day LEFT JOIN sale_payments y ON y.tenant_id = s.tenant_id AND y.sale_id = iif(s.channel = 'import', NULL, s.id) WHERE s.status = 'completed'
  GROUP BY 1, 2, 3;
--> statement-breakpoint
INSERT INTO daily_refund_reasons (tenant_id, day, reason, refunds, units, revenue)
  SELECT s.tenant_id, s.day,
    substr(coalesce(s.reason, ''), 1, 80),
    count(*),
    sum(s.units),
    sum(s.total)
  FROM sales s INDEXED BY sales_day WHERE s.status = 'completed' AND s.kind = 'refund'
  GROUP BY 1, 2, 3;
--> statement-breakpoint
INSERT INTO daily_amounts (tenant_id, day, sold, refunded, tax, discounts, discounted_sales, rounding)
  SELECT s.tenant_id, s.day,
    sum(iif(s.kind = 'sale', s.total, 0)),
    sum(iif(s.kind = 'refund', -s.total, 0)),
    sum(s.tax),
    sum(s.discount),
    sum(s.kind = 'sale' AND s.discount <> 0),
    sum(s.rounding)
  FROM sales s INDEXED BY sales_day WHERE s.status = 'completed'
  GROUP BY 1, 2;
--> statement-breakpoint
INSERT INTO daily_margins (tenant_id, day, net, known_net, cost)
  SELECT s.tenant_id, s.day,
    sum(coalesce(l.net, s.net)),
    sum(iif(l.cost IS NULL, 0, l.net)),
    sum(coalesce(l.cost, 0))
  FROM sales s INDEXED BY sales_day LEFT JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = iif(s.channel = 'import', NULL, s.id) WHERE s.status = 'completed'
  GROUP BY 1, 2;
--> statement-breakpoint
INSERT INTO daily_cohorts (tenant_id, day, cohort, sales, refunds, revenue, active, first_sales, first_revenue)
  SELECT s.tenant_id, s.day,
    coalesce((SELECT substr(f.day, 1, 7) FROM sales f INDEXED BY sales_customer WHERE f.tenant_id = s.tenant_id AND f.customer_key = s.customer_key AND (f.customer_id IS NULL) = (s.customer_id IS NULL) AND f.kind = 'sale' AND f.status = 'completed' ORDER BY f.day LIMIT 1), ''),
    sum(s.kind = 'sale'),
    sum(s.kind = 'refund'),
    sum(s.total),
    sum((s.kind = 'sale' AND NOT EXISTS (SELECT 1 FROM sales f INDEXED BY sales_customer WHERE f.tenant_id = s.tenant_id AND f.customer_key = s.customer_key AND (f.customer_id IS NULL) = (s.customer_id IS NULL) AND f.kind = 'sale' AND f.status = 'completed' AND f.day >= substr(s.day, 1, 7) || '-01' AND (f.day, f.placed_at, f.id) < (s.day, s.placed_at, s.id)))),
    sum((s.kind = 'sale' AND NOT EXISTS (SELECT 1 FROM sales f INDEXED BY sales_customer WHERE f.tenant_id = s.tenant_id AND f.customer_key = s.customer_key AND (f.customer_id IS NULL) = (s.customer_id IS NULL) AND f.kind = 'sale' AND f.status = 'completed' AND (f.day, f.placed_at, f.id) < (s.day, s.placed_at, s.id)))),
    sum(iif((s.kind = 'sale' AND NOT EXISTS (SELECT 1 FROM sales f INDEXED BY sales_customer WHERE f.tenant_id = s.tenant_id AND f.customer_key = s.customer_key AND (f.customer_id IS NULL) = (s.customer_id IS NULL) AND f.kind = 'sale' AND f.status = 'completed' AND (f.day, f.placed_at, f.id) < (s.day, s.placed_at, s.id))), s.total, 0))
  FROM sales s INDEXED BY sales_day WHERE s.status = 'completed' AND s.customer_key IS NOT NULL
  GROUP BY 1, 2, 3;
--> statement-breakpoint
INSERT INTO daily_basket_sizes (tenant_id, day, measure, size, sales, total_lines, total_units, revenue)
  SELECT s.tenant_id, s.day,
    m.measure,
    CASE WHEN iif(m.measure = 'lines', s.lines, (s.units + 999) / 1000) < 1 THEN 0 WHEN iif(m.measure = 'lines', s.lines, (s.units + 999) / 1000) < 2 THEN 1 WHEN iif(m.measure = 'lines', s.lines, (s.units + 999) / 1000) < 3 THEN 2 WHEN iif(m.measure = 'lines', s.lines, (s.units + 999) / 1000) < 4 THEN 3 WHEN iif(m.measure = 'lines', s.lines, (s.units + 999) / 1000) < 5 THEN 4 WHEN iif(m.measure = 'lines', s.lines, (s.units + 999) / 1000) < 6 THEN 5 WHEN iif(m.measure = 'lines', s.lines, (s.units + 999) / 1000) < 11 THEN 6 WHEN iif(m.measure = 'lines', s.lines, (s.units + 999) / 1000) < 21 THEN 11 WHEN iif(m.measure = 'lines', s.lines, (s.units + 999) / 1000) < 51 THEN 21 WHEN iif(m.measure = 'lines', s.lines, (s.units + 999) / 1000) < 101 THEN 51 ELSE 101 END,
    sum(s.kind = 'sale'),
    sum(s.lines),
    sum(s.units),
    sum(s.total)
  FROM sales s INDEXED BY sales_day CROSS JOIN (SELECT 'lines' AS measure UNION ALL SELECT 'units') m WHERE s.status = 'completed' AND s.kind = 'sale'
  GROUP BY 1, 2, 3, 4;
--> statement-breakpoint
-- A sale before others of its customer, or one that goes away, changes which of them is the first, ever or in its month: that of the
-- next one and, if it changes the month of the first sale, of all days of the customer. CROSS JOIN, so that other sales are not read.
CREATE TRIGGER sales_first_insert AFTER INSERT ON sales WHEN NEW.kind = 'sale' AND NEW.status = 'completed' AND coalesce(NEW.customer_id, NEW.customer_ref) IS NOT NULL
BEGIN
  INSERT INTO dirty_days (tenant_id, day, needs_rebuild)
    SELECT NEW.tenant_id, f.day, 1 FROM (SELECT 1
      WHERE NOT EXISTS (SELECT 1 FROM sales f INDEXED BY sales_customer WHERE f.tenant_id = NEW.tenant_id AND f.customer_key = coalesce(NEW.customer_id, NEW.customer_ref)
      AND (f.customer_id IS NULL) = (NEW.customer_id IS NULL) AND f.status = 'completed'
        AND f.kind = 'sale' AND f.day >= substr(NEW.day, 1, 7) || '-01' AND (f.day, f.placed_at, f.id) < (NEW.day, NEW.placed_at, NEW.id))) changed
    CROSS JOIN sales f INDEXED BY sales_customer WHERE f.tenant_id = NEW.tenant_id AND f.customer_key = coalesce(NEW.customer_id, NEW.customer_ref)
      AND (f.customer_id IS NULL) = (NEW.customer_id IS NULL) AND f.status = 'completed'
      AND f.kind = 'sale' AND f.day <= substr(NEW.day, 1, 7) || '-31' AND (f.day, f.placed_at, f.id) > (NEW.day, NEW.placed_at, NEW.id)
    ORDER BY f.day, f.placed_at, f.id LIMIT 1
    ON CONFLICT DO UPDATE SET needs_rebuild = 1 WHERE needs_rebuild <> 1;
  INSERT INTO dirty_days (tenant_id, day, needs_rebuild)
    SELECT DISTINCT NEW.tenant_id, f.day, 1 FROM (SELECT 1
      WHERE NOT EXISTS (SELECT 1 FROM sales f INDEXED BY sales_customer WHERE f.tenant_id = NEW.tenant_id AND f.customer_key = coalesce(NEW.customer_id, NEW.customer_ref)
      AND (f.customer_id IS NULL) = (NEW.customer_id IS NULL) AND f.status = 'completed'
        AND f.kind = 'sale' AND (f.day, f.placed_at, f.id) < (NEW.day, NEW.placed_at, NEW.id))
      AND substr(NEW.day, 1, 7) IS NOT (SELECT substr(f.day, 1, 7) FROM sales f INDEXED BY sales_customer WHERE f.tenant_id = NEW.tenant_id AND f.customer_key = coalesce(NEW.customer_id, NEW.customer_ref)
      AND (f.customer_id IS NULL) = (NEW.customer_id IS NULL) AND f.status = 'completed'
        AND f.kind = 'sale' AND (f.day, f.placed_at, f.id) > (NEW.day, NEW.placed_at, NEW.id)
        ORDER BY f.day, f.placed_at, f.id LIMIT 1)) changed
    CROSS JOIN sales f INDEXED BY sales_customer WHERE f.tenant_id = NEW.tenant_id AND f.customer_key = coalesce(NEW.customer_id, NEW.customer_ref)
      AND (f.customer_id IS NULL) = (NEW.customer_id IS NULL) AND f.status = 'completed' AND f.id <> NEW.id
    ON CONFLICT DO UPDATE SET needs_rebuild = 1 WHERE needs_rebuild <> 1;
END;
--> statement-breakpoint
CREATE TRIGGER sales_first_complete AFTER UPDATE OF status ON sales WHEN OLD.status <> 'completed'
  AND NEW.kind = 'sale' AND NEW.status = 'completed' AND coalesce(NEW.customer_id, NEW.customer_ref) IS NOT NULL
BEGIN
  INSERT INTO dirty_days (tenant_id, day, needs_rebuild)
    SELECT NEW.tenant_id, f.day, 1 FROM (SELECT 1
      WHERE NOT EXISTS (SELECT 1 FROM sales f INDEXED BY sales_customer WHERE f.tenant_id = NEW.tenant_id AND f.customer_key = coalesce(NEW.customer_id, NEW.customer_ref)
      AND (f.customer_id IS NULL) = (NEW.customer_id IS NULL) AND f.status = 'completed'
        AND f.kind = 'sale' AND f.day >= substr(NEW.day, 1, 7) || '-01' AND (f.day, f.placed_at, f.id) < (NEW.day, NEW.placed_at, NEW.id))) changed
    CROSS JOIN sales f INDEXED BY sales_customer WHERE f.tenant_id = NEW.tenant_id AND f.customer_key = coalesce(NEW.customer_id, NEW.customer_ref)
      AND (f.customer_id IS NULL) = (NEW.customer_id IS NULL) AND f.status = 'completed'
      AND f.kind = 'sale' AND f.day <= substr(NEW.day, 1, 7) || '-31' AND (f.day, f.placed_at, f.id) > (NEW.day, NEW.placed_at, NEW.id)
    ORDER BY f.day, f.placed_at, f.id LIMIT 1
    ON CONFLICT DO UPDATE SET needs_rebuild = 1 WHERE needs_rebuild <> 1;
  INSERT INTO dirty_days (tenant_id, day, needs_rebuild)
    SELECT DISTINCT NEW.tenant_id, f.day, 1 FROM (SELECT 1
      WHERE NOT EXISTS (SELECT 1 FROM sales f INDEXED BY sales_customer WHERE f.tenant_id = NEW.tenant_id AND f.customer_key = coalesce(NEW.customer_id, NEW.customer_ref)
      AND (f.customer_id IS NULL) = (NEW.customer_id IS NULL) AND f.status = 'completed'
        AND f.kind = 'sale' AND (f.day, f.placed_at, f.id) < (NEW.day, NEW.placed_at, NEW.id))
      AND substr(NEW.day, 1, 7) IS NOT (SELECT substr(f.day, 1, 7) FROM sales f INDEXED BY sales_customer WHERE f.tenant_id = NEW.tenant_id AND f.customer_key = coalesce(NEW.customer_id, NEW.customer_ref)
      AND (f.customer_id IS NULL) = (NEW.customer_id IS NULL) AND f.status = 'completed'
        AND f.kind = 'sale' AND (f.day, f.placed_at, f.id) > (NEW.day, NEW.placed_at, NEW.id)
        ORDER BY f.day, f.placed_at, f.id LIMIT 1)) changed
    CROSS JOIN sales f INDEXED BY sales_customer WHERE f.tenant_id = NEW.tenant_id AND f.customer_key = coalesce(NEW.customer_id, NEW.customer_ref)
      AND (f.customer_id IS NULL) = (NEW.customer_id IS NULL) AND f.status = 'completed' AND f.id <> NEW.id
    ON CONFLICT DO UPDATE SET needs_rebuild = 1 WHERE needs_rebuild <> 1;
END;
--> statement-breakpoint
CREATE TRIGGER sales_first_delete AFTER DELETE ON sales WHEN OLD.kind = 'sale' AND OLD.status = 'completed' AND coalesce(OLD.customer_id, OLD.customer_ref) IS NOT NULL
BEGIN
  INSERT INTO dirty_days (tenant_id, day, needs_rebuild)
    SELECT OLD.tenant_id, f.day, 1 FROM (SELECT 1
      WHERE NOT EXISTS (SELECT 1 FROM sales f INDEXED BY sales_customer WHERE f.tenant_id = OLD.tenant_id AND f.customer_key = coalesce(OLD.customer_id, OLD.customer_ref)
      AND (f.customer_id IS NULL) = (OLD.customer_id IS NULL) AND f.status = 'completed'
        AND f.kind = 'sale' AND f.day >= substr(OLD.day, 1, 7) || '-01' AND (f.day, f.placed_at, f.id) < (OLD.day, OLD.placed_at, OLD.id))) changed
    CROSS JOIN sales f INDEXED BY sales_customer WHERE f.tenant_id = OLD.tenant_id AND f.customer_key = coalesce(OLD.customer_id, OLD.customer_ref)
      AND (f.customer_id IS NULL) = (OLD.customer_id IS NULL) AND f.status = 'completed'
      AND f.kind = 'sale' AND f.day <= substr(OLD.day, 1, 7) || '-31' AND (f.day, f.placed_at, f.id) > (OLD.day, OLD.placed_at, OLD.id)
    ORDER BY f.day, f.placed_at, f.id LIMIT 1
    ON CONFLICT DO UPDATE SET needs_rebuild = 1 WHERE needs_rebuild <> 1;
  INSERT INTO dirty_days (tenant_id, day, needs_rebuild)
    SELECT DISTINCT OLD.tenant_id, f.day, 1 FROM (SELECT 1
      WHERE NOT EXISTS (SELECT 1 FROM sales f INDEXED BY sales_customer WHERE f.tenant_id = OLD.tenant_id AND f.customer_key = coalesce(OLD.customer_id, OLD.customer_ref)
      AND (f.customer_id IS NULL) = (OLD.customer_id IS NULL) AND f.status = 'completed'
        AND f.kind = 'sale' AND (f.day, f.placed_at, f.id) < (OLD.day, OLD.placed_at, OLD.id))
      AND substr(OLD.day, 1, 7) IS NOT (SELECT substr(f.day, 1, 7) FROM sales f INDEXED BY sales_customer WHERE f.tenant_id = OLD.tenant_id AND f.customer_key = coalesce(OLD.customer_id, OLD.customer_ref)
      AND (f.customer_id IS NULL) = (OLD.customer_id IS NULL) AND f.status = 'completed'
        AND f.kind = 'sale' AND (f.day, f.placed_at, f.id) > (OLD.day, OLD.placed_at, OLD.id)
        ORDER BY f.day, f.placed_at, f.id LIMIT 1)) changed
    CROSS JOIN sales f INDEXED BY sales_customer WHERE f.tenant_id = OLD.tenant_id AND f.customer_key = coalesce(OLD.customer_id, OLD.customer_ref)
      AND (f.customer_id IS NULL) = (OLD.customer_id IS NULL) AND f.status = 'completed' AND f.id <> OLD.id
    ON CONFLICT DO UPDATE SET needs_rebuild = 1 WHERE needs_rebuild <> 1;
END;
--> statement-breakpoint
INSERT INTO unbuilt_months (tenant_id, month) SELECT DISTINCT tenant_id, substr(day, 1, 8) || '01' FROM daily_sales WHERE true
ON CONFLICT DO NOTHING;
