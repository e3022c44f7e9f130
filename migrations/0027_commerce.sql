CREATE TABLE `approval_pins` (
	`tenant_id` text NOT NULL,
	`user_id` text NOT NULL,
	`pin_hash` text NOT NULL,
	`updated_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `user_id`),
	FOREIGN KEY (`tenant_id`,`user_id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_taxes` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`tax_rate_id` text NOT NULL,
	`net` integer NOT NULL,
	`tax` integer NOT NULL,
	`refunded_net` integer NOT NULL,
	`refunded_tax` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `tax_rate_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `sale_payments` (
	`tenant_id` text NOT NULL,
	`sale_id` text NOT NULL,
	`payment_no` integer NOT NULL,
	`method` text NOT NULL,
	`amount` integer NOT NULL,
	`tendered` integer,
	PRIMARY KEY(`tenant_id`, `sale_id`, `payment_no`),
	FOREIGN KEY (`tenant_id`,`sale_id`) REFERENCES `sales`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "sale_payments_tendered" CHECK(tendered IS NULL OR (method = 'cash' AND tendered >= amount))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `stock_discrepancies` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`product_id` text NOT NULL,
	`sale_id` text NOT NULL,
	`missing` integer NOT NULL,
	`created_at` text NOT NULL,
	`resolved_at` text,
	`resolved_by` text,
	`is_open` integer GENERATED ALWAYS AS (resolved_at IS NULL) VIRTUAL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`,`product_id`) REFERENCES `products`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`sale_id`) REFERENCES `sales`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "stock_discrepancies_missing" CHECK(missing > 0)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `stock_discrepancies_by_time` ON `stock_discrepancies` (`tenant_id`,`is_open`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `stock_discrepancies_by_product` ON `stock_discrepancies` (`tenant_id`,`product_id`,`is_open`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `tax_rates` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`rate` integer NOT NULL,
	`is_default` integer DEFAULT 0 NOT NULL,
	`is_active` integer DEFAULT 1 NOT NULL,
	`is_used` integer DEFAULT 0 NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "tax_rates_rate" CHECK(rate BETWEEN 0 AND 100000),
	CONSTRAINT "tax_rates_is_default" CHECK(is_default IN (0, 1) AND (is_default = 0 OR is_active = 1)),
	CONSTRAINT "tax_rates_is_active" CHECK(is_active IN (0, 1)),
	CONSTRAINT "tax_rates_is_used" CHECK(is_used IN (0, 1))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `tax_rates_default` ON `tax_rates` (`tenant_id`) WHERE is_default = 1;--> statement-breakpoint
CREATE UNIQUE INDEX `tax_rates_name` ON `tax_rates` (`tenant_id`,`name`) WHERE is_active = 1;--> statement-breakpoint
CREATE TABLE `__new_cart_items` (
	`tenant_id` text NOT NULL,
	`user_id` text NOT NULL,
	`product_id` text NOT NULL,
	`quantity` integer NOT NULL,
	`price` integer NOT NULL,
	`added_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `user_id`, `product_id`),
	FOREIGN KEY (`tenant_id`,`user_id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`product_id`) REFERENCES `products`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "cart_items_quantity" CHECK(quantity BETWEEN 1 AND 999000)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `__new_cart_items`("tenant_id", "user_id", "product_id", "quantity", "price", "added_at") SELECT "tenant_id", "user_id", "product_id", "quantity", "price", "added_at" FROM `cart_items`;--> statement-breakpoint
DROP TABLE `cart_items`;--> statement-breakpoint
ALTER TABLE `__new_cart_items` RENAME TO `cart_items`;--> statement-breakpoint
DROP INDEX `sales_number`;--> statement-breakpoint
ALTER TABLE `sales` ADD `late_shift_id` text;--> statement-breakpoint
ALTER TABLE `sales` ADD `series` text GENERATED ALWAYS AS (CASE WHEN kind = 'refund' THEN 'R' WHEN channel = 'online' THEN 'A' ELSE 'C' END) VIRTUAL;--> statement-breakpoint
ALTER TABLE `sales` ADD `tax` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sales` ADD `net` integer GENERATED ALWAYS AS (total - tax) VIRTUAL;--> statement-breakpoint
ALTER TABLE `sales` ADD `discount` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sales` ADD `discount_reason` text;--> statement-breakpoint
ALTER TABLE `sales` ADD `rounding` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sales` ADD `approved_by` text;--> statement-breakpoint
ALTER TABLE `sales` ADD `client_id` text;--> statement-breakpoint
ALTER TABLE `sales` ADD `is_offline` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sales` ADD `is_void` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sales` ADD `is_restocked` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `sales_series_number` ON `sales` (`tenant_id`,`series`,`number`) WHERE number IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `sales_client_id` ON `sales` (`tenant_id`,`client_id`) WHERE client_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `sales_late` ON `sales` (`tenant_id`,`late_shift_id`,`id`) WHERE late_shift_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `sales_late_of_shift` ON `sales` (`tenant_id`,`shift_id`,`id`) WHERE late_shift_id IS NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `max_discount_percent` integer DEFAULT 100000 NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `allow_price_override` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `cash_rounding` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `oversell` text DEFAULT 'refuse' NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `payment_methods` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `scale_codes` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `products` ADD `unit` text DEFAULT 'piece' NOT NULL;--> statement-breakpoint
ALTER TABLE `products` ADD `tax_rate_id` text;--> statement-breakpoint
ALTER TABLE `sale_lines` ADD `unit` text DEFAULT 'piece' NOT NULL;--> statement-breakpoint
ALTER TABLE `sale_lines` ADD `list_price` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sale_lines` ADD `discount` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sale_lines` ADD `discount_reason` text;--> statement-breakpoint
ALTER TABLE `sale_lines` ADD `tax_rate_id` text;--> statement-breakpoint
ALTER TABLE `sale_lines` ADD `tax_rate` integer;--> statement-breakpoint
ALTER TABLE `sale_lines` ADD `tax` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sale_lines` ADD `net` integer GENERATED ALWAYS AS (subtotal - tax) VIRTUAL;--> statement-breakpoint
ALTER TABLE `cash_moves` ADD `approved_by` text;--> statement-breakpoint
CREATE INDEX `shifts_counted` ON `shifts` (`tenant_id`,`end_at`,`id`) WHERE counted_cash IS NOT NULL;--> statement-breakpoint
CREATE TRIGGER cart_items_limit BEFORE INSERT ON cart_items
WHEN (SELECT count(*) FROM cart_items WHERE tenant_id = NEW.tenant_id AND user_id = NEW.user_id) >= 100
  AND NOT EXISTS (
    SELECT 1 FROM cart_items
    WHERE tenant_id = NEW.tenant_id AND user_id = NEW.user_id AND product_id = NEW.product_id
  )
BEGIN
  SELECT RAISE(ABORT, 'rule: cart_full');
END;
--> statement-breakpoint
-- Quantities become integer thousandths. In the row of a product both sides of the low-stock trigger change at once, so it does
-- not fire.
UPDATE cart_items SET quantity = quantity * 1000;
--> statement-breakpoint
UPDATE products SET stock = stock * 1000, low_stock_threshold = low_stock_threshold * 1000, sold = sold * 1000;
--> statement-breakpoint
UPDATE stock_moves SET delta = delta * 1000;
--> statement-breakpoint
UPDATE sale_lines SET quantity = quantity * 1000, refunded = refunded * 1000, list_price = unit_price;
--> statement-breakpoint
UPDATE sales SET units = units * 1000;
--> statement-breakpoint
-- Receipts and refunds of before get their numbers in the order in which they were made.
UPDATE sales SET number = n.number
FROM (
  SELECT tenant_id, id, row_number() OVER (PARTITION BY tenant_id, kind ORDER BY created_at, id) AS number FROM sales
  WHERE status = 'completed' AND (kind = 'refund' AND refund_of IS NOT NULL OR channel = 'counter')
) n
WHERE n.tenant_id = sales.tenant_id AND n.id = sales.id AND sales.number IS NULL;
--> statement-breakpoint
INSERT INTO sale_payments (tenant_id, sale_id, payment_no, method, amount)
SELECT tenant_id, id, 1, payment_method, total FROM sales WHERE status = 'completed' AND payment_method IS NOT NULL;
--> statement-breakpoint
UPDATE daily_sales SET units = units * 1000;
--> statement-breakpoint
UPDATE daily_countries SET units = units * 1000;
--> statement-breakpoint
UPDATE daily_sellers SET units = units * 1000;
--> statement-breakpoint
UPDATE daily_products SET units = units * 1000;
--> statement-breakpoint
INSERT INTO daily_taxes (tenant_id, day, tax_rate_id, net, tax, refunded_net, refunded_tax)
SELECT s.tenant_id, s.day, '', sum(iif(s.kind = 'sale', l.subtotal, 0)), 0, sum(iif(s.kind = 'refund', -l.subtotal, 0)), 0
FROM sales s JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id
WHERE s.status = 'completed' GROUP BY s.tenant_id, s.day;
--> statement-breakpoint
-- The files of the lake have quantities with decimals from now on.
UPDATE lake_days SET version = version + 1 WHERE dataset IN ('purchases', 'daily_summary', 'products');
--> statement-breakpoint
-- Z reports get the fields of today; their figures stay.
UPDATE shifts SET z_report = json_insert(json_set(z_report, '$.by_payment_method', json((
    SELECT json_group_array(json_insert(value, '$.voids', 0) ORDER BY key) FROM json_each(z_report, '$.by_payment_method')))),
  '$.voids', json('{"count":0,"total":0}'), '$.net', z_report ->> 'total', '$.tax', 0, '$.discounts', 0, '$.rounding', 0,
  '$.taxes', json(iif(z_report ->> '$.sales.count' + z_report ->> '$.refunds.count' = 0, '[]', json_array(json_object(
    'tax_rate_id', NULL, 'name', NULL, 'rate', NULL, 'net', z_report ->> 'total', 'tax', 0, 'gross', z_report ->> 'total')))))
WHERE z_report IS NOT NULL;
--> statement-breakpoint
-- The responses that repeated requests get must have the fields of today. Fingerprints of requests with quantities can not be
-- compared any more, and an empty one matches any request.
UPDATE idempotency_keys SET fingerprint = '', body = json_insert(json_set(body, '$.items', (
    SELECT json_group_array(json_insert(value, '$.unit', 'piece', '$.list_price', value ->> 'unit_price', '$.discount', 0,
      '$.discount_reason', NULL, '$.tax_rate_id', NULL, '$.tax_rate', NULL, '$.tax', 0, '$.net', value ->> 'subtotal') ORDER BY key)
    FROM json_each(body, '$.items')), '$.number', coalesce(body ->> 'number', (
    SELECT printf('%s-%06d', series, number) FROM sales
    WHERE tenant_id = idempotency_keys.tenant_id AND id = body ->> 'id' AND number IS NOT NULL))),
  '$.tax', 0, '$.net', body ->> 'total', '$.discount', 0, '$.discount_reason', NULL, '$.rounding', 0, '$.approved_by', NULL,
  '$.client_id', NULL, '$.offline', json('false'), '$.is_void', json('false'), '$.restocked', json('false'), '$.change', 0, '$.payments', json(
    CASE WHEN body ->> 'payment_method' IS NULL OR body ->> 'status' <> 'completed' THEN '[]'
      ELSE json_array(json_object('method', body ->> 'payment_method', 'amount', body ->> 'total', 'tendered', NULL)) END))
WHERE json_valid(body) AND json_type(body) = 'object' AND body ->> 'kind' IN ('sale', 'refund')
  AND json_type(body, '$.items') = 'array';
--> statement-breakpoint
UPDATE idempotency_keys SET fingerprint = '', body = (
    SELECT json_group_array(json_insert(json_set(value, '$.quantity', (value ->> 'quantity') * 1000, '$.stock', (value ->> 'stock') * 1000),
      '$.unit', 'piece', '$.tax_rate_id', NULL, '$.tax_rate', NULL) ORDER BY key) FROM json_each(body))
WHERE json_valid(body) AND json_type(body) = 'array' AND json_type(body, '$[0].added_price') IS NOT NULL;
--> statement-breakpoint
UPDATE idempotency_keys SET body = json_insert(body, '$.approved_by', NULL, '$.warnings', json('[]'))
WHERE json_valid(body) AND json_type(body) = 'object' AND body ->> 'kind' IN ('refund', 'paid_in', 'paid_out');
--> statement-breakpoint
UPDATE idempotency_keys SET body = json_insert(body, '$.unit', 'piece', '$.tax_rate_id', NULL)
WHERE json_valid(body) AND json_type(body) = 'object' AND json_type(body, '$.sku') = 'text' AND json_type(body, '$.version') = 'integer';
--> statement-breakpoint
DROP TRIGGER products_low_stock;
--> statement-breakpoint
CREATE TRIGGER products_low_stock AFTER UPDATE OF stock ON products
WHEN NEW.stock <= NEW.low_stock_threshold AND OLD.stock > NEW.low_stock_threshold
BEGIN
  INSERT INTO events (tenant_id, id, type, payload, created_at)
  SELECT NEW.tenant_id,
    printf('%08x-%04x-7%s-%s%s-%s', ms >> 16, ms & 65535, substr(lower(hex(randomblob(2))), 2),
      substr('89ab', 1 + (random() & 3), 1), substr(lower(hex(randomblob(2))), 2), lower(hex(randomblob(6)))),
    'product.low_stock',
    json_object('product_id', NEW.id, 'sku', NEW.sku, 'title', NEW.title,
      'stock', iif(NEW.stock % 1000 = 0, NEW.stock / 1000, NEW.stock / 1000.0),
      'threshold', iif(NEW.low_stock_threshold % 1000 = 0, NEW.low_stock_threshold / 1000, NEW.low_stock_threshold / 1000.0)),
    strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
  FROM (SELECT CAST(round(unixepoch('now', 'subsec') * 1000) AS INTEGER) AS ms);
END;
--> statement-breakpoint
CREATE TRIGGER products_insert_unit BEFORE INSERT ON products
WHEN NEW.unit NOT IN ('piece', 'kg', 'g', 'l', 'ml', 'm', 'm2', 'h')
  OR NEW.unit = 'piece' AND (NEW.stock % 1000 <> 0 OR NEW.low_stock_threshold % 1000 <> 0)
BEGIN
  SELECT RAISE(ABORT, 'rule: product_unit');
END;
--> statement-breakpoint
CREATE TRIGGER products_update_unit BEFORE UPDATE OF unit, stock, low_stock_threshold ON products
WHEN NEW.unit NOT IN ('piece', 'kg', 'g', 'l', 'ml', 'm', 'm2', 'h')
  OR NEW.unit = 'piece' AND (NEW.stock % 1000 <> 0 OR NEW.low_stock_threshold % 1000 <> 0)
BEGIN
  SELECT RAISE(ABORT, 'rule: product_unit');
END;
--> statement-breakpoint
CREATE TRIGGER products_insert_tax_rate BEFORE INSERT ON products
WHEN NEW.tax_rate_id IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM tax_rates WHERE tenant_id = NEW.tenant_id AND id = NEW.tax_rate_id AND is_active = 1
)
BEGIN
  SELECT RAISE(ABORT, 'rule: product_tax_rate');
END;
--> statement-breakpoint
CREATE TRIGGER products_update_tax_rate BEFORE UPDATE OF tax_rate_id ON products
WHEN NEW.tax_rate_id IS NOT NULL AND NEW.tax_rate_id IS NOT OLD.tax_rate_id AND NOT EXISTS (
  SELECT 1 FROM tax_rates WHERE tenant_id = NEW.tenant_id AND id = NEW.tax_rate_id AND is_active = 1
)
BEGIN
  SELECT RAISE(ABORT, 'rule: product_tax_rate');
END;
--> statement-breakpoint
CREATE TRIGGER tax_rates_used BEFORE UPDATE OF rate ON tax_rates
WHEN OLD.is_used = 1 AND NEW.rate <> OLD.rate
BEGIN
  SELECT RAISE(ABORT, 'rule: tax_rate_used');
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
CREATE TRIGGER tenants_commerce_bounds BEFORE UPDATE OF max_discount_percent, allow_price_override, cash_rounding, oversell ON tenants
WHEN NEW.max_discount_percent NOT BETWEEN 0 AND 100000 OR NEW.allow_price_override NOT IN (0, 1)
  OR NEW.cash_rounding NOT BETWEEN 0 AND 1000000 OR NEW.oversell NOT IN ('refuse', 'allow')
BEGIN
  SELECT RAISE(ABORT, 'rule: tenants_commerce_bounds');
END;
