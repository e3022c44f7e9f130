CREATE TABLE `activity` (
	`tenant_id` text NOT NULL,
	`shift_id` text NOT NULL,
	`id` text NOT NULL,
	`at` text NOT NULL,
	`platform` text NOT NULL,
	`kind` text NOT NULL,
	`detail` text,
	`created_at` text NOT NULL, `seq` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`tenant_id`, `shift_id`, `id`),
	FOREIGN KEY (`tenant_id`,`shift_id`) REFERENCES `shifts`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;

CREATE INDEX `activity_order` ON `activity` (`tenant_id`,`shift_id`,`at`,`created_at`,`seq`,`id`);

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

CREATE INDEX `alerts_kind_opened` ON `alerts` (`tenant_id`,`kind`,`opened_at`,`id`);

CREATE UNIQUE INDEX `alerts_open` ON `alerts` (`tenant_id`,`shift_id`,`kind`) WHERE closed_at IS NULL;

CREATE INDEX `alerts_opened` ON `alerts` (`tenant_id`,`opened_at`,`id`);

CREATE INDEX `alerts_unclosed` ON `alerts` (`tenant_id`,`opened_at`,`id`) WHERE closed_at IS NULL;

CREATE INDEX `alerts_user` ON `alerts` (`tenant_id`,`user_id`,`opened_at`,`id`);

CREATE TABLE `api_keys` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`secret_hash` text NOT NULL,
	`last_four` text NOT NULL,
	`old_secrets` text DEFAULT '[]' NOT NULL,
	`scopes` text DEFAULT '[]' NOT NULL,
	`allowed_ips` text DEFAULT '[]' NOT NULL,
	`origins` text DEFAULT '[]' NOT NULL,
	`expires_at` text,
	`created_by` text NOT NULL,
	`created_at` text NOT NULL,
	`last_used_at` text,
	`revoked_at` text,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`,`created_by`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "api_keys_kind" CHECK(kind IN ('secret', 'publishable')),
	CONSTRAINT "api_keys_lists" CHECK(json_valid(old_secrets) AND json_valid(scopes) AND json_valid(allowed_ips) AND json_valid(origins))
) STRICT, WITHOUT ROWID;

CREATE INDEX `api_keys_active` ON `api_keys` (`tenant_id`,`id`) WHERE revoked_at IS NULL;

CREATE TABLE `approval_pins` (
	`tenant_id` text NOT NULL,
	`user_id` text NOT NULL,
	`pin_hash` text NOT NULL,
	`updated_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `user_id`),
	FOREIGN KEY (`tenant_id`,`user_id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;

CREATE TABLE `audit_log` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`actor_id` text,
	`action` text NOT NULL,
	`entity` text GENERATED ALWAYS AS (substr(action, 1, instr(action, '.') - 1)) VIRTUAL,
	`entity_id` text NOT NULL,
	`before` text,
	`after` text,
	`request_id` text, `key_name` text,
	PRIMARY KEY(`tenant_id`, `id`),
	CONSTRAINT "audit_log_before" CHECK(json_valid(before)),
	CONSTRAINT "audit_log_after" CHECK(json_valid(after))
) STRICT, WITHOUT ROWID;

CREATE INDEX `audit_log_action` ON `audit_log` (`tenant_id`,`action`,`id`);

CREATE INDEX `audit_log_actor` ON `audit_log` (`tenant_id`,`actor_id`,`id`) WHERE actor_id IS NOT NULL;

CREATE INDEX `audit_log_entity` ON `audit_log` (`tenant_id`,`entity`,`id`);

CREATE INDEX `audit_log_entity_id` ON `audit_log` (`tenant_id`,`entity_id`,`id`);

CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'rule: append_only');
END;

CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log
WHEN EXISTS (SELECT 1 FROM audit_log WHERE tenant_id = NEW.tenant_id AND id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'rule: append_only');
END;

CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'rule: append_only');
END;

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

CREATE INDEX `auth_sessions_live` ON `auth_sessions` (`tenant_id`,`user_id`,`family`) WHERE used_at IS NULL AND revoked_at IS NULL;

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

CREATE UNIQUE INDEX `breaks_open` ON `breaks` (`tenant_id`,`shift_id`) WHERE end_at IS NULL;

CREATE TRIGGER breaks_worked_delete AFTER DELETE ON breaks WHEN OLD.is_paid = 0
BEGIN
  DELETE FROM shift_days WHERE tenant_id = OLD.tenant_id AND shift_id = OLD.shift_id;
  INSERT INTO unbuilt_shifts (tenant_id, shift_id)
    SELECT tenant_id, id FROM shifts WHERE tenant_id = OLD.tenant_id AND id = OLD.shift_id AND status = 'CLOSED'
    ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER breaks_worked_insert AFTER INSERT ON breaks WHEN NEW.is_paid = 0
BEGIN
  DELETE FROM shift_days WHERE tenant_id = NEW.tenant_id AND shift_id = NEW.shift_id;
  INSERT INTO unbuilt_shifts (tenant_id, shift_id)
    SELECT tenant_id, id FROM shifts WHERE tenant_id = NEW.tenant_id AND id = NEW.shift_id AND status = 'CLOSED'
    ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER breaks_worked_update AFTER UPDATE OF is_paid, start_at, end_at ON breaks WHEN OLD.is_paid = 0 OR NEW.is_paid = 0
BEGIN
  DELETE FROM shift_days WHERE tenant_id = NEW.tenant_id AND shift_id = NEW.shift_id;
  INSERT INTO unbuilt_shifts (tenant_id, shift_id)
    SELECT tenant_id, id FROM shifts WHERE tenant_id = NEW.tenant_id AND id = NEW.shift_id AND status = 'CLOSED'
    ON CONFLICT DO NOTHING;
END;

CREATE TABLE "cart_items" (
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

CREATE TRIGGER cart_items_insert_line BEFORE INSERT ON cart_items
WHEN NEW.quantity % 1000 <> 0 AND EXISTS (
    SELECT 1 FROM products WHERE tenant_id = NEW.tenant_id AND id = NEW.product_id AND unit = 'piece'
  ) OR NEW.quantity * 0.001 * NEW.price > 1000000000000
BEGIN
  SELECT RAISE(ABORT, 'rule: cart_line');
END;

CREATE TRIGGER cart_items_limit BEFORE INSERT ON cart_items
WHEN (SELECT count(*) FROM cart_items WHERE tenant_id = NEW.tenant_id AND cart_id = NEW.cart_id) >= 100
  AND NOT EXISTS (
    SELECT 1 FROM cart_items
    WHERE tenant_id = NEW.tenant_id AND cart_id = NEW.cart_id AND product_id = NEW.product_id
  )
BEGIN
  SELECT RAISE(ABORT, 'rule: cart_full');
END;

CREATE TRIGGER cart_items_update_line BEFORE UPDATE OF quantity, price ON cart_items
WHEN NEW.quantity % 1000 <> 0 AND EXISTS (
    SELECT 1 FROM products WHERE tenant_id = NEW.tenant_id AND id = NEW.product_id AND unit = 'piece'
  ) OR NEW.quantity * 0.001 * NEW.price > 1000000000000
BEGIN
  SELECT RAISE(ABORT, 'rule: cart_line');
END;

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

CREATE INDEX `carts_created_from` ON `carts` (`tenant_id`,`created_from`) WHERE created_from IS NOT NULL;

CREATE UNIQUE INDEX `carts_token` ON `carts` (`tenant_id`,`token_hash`) WHERE token_hash IS NOT NULL;

CREATE TABLE `cash_moves` (
	`tenant_id` text NOT NULL,
	`shift_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`amount` integer NOT NULL,
	`reason` text NOT NULL,
	`created_at` text NOT NULL, `approved_by` text,
	PRIMARY KEY(`tenant_id`, `shift_id`, `id`),
	FOREIGN KEY (`tenant_id`,`shift_id`) REFERENCES `shifts`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "cash_moves_kind" CHECK(kind IN ('paid_in', 'paid_out')),
	CONSTRAINT "cash_moves_amount" CHECK(amount BETWEEN 1 AND 9007199254740991)
) STRICT, WITHOUT ROWID;

CREATE TABLE `category_counts` (
	`tenant_id` text NOT NULL,
	`category` text NOT NULL,
	`products` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `category`),
	CONSTRAINT "category_counts_products" CHECK(products >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE `clock_runs` (
	`clock` text PRIMARY KEY NOT NULL,
	`ended_at` text NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE `customer_merges` (
	`tenant_id` text NOT NULL,
	`from_id` text NOT NULL,
	`into_id` text NOT NULL,
	`due_at` text NOT NULL, `failing_since` text, `has_moved` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`tenant_id`, `from_id`),
	FOREIGN KEY (`tenant_id`,`from_id`) REFERENCES `customers`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`into_id`) REFERENCES `customers`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;

CREATE INDEX `customer_merges_due` ON `customer_merges` (`due_at`);

CREATE TABLE `customer_numbers` (
	`tenant_id` text NOT NULL,
	`customer_key` text NOT NULL,
	`is_account` integer NOT NULL,
	`number` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `customer_key`, `is_account`)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX `customer_numbers_number` ON `customer_numbers` (`tenant_id`,`number`);

CREATE TABLE `customer_products` (
	`tenant_id` text NOT NULL,
	`customer_id` text NOT NULL,
	`product_id` text NOT NULL,
	`sale_id` text NOT NULL,
	`line_no` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `customer_id`, `product_id`, `sale_id`, `line_no`),
	FOREIGN KEY (`tenant_id`,`customer_id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`sale_id`,`line_no`) REFERENCES `sale_lines`(`tenant_id`,`sale_id`,`line_no`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;

CREATE INDEX `customer_products_sale` ON `customer_products` (`tenant_id`,`sale_id`,`line_no`);

CREATE VIRTUAL TABLE customer_search USING fts5(words, content='', contentless_delete=1,
  tokenize='unicode61 remove_diacritics 2', prefix='34 35');

CREATE TABLE `customer_sets` (
	`tenant_id` text NOT NULL,
	`interval` text NOT NULL,
	`period` text NOT NULL,
	`part` integer NOT NULL,
	`customers` text NOT NULL,
	`countries` text NOT NULL, `without_sales` text DEFAULT '[]' NOT NULL,
	PRIMARY KEY(`tenant_id`, `interval`, `period`, `part`),
	CONSTRAINT "customer_sets_interval" CHECK(interval IN ('day', 'month')),
	CONSTRAINT "customer_sets_json" CHECK(json_valid(customers) AND json_valid(countries))
) STRICT, WITHOUT ROWID;

CREATE TABLE `customers` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text,
	`email` text,
	`phone` text,
	`tax_id` text,
	`addresses` text DEFAULT '[]' NOT NULL,
	`note` text,
	`language` text,
	`accepts_mail_at` text,
	`external_ref` text,
	`merged_into` text,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL, `account_email` text, `erased_at` text, `words` text GENERATED ALWAYS AS (' ' || replace(tenant_id, '-', '') || replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(coalesce(name, '') || ' ' || coalesce(email, '') || ' ' || coalesce(account_email, '') || ' ' || coalesce(replace(replace(replace(replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '.', ''), '/', ''), '(', ''), ')', ''), '+', ''), ' ', '') || iif(phone LIKE '+%', ' ' || substr(replace(replace(replace(replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '.', ''), '/', ''), '(', ''), ')', ''), '+', ''), ' ', ''), 2) || ' ' || substr(replace(replace(replace(replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '.', ''), '/', ''), '(', ''), ')', ''), '+', ''), ' ', ''), 3) || ' '
  || substr(replace(replace(replace(replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '.', ''), '/', ''), '(', ''), ')', ''), '+', ''), ' ', ''), 4), ''), '') || ' ' || coalesce(replace(replace(replace(replace(tax_id, ' ', ''), '-', ''), '.', ''), '/', ''), ''), '-', ' '), '.', ' '), ',', ' '), '''', ' '), '’', ' '), '@', ' '), '_', ' '), '+', ' '), '/', ' '), '(', ' '), ')', ' '), '&', ' '), '·', ' '), ' ', ' '), ' ', ' ' || replace(tenant_id, '-', ''))) VIRTUAL, `added_by_import` text,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`,`id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`merged_into`) REFERENCES `customers`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "customers_addresses" CHECK(json_valid(addresses))
) STRICT;

CREATE UNIQUE INDEX `customers_email` ON `customers` (`tenant_id`,`email`) WHERE email IS NOT NULL;

CREATE UNIQUE INDEX `customers_external_ref` ON `customers` (`tenant_id`,`external_ref`) WHERE external_ref IS NOT NULL;

CREATE INDEX `customers_import` ON `customers` (`tenant_id`,`added_by_import`,`id`) WHERE added_by_import IS NOT NULL;

CREATE INDEX `customers_live` ON `customers` (`tenant_id`,`id`) WHERE merged_into IS NULL AND erased_at IS NULL;

CREATE INDEX `customers_merged` ON `customers` (`tenant_id`,`merged_into`) WHERE merged_into IS NOT NULL;

CREATE TRIGGER customers_bounce_insert AFTER INSERT ON customers WHEN NEW.email IS NOT NULL
BEGIN
  DELETE FROM mail_bounces WHERE tenant_id = NEW.tenant_id AND recipient = NEW.email;
END;

CREATE TRIGGER customers_bounce_update AFTER UPDATE OF email ON customers WHEN NEW.email IS NOT OLD.email AND NEW.email IS NOT NULL
BEGIN
  DELETE FROM mail_bounces WHERE tenant_id = NEW.tenant_id AND recipient = NEW.email;
END;

CREATE TRIGGER customers_merge_target BEFORE UPDATE OF merged_into ON customers
WHEN NEW.merged_into IS NOT NULL AND NOT EXISTS (SELECT 1 FROM customers
  WHERE tenant_id = NEW.tenant_id AND id = NEW.merged_into AND id <> NEW.id AND merged_into IS NULL AND erased_at IS NULL)
BEGIN
  SELECT RAISE(ABORT, 'rule: merge_target');
END;

CREATE TRIGGER customers_merged AFTER UPDATE OF merged_into ON customers WHEN NEW.merged_into IS NOT NULL AND OLD.merged_into IS NULL
BEGIN
  UPDATE customers SET email = NULL WHERE tenant_id = NEW.tenant_id AND id = NEW.id AND email IS NOT NULL
    AND EXISTS (SELECT 1 FROM customers WHERE tenant_id = NEW.tenant_id AND id = NEW.merged_into AND email IS NULL AND account_email IS NULL);
  UPDATE customers SET name = coalesce(name, NEW.name), email = iif(account_email IS NULL, coalesce(email, NEW.email), email),
      phone = coalesce(phone, NEW.phone), tax_id = coalesce(tax_id, NEW.tax_id), language = coalesce(language, NEW.language),
      accepts_mail_at = coalesce(accepts_mail_at, NEW.accepts_mail_at),
      note = substr(iif(note IS NULL OR NEW.note IS NULL, coalesce(note, NEW.note), note || char(10) || NEW.note), 1, 4000),
      addresses = (SELECT json_group_array(json(value)) FROM (SELECT value FROM (
          SELECT value, 1 AS nth, key FROM json_each(customers.addresses)
          UNION ALL SELECT value, 2, key FROM json_each(NEW.addresses)
            WHERE value NOT IN (SELECT value FROM json_each(customers.addresses))) ORDER BY nth, key LIMIT 20)),
      version = version + 1, updated_at = NEW.updated_at
    WHERE tenant_id = NEW.tenant_id AND id = NEW.merged_into;
  UPDATE customers SET merged_into = NEW.merged_into WHERE tenant_id = NEW.tenant_id AND merged_into = NEW.id;
  UPDATE customer_merges SET into_id = NEW.merged_into WHERE tenant_id = NEW.tenant_id AND into_id = NEW.id;
  INSERT INTO customer_merges (tenant_id, from_id, into_id, due_at) VALUES (NEW.tenant_id, NEW.id, NEW.merged_into, NEW.updated_at)
    ON CONFLICT (tenant_id, from_id) DO UPDATE SET into_id = excluded.into_id, due_at = excluded.due_at;
END;

CREATE TRIGGER customers_merged_account BEFORE UPDATE OF merged_into ON customers
WHEN NEW.merged_into IS NOT NULL AND OLD.account_email IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'rule: merged_account');
END;

CREATE TRIGGER customers_search_delete AFTER DELETE ON customers
BEGIN
  DELETE FROM customer_search WHERE rowid = OLD.rowid;
END;

CREATE TRIGGER customers_search_insert AFTER INSERT ON customers WHEN NEW.merged_into IS NULL AND NEW.erased_at IS NULL
BEGIN
  INSERT INTO customer_search (rowid, words) VALUES (NEW.rowid, NEW.words);
END;

CREATE TRIGGER customers_search_update AFTER UPDATE OF name, email, account_email, phone, tax_id, merged_into, erased_at ON customers
WHEN NEW.words <> OLD.words OR NEW.merged_into IS NOT OLD.merged_into OR NEW.erased_at IS NOT OLD.erased_at
BEGIN
  DELETE FROM customer_search WHERE rowid = OLD.rowid;
  INSERT INTO customer_search (rowid, words) SELECT NEW.rowid, NEW.words WHERE NEW.merged_into IS NULL AND NEW.erased_at IS NULL;
END;

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

CREATE TABLE `daily_baskets` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`lines` integer NOT NULL,
	`baskets` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`),
	CONSTRAINT "daily_baskets_baskets" CHECK(json_valid(baskets))
) STRICT, WITHOUT ROWID;

CREATE TABLE `daily_cart_lines` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`origin` text NOT NULL,
	`added` integer NOT NULL,
	`ordered` integer NOT NULL, `carts_started` integer DEFAULT 0 NOT NULL, `carts_ordered` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `origin`)
) STRICT, WITHOUT ROWID;

CREATE TABLE `daily_carts` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`started` integer NOT NULL,
	`ordered` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE `daily_countries` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`country` text NOT NULL,
	`sales` integer NOT NULL,
	`refunds` integer NOT NULL,
	`lines` integer NOT NULL,
	`units` integer NOT NULL,
	`revenue` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `country`)
) STRICT, WITHOUT ROWID;

CREATE TABLE "daily_customers" (
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

CREATE TABLE `daily_margins` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`net` integer NOT NULL,
	`known_net` integer NOT NULL,
	`cost` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`)
) STRICT, WITHOUT ROWID;

CREATE TABLE `daily_payments` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`method` text NOT NULL,
	`sales` integer NOT NULL,
	`refunds` integer NOT NULL,
	`revenue` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `method`)
) STRICT, WITHOUT ROWID;

CREATE TABLE `daily_products` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`product_id` text NOT NULL,
	`units` integer NOT NULL,
	`orders` integer NOT NULL,
	`revenue` integer NOT NULL, `uncounted_units` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `product_id`),
	FOREIGN KEY (`tenant_id`,`product_id`) REFERENCES `products`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;

CREATE TABLE `daily_refund_reasons` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`reason` text NOT NULL,
	`refunds` integer NOT NULL,
	`units` integer NOT NULL,
	`revenue` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `reason`)
) STRICT, WITHOUT ROWID;

CREATE TABLE `daily_sales` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`sales` integer NOT NULL,
	`refunds` integer NOT NULL,
	`lines` integer NOT NULL,
	`units` integer NOT NULL,
	`revenue` integer NOT NULL,
	`built_until` text DEFAULT '9999 ' NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER daily_sales_timeline_delete AFTER DELETE ON daily_sales
BEGIN
  DELETE FROM day_timelines WHERE tenant_id = OLD.tenant_id AND day = OLD.day;
  INSERT INTO unbuilt_timelines (tenant_id, day) SELECT OLD.tenant_id, OLD.day
    WHERE EXISTS (SELECT 1 FROM unbuilt_timelines WHERE tenant_id = OLD.tenant_id AND day = OLD.day)
    ON CONFLICT DO UPDATE SET claim = NULL WHERE claim IS NOT NULL;
END;

CREATE TRIGGER daily_sales_timeline_insert AFTER INSERT ON daily_sales
BEGIN
  DELETE FROM day_timelines WHERE tenant_id = NEW.tenant_id AND day = NEW.day;
  INSERT INTO unbuilt_timelines (tenant_id, day) SELECT NEW.tenant_id, NEW.day
    WHERE NEW.sales + NEW.refunds >= 50 OR EXISTS (SELECT 1 FROM unbuilt_timelines WHERE tenant_id = NEW.tenant_id AND day = NEW.day)
    ON CONFLICT DO UPDATE SET claim = NULL WHERE claim IS NOT NULL;
END;

CREATE TRIGGER daily_sales_timeline_update AFTER UPDATE ON daily_sales
BEGIN
  DELETE FROM day_timelines WHERE tenant_id = NEW.tenant_id AND day = NEW.day;
  INSERT INTO unbuilt_timelines (tenant_id, day) SELECT NEW.tenant_id, NEW.day
    WHERE NEW.sales + NEW.refunds >= 50 OR EXISTS (SELECT 1 FROM unbuilt_timelines WHERE tenant_id = NEW.tenant_id AND day = NEW.day)
    ON CONFLICT DO UPDATE SET claim = NULL WHERE claim IS NOT NULL;
END;

CREATE TABLE `daily_sellers` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`seller_id` text NOT NULL,
	`sales` integer NOT NULL,
	`refunds` integer NOT NULL,
	`lines` integer NOT NULL,
	`units` integer NOT NULL,
	`revenue` integer NOT NULL, `shift_sales` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `seller_id`)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE `daily_totals` (
	`tenant_id` text NOT NULL,
	`name` text NOT NULL,
	`day` text NOT NULL,
	`totals` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `name`, `day`),
	CONSTRAINT "daily_totals_totals" CHECK(json_valid(totals))
) STRICT, WITHOUT ROWID;

CREATE TABLE `day_timelines` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`part` integer NOT NULL,
	`totals` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `part`)
) STRICT, WITHOUT ROWID;

CREATE TABLE `dead_letters` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`message_id` text NOT NULL,
	`event_id` text,
	`queue` text NOT NULL,
	`body` text NOT NULL,
	`created_at` text NOT NULL,
	`replayed_at` text,
	PRIMARY KEY(`tenant_id`, `id`)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX `dead_letters_event` ON `dead_letters` (`tenant_id`,`event_id`) WHERE event_id IS NOT NULL AND replayed_at IS NULL;

CREATE UNIQUE INDEX `dead_letters_message` ON `dead_letters` (`tenant_id`,`message_id`);

CREATE TABLE `device_grants` (
	`tenant_id` text NOT NULL,
	`device_code_hash` text NOT NULL,
	`user_code_hash` text NOT NULL,
	`client_id` text NOT NULL,
	`label` text NOT NULL,
	`network_hash` text NOT NULL,
	`status` text DEFAULT 'pending' NOT NULL,
	`user_id` text,
	`session_id` text,
	`interval_s` integer NOT NULL,
	`polled_at` text,
	`collected_at` text,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `device_code_hash`),
	FOREIGN KEY (`tenant_id`,`user_id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "device_grants_status" CHECK(status IN ('pending', 'approved', 'denied')),
	CONSTRAINT "device_grants_decided" CHECK((user_id IS NULL) = (status = 'pending')),
	CONSTRAINT "device_grants_session" CHECK((session_id IS NOT NULL) = (status = 'approved'))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX `device_grants_user_code` ON `device_grants` (`tenant_id`,`user_code_hash`);

CREATE TABLE `dirty_days` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL, `asked_at` text, `needs_rebuild` integer DEFAULT 1 NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`)
) STRICT, WITHOUT ROWID;

CREATE INDEX `dirty_days_asked` ON `dirty_days` (`asked_at`) WHERE asked_at IS NOT NULL;

CREATE TRIGGER lake_days_touched_by_etl AFTER DELETE ON dirty_days
BEGIN
  INSERT INTO lake_days (tenant_id, dataset, day, version) VALUES (OLD.tenant_id, 'purchases', OLD.day, 1)
    ON CONFLICT (tenant_id, dataset, day) DO UPDATE SET version = version + 1;
END;

CREATE TABLE `dirty_product_days` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`is_built` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`),
	CONSTRAINT "dirty_product_days_is_built" CHECK(is_built IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE `erasures` (
	`tenant_id` text NOT NULL,
	`user_id` text NOT NULL,
	`email` text NOT NULL,
	`step` text NOT NULL,
	`after` text NOT NULL,
	`due_at` text NOT NULL,
	`failing_since` text,
	PRIMARY KEY(`tenant_id`, `user_id`),
	FOREIGN KEY (`tenant_id`,`user_id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;

CREATE INDEX `erasures_due` ON `erasures` (`due_at`);

CREATE INDEX `erasures_failing` ON `erasures` (`failing_since`) WHERE failing_since IS NOT NULL;

CREATE TABLE `event_claims` (
	`id` integer PRIMARY KEY NOT NULL,
	`until` integer NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE "events" (
	`seq` integer PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`type` text NOT NULL,
	`payload` text NOT NULL,
	`created_at` text NOT NULL,
	`batch_id` text,
	`exported_at` text
, `trace` text) STRICT;

CREATE INDEX `events_batch` ON `events` (`tenant_id`,`batch_id`) WHERE batch_id IS NOT NULL AND exported_at IS NULL;

CREATE UNIQUE INDEX `events_key` ON `events` (`tenant_id`,`id`);

CREATE TRIGGER events_mails AFTER INSERT ON events WHEN NEW.type IN ('product.low_stock', 'shift.idle')
BEGIN
  INSERT INTO mails (tenant_id, id, kind, subject_id, cause_id, recipient, due_at, created_at)
  SELECT NEW.tenant_id,
    printf('%08x-%04x-7%s-%s%s-%s', ms >> 16, ms & 65535, substr(lower(hex(randomblob(2))), 2),
      substr('89ab', 1 + (random() & 3), 1), substr(lower(hex(randomblob(2))), 2), lower(hex(randomblob(6)))),
    NEW.type, NEW.id, NEW.id, u.email, NEW.created_at, NEW.created_at
  FROM (SELECT CAST(round(unixepoch('now', 'subsec') * 1000) AS INTEGER) AS ms)
  CROSS JOIN users u INDEXED BY users_alerts_by_mail WHERE u.tenant_id = NEW.tenant_id AND u.preferences ->> 'alerts_by_mail' = 1
    AND u.role = 'ADMIN' AND u.is_active = 1 AND u.email_confirmed_at IS NOT NULL
  ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER events_webhooks AFTER INSERT ON events
BEGIN
  INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id, subject, status, attempts, due_at, created_at)
  SELECT NEW.tenant_id, w.id, NEW.id,
    CASE WHEN json_valid(NEW.payload)
      THEN coalesce(NEW.payload ->> 'refund_of', NEW.payload ->> 'id', NEW.id) ELSE NEW.id END,
    'pending', 0, NEW.created_at, NEW.created_at
  FROM webhook_endpoints w
  WHERE w.tenant_id = NEW.tenant_id AND w.is_enabled = 1 AND CASE WHEN NEW.type = 'webhook.ping'
    THEN w.id = NEW.payload ->> 'endpoint_id'
    ELSE EXISTS (SELECT 1 FROM json_each(w.event_types) WHERE value IN ('*', NEW.type)) END;
END;

CREATE TABLE `goals` (
	`tenant_id` text NOT NULL,
	`month` text NOT NULL,
	`user_id` text NOT NULL,
	`target` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `month`, `user_id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "goals_month" CHECK(month GLOB '20[0-9][0-9]-[01][0-9]'),
	CONSTRAINT "goals_target" CHECK(target BETWEEN 1 AND 1000000000000)
) STRICT, WITHOUT ROWID;

CREATE TABLE `idempotency_keys` (
	`tenant_id` text NOT NULL,
	`actor` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`body` text NOT NULL,
	`created_at` text NOT NULL, `event_id` text,
	PRIMARY KEY(`tenant_id`, `actor`, `key`)
) STRICT, WITHOUT ROWID;

CREATE TABLE `import_held` (
	`tenant_id` text NOT NULL,
	`import_id` text NOT NULL,
	`invoice` text NOT NULL,
	`reason` text NOT NULL,
	`reread_before` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `import_id`, `invoice`),
	FOREIGN KEY (`tenant_id`,`import_id`) REFERENCES `imports`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;

CREATE TABLE `import_mappings` (
	`tenant_id` text NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`mapping` text NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `name`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "import_mappings_kind" CHECK(kind IN ('sales', 'products'))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER import_mappings_full BEFORE INSERT ON import_mappings
WHEN (SELECT count(*) FROM import_mappings WHERE tenant_id = NEW.tenant_id AND name <> NEW.name) >= 50
BEGIN
  SELECT RAISE(ABORT, 'rule: import_mappings_full');
END;

CREATE TABLE `import_rejects` (
	`tenant_id` text NOT NULL,
	`import_id` text NOT NULL,
	`row` integer NOT NULL,
	`reason` text NOT NULL,
	`text` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `import_id`, `row`),
	FOREIGN KEY (`tenant_id`,`import_id`) REFERENCES `imports`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;

CREATE TABLE `import_retained` (
	`tenant_id` text NOT NULL,
	`import_id` text NOT NULL,
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`reference` text NOT NULL,
	`reason` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `import_id`, `kind`, `id`),
	FOREIGN KEY (`tenant_id`,`import_id`) REFERENCES `imports`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "import_retained_kind" CHECK(kind IN ('sale', 'product'))
) STRICT, WITHOUT ROWID;

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
	`resumes` integer DEFAULT 0 NOT NULL, `plan` text, `rows_skipped` integer DEFAULT 0 NOT NULL, `rows_known` integer DEFAULT 0 NOT NULL, `bytes_reread` integer DEFAULT 0 NOT NULL, `rows_reread` integer DEFAULT 0 NOT NULL, `undo_status` text, `undo_step` text DEFAULT '' NOT NULL, `undone_sales` integer DEFAULT 0 NOT NULL, `undone_products` integer DEFAULT 0 NOT NULL, `undo_retained` integer DEFAULT 0 NOT NULL, `undone_customers` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "imports_kind" CHECK(kind IN ('sales', 'products')),
	CONSTRAINT "imports_status" CHECK(status IN ('queued', 'running', 'done', 'failed'))
) STRICT, WITHOUT ROWID;

CREATE INDEX `imports_open` ON `imports` (`progress_at`) WHERE finished_at IS NULL;

CREATE INDEX `imports_resumed` ON `imports` (`resumes`) WHERE finished_at IS NULL AND resumes > 0;

CREATE TRIGGER imports_undo_status BEFORE UPDATE OF undo_status ON imports
WHEN NEW.undo_status NOT IN ('undoing', 'undone')
BEGIN
  SELECT RAISE(ABORT, 'rule: imports_undo_status');
END;

CREATE TABLE `invitations` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`email` text NOT NULL,
	`role` text NOT NULL,
	`first_name` text NOT NULL,
	`last_name` text NOT NULL,
	`invited_by` text NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`,`invited_by`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "invitations_role" CHECK(role IN ('ADMIN', 'EMPLOYEE'))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX `invitations_email` ON `invitations` (`tenant_id`,`email`);

CREATE TABLE `lake_days` (
	`tenant_id` text NOT NULL,
	`dataset` text NOT NULL,
	`day` text NOT NULL,
	`version` integer NOT NULL,
	`built` integer DEFAULT 0 NOT NULL,
	`generation` integer DEFAULT 0 NOT NULL, `asked_at` text,
	PRIMARY KEY(`tenant_id`, `dataset`, `day`),
	CONSTRAINT "lake_days_dataset" CHECK(dataset IN ('purchases', 'daily_summary', 'products', 'events'))
) STRICT, WITHOUT ROWID;

CREATE INDEX `lake_days_asked` ON `lake_days` (`asked_at`) WHERE asked_at IS NOT NULL;

CREATE INDEX `lake_days_touched` ON `lake_days` (`tenant_id`,`dataset`,`day`) WHERE built < version;

CREATE TABLE `lake_files` (
	`tenant_id` text NOT NULL,
	`key` text NOT NULL,
	`dataset` text NOT NULL,
	`day` text NOT NULL,
	`rows` integer NOT NULL,
	`bytes` integer NOT NULL,
	`etag` text NOT NULL,
	`created_at` text NOT NULL,
	`added` integer,
	`dropped` integer,
	`dropped_at` text,
	PRIMARY KEY(`tenant_id`, `key`)
) STRICT, WITHOUT ROWID;

CREATE INDEX `lake_files_dropped` ON `lake_files` (`dropped_at`) WHERE dropped_at IS NOT NULL;

CREATE TABLE `lake_shops` (
	`tenant_id` text PRIMARY KEY NOT NULL,
	`revision` integer NOT NULL
, `night` text, `sealed_day` text DEFAULT '' NOT NULL, `sealed_end` text DEFAULT '' NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE `late_sales` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`placed_at` text NOT NULL,
	`sale_id` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `placed_at`, `sale_id`)
) STRICT, WITHOUT ROWID;

CREATE TABLE `link_tokens` (
	`tenant_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`purpose` text NOT NULL,
	`subject_id` text NOT NULL,
	`email` text NOT NULL,
	`expires_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `token_hash`),
	CONSTRAINT "link_tokens_purpose" CHECK(purpose IN ('password', 'email', 'invitation'))
) STRICT, WITHOUT ROWID;

CREATE INDEX `link_tokens_subject` ON `link_tokens` (`tenant_id`,`subject_id`,`purpose`);

CREATE TABLE `mail_bounces` (
	`tenant_id` text NOT NULL,
	`recipient` text NOT NULL,
	`reason` text NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `recipient`)
) STRICT, WITHOUT ROWID;

CREATE TABLE `mails` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`cause_id` text NOT NULL,
	`recipient` text NOT NULL,
	`status` text DEFAULT 'pending' NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`due_at` text NOT NULL,
	`last_error` text,
	`created_at` text NOT NULL,
	`sent_at` text, `language` text, `trace` text,
	PRIMARY KEY(`tenant_id`, `id`),
	CONSTRAINT "mails_status" CHECK(status IN ('pending', 'sent', 'failed', 'skipped')),
	CONSTRAINT "mails_attempts" CHECK(attempts >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX `mails_due` ON `mails` (`due_at`) WHERE status = 'pending';

CREATE INDEX `mails_recipient` ON `mails` (`tenant_id`,`recipient`,`id`);

CREATE UNIQUE INDEX `mails_subject` ON `mails` (`tenant_id`,`subject_id`,`kind`,`recipient`,`cause_id`);

CREATE TABLE `monthly_totals` (
	`tenant_id` text NOT NULL,
	`month` text NOT NULL,
	`name` text NOT NULL,
	`totals` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `name`, `month`),
	CONSTRAINT "monthly_totals_totals" CHECK(json_valid(totals))
) STRICT, WITHOUT ROWID;

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

CREATE TABLE `order_tokens` (
	`tenant_id` text NOT NULL,
	`sale_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`expires_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `sale_id`, `token_hash`),
	FOREIGN KEY (`tenant_id`,`sale_id`) REFERENCES `sales`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;

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
	`attempts` integer DEFAULT 0 NOT NULL,
	`last_error` text,
	`retry_at` text, `refunded_amount` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`,`sale_id`) REFERENCES `sales`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "payments_provider" CHECK(provider IN ('manual', 'stripe')),
	CONSTRAINT "payments_status" CHECK(status IN ('received', 'refund_due', 'refunded')),
	CONSTRAINT "payments_amount" CHECK(amount BETWEEN 0 AND 9007199254740991)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX `payments_by_hand` ON `payments` (`tenant_id`,`sale_id`) WHERE provider = 'manual';

CREATE UNIQUE INDEX `payments_provider_ref` ON `payments` (`tenant_id`,`provider`,`provider_ref`) WHERE provider_ref IS NOT NULL;

CREATE INDEX `payments_retry` ON `payments` (`retry_at`) WHERE retry_at IS NOT NULL;

CREATE INDEX `payments_sale` ON `payments` (`tenant_id`,`sale_id`);

CREATE INDEX `payments_status` ON `payments` (`tenant_id`,`status`,`id`);

CREATE TABLE `platform_lists` (
	`tenant_id` text PRIMARY KEY NOT NULL,
	`names` text NOT NULL,
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "platform_lists_names" CHECK(json_valid(names) AND json_array_length(names) <= 100)
) STRICT, WITHOUT ROWID;

CREATE TABLE `product_barcodes` (
	`tenant_id` text NOT NULL,
	`code` text NOT NULL,
	`product_id` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `code`),
	FOREIGN KEY (`tenant_id`,`product_id`) REFERENCES `products`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;

CREATE TABLE `product_categories` (
	`tenant_id` text NOT NULL,
	`part` integer NOT NULL,
	`categories` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `part`),
	CONSTRAINT "product_categories_categories" CHECK(json_valid(categories))
) STRICT, WITHOUT ROWID;

CREATE TABLE `product_facets` (
	`tenant_id` text NOT NULL,
	`first_id` text NOT NULL,
	`products` text,
	PRIMARY KEY(`tenant_id`, `first_id`),
	CONSTRAINT "product_facets_products" CHECK(json_valid(products))
) STRICT, WITHOUT ROWID;

CREATE INDEX `product_facets_stale` ON `product_facets` (`tenant_id`,`first_id`) WHERE products IS NULL;

CREATE TABLE `product_neighbours` (
	`tenant_id` text NOT NULL,
	`product_id` text NOT NULL,
	`neighbours` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `product_id`),
	FOREIGN KEY (`tenant_id`,`product_id`) REFERENCES `products`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "product_neighbours_neighbours" CHECK(json_array_length(neighbours) BETWEEN 1 AND 20)
) STRICT, WITHOUT ROWID;

CREATE TABLE `product_numbers` (
	`tenant_id` text NOT NULL,
	`product_id` text NOT NULL,
	`number` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `product_id`)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX `product_numbers_number` ON `product_numbers` (`tenant_id`,`number`);

CREATE TRIGGER product_numbers_category AFTER INSERT ON product_numbers
BEGIN
  INSERT INTO product_categories (tenant_id, part, categories)
    SELECT NEW.tenant_id, NEW.number / 500, json_object(CAST(NEW.number AS TEXT), p.category) FROM products p
    WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.product_id AND p.category IS NOT NULL
    ON CONFLICT DO UPDATE SET categories = json_patch(categories, excluded.categories);
END;

CREATE VIRTUAL TABLE `product_search` USING fts5(title, author, details, description, codes, stems, near, near_description, starts, marks,
  content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='10 11');

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
	`updated_at` text NOT NULL, `title_key` text GENERATED ALWAYS AS (replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(lower(title), char(225), 'a'), char(224), 'a'), char(226), 'a'), char(228), 'a'), char(227), 'a'), char(229), 'a'), char(261), 'a'), char(193), 'a'), char(192), 'a'), char(194), 'a'), char(196), 'a'), char(195), 'a'), char(197), 'a'), char(260), 'a'), char(231), 'c'), char(263), 'c'), char(199), 'c'), char(262), 'c'), char(233), 'e'), char(232), 'e'), char(234), 'e'), char(235), 'e'), char(281), 'e'), char(201), 'e'), char(200), 'e'), char(202), 'e'), char(203), 'e'), char(280), 'e'), char(237), 'i'), char(236), 'i'), char(238), 'i'), char(239), 'i'), char(205), 'i'), char(204), 'i'), char(206), 'i'), char(207), 'i'), char(322), 'l'), char(321), 'l'), char(324), 'n'), char(323), 'n'), char(241), 'n~'), char(209), 'n~'), char(243), 'o'), char(242), 'o'), char(244), 'o'), char(246), 'o'), char(245), 'o'), char(248), 'o'), char(211), 'o'), char(210), 'o'), char(212), 'o'), char(214), 'o'), char(213), 'o'), char(216), 'o'), char(347), 's'), char(346), 's'), char(250), 'u'), char(249), 'u'), char(251), 'u'), char(252), 'u'), char(218), 'u'), char(217), 'u'), char(219), 'u'), char(220), 'u'), char(253), 'y'), char(221), 'y'), char(378), 'z'), char(380), 'z'), char(377), 'z'), char(379), 'z'), char(230), 'ae'), char(198), 'ae'), char(339), 'oe'), char(338), 'oe'), char(223), 'ss'), char(768), ''), char(769), ''), char(771), ''), char(776), ''), char(191), ''), char(161), ''), char(171), ''), char(8220), ''), char(34), '')) VIRTUAL, `series` text, `import_id` text, `cover_file` text GENERATED ALWAYS AS (CASE WHEN instr(cover_image_url, '/api/v1/covers/' || tenant_id || '/') > 0
        THEN substr(cover_image_url, instr(cover_image_url, '/api/v1/covers/' || tenant_id || '/')
          + length('/api/v1/covers/' || tenant_id || '/')) END) VIRTUAL, `rating_key` real GENERATED ALWAYS AS (coalesce(rating, -1)) VIRTUAL, `low_stock_threshold` integer, `text_version` integer DEFAULT 1 NOT NULL, `indexed_version` integer DEFAULT 0 NOT NULL, `sold` integer DEFAULT 0 NOT NULL, `barcodes` text DEFAULT '[]' NOT NULL, `sku_key` text, `unit` text DEFAULT 'piece' NOT NULL, `tax_rate_id` text, `added_by_import` text, `cost` integer, `removed_at` text, `last_sold_day` text DEFAULT '' NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "products_price_positive" CHECK(price BETWEEN 0 AND 9007199254740991),
	CONSTRAINT "products_stock_positive" CHECK(stock BETWEEN 0 AND 9007199254740991),
	CONSTRAINT "products_is_active" CHECK(is_active IN (0, 1))
) STRICT;

CREATE INDEX `products_by_author` ON `products` (`tenant_id`,`is_active`,`author`,`id`) WHERE author IS NOT NULL;

CREATE INDEX `products_by_category` ON `products` (`tenant_id`,`is_active`,`category`,`id`) WHERE category IS NOT NULL;

CREATE INDEX `products_by_category_price` ON `products` (`tenant_id`,`is_active`,`category`,`price`,`id`) WHERE category IS NOT NULL;

CREATE INDEX `products_by_category_rating` ON `products` (`tenant_id`,`is_active`,`category`,`rating_key`,`id`) WHERE category IS NOT NULL;

CREATE INDEX `products_by_category_title` ON `products` (`tenant_id`,`is_active`,`category`,`title_key`,`id`) WHERE category IS NOT NULL;

CREATE INDEX `products_by_isbn` ON `products` (`tenant_id`,`isbn`,`is_active`,`id`) WHERE isbn IS NOT NULL;

CREATE INDEX `products_by_language` ON `products` (`tenant_id`,`is_active`,`language`,`id`) WHERE language IS NOT NULL;

CREATE INDEX `products_by_last_sale` ON `products` (`tenant_id`,`last_sold_day`,`id`);

CREATE INDEX `products_by_price` ON `products` (`tenant_id`,`is_active`,`price`,`id`);

CREATE INDEX `products_by_rating` ON `products` (`tenant_id`,`is_active`,`rating_key`,`id`);

CREATE INDEX `products_by_series` ON `products` (`tenant_id`,`is_active`,`series`,`id`) WHERE series IS NOT NULL;

CREATE INDEX `products_by_sold` ON `products` (`tenant_id`,`is_active`,`sold`,`id`);

CREATE INDEX `products_by_title` ON `products` (`tenant_id`,`is_active`,`title_key`,`id`);

CREATE INDEX `products_by_update` ON `products` (`tenant_id`,`updated_at`,`id`);

CREATE INDEX `products_cover` ON `products` (`tenant_id`,`cover_file`) WHERE cover_file IS NOT NULL;

CREATE INDEX `products_low_stock` ON `products` (`tenant_id`,`id`) WHERE stock <= low_stock_threshold AND is_active = 1;

CREATE INDEX `products_newest` ON `products` (`tenant_id`,`is_active`,`id`);

CREATE INDEX `products_out` ON `products` (`tenant_id`,`is_active`,`id`) WHERE stock = 0;

CREATE UNIQUE INDEX `products_sku` ON `products` (`tenant_id`,`sku`);

CREATE UNIQUE INDEX `products_sku_key` ON `products` (`tenant_id`,`sku_key`);

CREATE INDEX `products_unindexed` ON `products` (`tenant_id`,`id`) WHERE indexed_version < text_version;

CREATE INDEX `products_unindexed_age` ON `products` (`updated_at`) WHERE indexed_version < text_version;

CREATE INDEX `products_without_sku_key` ON `products` (`tenant_id`,`id`) WHERE sku_key IS NULL;

CREATE TRIGGER category_counts_delete AFTER DELETE ON products
WHEN OLD.category IS NOT NULL AND OLD.is_active = 1
BEGIN
  UPDATE category_counts SET products = products - 1
  WHERE tenant_id = OLD.tenant_id AND category = OLD.category;
END;

CREATE TRIGGER category_counts_insert AFTER INSERT ON products
WHEN NEW.category IS NOT NULL AND NEW.is_active = 1
BEGIN
  INSERT INTO category_counts (tenant_id, category, products) VALUES (NEW.tenant_id, NEW.category, 1)
  ON CONFLICT (tenant_id, category) DO UPDATE SET products = products + 1;
END;

CREATE TRIGGER category_counts_update AFTER UPDATE OF category, is_active ON products
WHEN OLD.category IS NOT NEW.category OR OLD.is_active <> NEW.is_active
BEGIN
  UPDATE category_counts SET products = products - 1
  WHERE tenant_id = OLD.tenant_id AND category = OLD.category AND OLD.is_active = 1;
  INSERT INTO category_counts (tenant_id, category, products)
  SELECT NEW.tenant_id, NEW.category, 1 WHERE NEW.category IS NOT NULL AND NEW.is_active = 1
  ON CONFLICT (tenant_id, category) DO UPDATE SET products = products + 1;
END;

CREATE TRIGGER product_barcodes_delete BEFORE DELETE ON products
BEGIN
  DELETE FROM product_barcodes WHERE tenant_id = old.tenant_id AND code IN (SELECT value FROM json_each(old.barcodes));
END;

CREATE TRIGGER product_barcodes_insert AFTER INSERT ON products
WHEN new.barcodes <> '[]'
BEGIN
  INSERT INTO product_barcodes (tenant_id, code, product_id)
  SELECT new.tenant_id, value, new.id FROM json_each(new.barcodes);
END;

CREATE TRIGGER product_barcodes_update AFTER UPDATE OF barcodes ON products
WHEN new.barcodes <> old.barcodes
BEGIN
  DELETE FROM product_barcodes WHERE tenant_id = old.tenant_id AND code IN (SELECT value FROM json_each(old.barcodes));
  INSERT INTO product_barcodes (tenant_id, code, product_id)
  SELECT new.tenant_id, value, new.id FROM json_each(new.barcodes);
END;

CREATE TRIGGER product_facets_delete AFTER DELETE ON products
BEGIN
  UPDATE product_facets SET products = NULL
    WHERE tenant_id = OLD.tenant_id AND products IS NOT NULL AND first_id = (SELECT f.first_id FROM product_facets f
      WHERE f.tenant_id = OLD.tenant_id AND f.first_id <= OLD.id ORDER BY f.first_id DESC LIMIT 1);
END;

CREATE TRIGGER product_facets_insert AFTER INSERT ON products
BEGIN
  UPDATE product_facets SET products = NULL
    WHERE tenant_id = NEW.tenant_id AND products IS NOT NULL AND first_id = (SELECT f.first_id FROM product_facets f
      WHERE f.tenant_id = NEW.tenant_id AND f.first_id <= NEW.id ORDER BY f.first_id DESC LIMIT 1);
END;

CREATE TRIGGER product_facets_update AFTER UPDATE OF category, author, language, price, is_active, removed_at, stock ON products
  WHEN NEW.category IS NOT OLD.category OR NEW.author IS NOT OLD.author OR NEW.language IS NOT OLD.language OR NEW.price <> OLD.price
    OR NEW.is_active <> OLD.is_active OR (NEW.removed_at IS NULL) <> (OLD.removed_at IS NULL)
    OR (NEW.stock IS 0) <> (OLD.stock IS 0)
BEGIN
  UPDATE product_facets SET products = NULL
    WHERE tenant_id = NEW.tenant_id AND products IS NOT NULL AND first_id = (SELECT f.first_id FROM product_facets f
      WHERE f.tenant_id = NEW.tenant_id AND f.first_id <= NEW.id ORDER BY f.first_id DESC LIMIT 1);
END;

CREATE TRIGGER products_category AFTER UPDATE OF category ON products WHEN NEW.category IS NOT OLD.category
BEGIN
  INSERT INTO product_categories (tenant_id, part, categories)
    SELECT n.tenant_id, n.number / 500, json_object(CAST(n.number AS TEXT), NEW.category) FROM product_numbers n
    WHERE n.tenant_id = NEW.tenant_id AND n.product_id = NEW.id
    ON CONFLICT DO UPDATE SET categories = json_patch(categories, excluded.categories);
END;

CREATE TRIGGER products_category_delete AFTER DELETE ON products
BEGIN
  UPDATE product_categories SET categories = json_remove(categories, '$."' || n.number || '"') FROM product_numbers n
    WHERE n.tenant_id = OLD.tenant_id AND n.product_id = OLD.id
      AND product_categories.tenant_id = OLD.tenant_id AND product_categories.part = n.number / 500;
END;

CREATE TRIGGER products_insert_bounds BEFORE INSERT ON products
WHEN NEW.rating NOT BETWEEN 0 AND 5 OR length(NEW.isbn) <> 13
  OR NEW.publication_year NOT BETWEEN -3000 AND strftime('%Y', 'now') + 1
BEGIN
  SELECT RAISE(ABORT, 'rule: product_bounds');
END;

CREATE TRIGGER products_insert_tax_rate BEFORE INSERT ON products
WHEN NEW.tax_rate_id IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM tax_rates WHERE tenant_id = NEW.tenant_id AND id = NEW.tax_rate_id AND is_active = 1
)
BEGIN
  SELECT RAISE(ABORT, 'rule: product_tax_rate');
END;

CREATE TRIGGER products_insert_unit BEFORE INSERT ON products
WHEN NEW.unit NOT IN ('piece', 'kg', 'g', 'l', 'ml', 'm', 'm2', 'h')
  OR NEW.unit = 'piece' AND (NEW.stock % 1000 <> 0 OR NEW.low_stock_threshold % 1000 <> 0)
BEGIN
  SELECT RAISE(ABORT, 'rule: product_unit');
END;

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

CREATE TRIGGER products_update_bounds BEFORE UPDATE OF rating, isbn, publication_year ON products
WHEN NEW.rating NOT BETWEEN 0 AND 5 OR length(NEW.isbn) <> 13
  OR NEW.publication_year NOT BETWEEN -3000 AND strftime('%Y', 'now') + 1
BEGIN
  SELECT RAISE(ABORT, 'rule: product_bounds');
END;

CREATE TRIGGER products_update_tax_rate BEFORE UPDATE OF tax_rate_id ON products
WHEN NEW.tax_rate_id IS NOT NULL AND NEW.tax_rate_id IS NOT OLD.tax_rate_id AND NOT EXISTS (
  SELECT 1 FROM tax_rates WHERE tenant_id = NEW.tenant_id AND id = NEW.tax_rate_id AND is_active = 1
)
BEGIN
  SELECT RAISE(ABORT, 'rule: product_tax_rate');
END;

CREATE TRIGGER products_update_unit BEFORE UPDATE OF unit, stock, low_stock_threshold ON products
WHEN NEW.unit NOT IN ('piece', 'kg', 'g', 'l', 'ml', 'm', 'm2', 'h')
  OR NEW.unit = 'piece' AND (NEW.stock % 1000 <> 0 OR NEW.low_stock_threshold % 1000 <> 0)
BEGIN
  SELECT RAISE(ABORT, 'rule: product_unit');
END;

CREATE TRIGGER saved_items_was_out AFTER UPDATE OF stock ON products
WHEN NEW.stock = 0 AND OLD.stock IS NOT 0
BEGIN
  UPDATE saved_items SET was_out = 1
  WHERE tenant_id = NEW.tenant_id AND product_id = NEW.id AND was_out = 0;
END;

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

CREATE TABLE `rollup_runs` (
	`tenant_id` text PRIMARY KEY NOT NULL,
	`started_at` text NOT NULL,
	`finished_at` text NOT NULL,
	`days` integer NOT NULL
) STRICT, WITHOUT ROWID;

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
	`refunded` integer DEFAULT 0 NOT NULL, `unit` text DEFAULT 'piece' NOT NULL, `list_price` integer DEFAULT 0 NOT NULL, `discount` integer DEFAULT 0 NOT NULL, `discount_reason` text, `tax_rate_id` text, `tax_rate` integer, `tax` integer DEFAULT 0 NOT NULL, `net` integer GENERATED ALWAYS AS (subtotal - tax) VIRTUAL, `cost` integer,
	PRIMARY KEY(`tenant_id`, `sale_id`, `line_no`),
	FOREIGN KEY (`tenant_id`,`sale_id`) REFERENCES `sales`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`product_id`) REFERENCES `products`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "sale_lines_refunded" CHECK(refunded BETWEEN 0 AND max(quantity, 0)),
	CONSTRAINT "sale_lines_subtotal_safe" CHECK(subtotal BETWEEN -9007199254740991 AND 9007199254740991)
) STRICT, WITHOUT ROWID;

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
	`created_at` text NOT NULL, `number` integer, `shipping_address` text, `payment_provider` text, `hold_expires_at` text, `late_shift_id` text, `series` text GENERATED ALWAYS AS (CASE WHEN kind = 'refund' THEN 'R' WHEN channel = 'online' THEN 'A' ELSE 'C' END) VIRTUAL, `tax` integer DEFAULT 0 NOT NULL, `net` integer GENERATED ALWAYS AS (total - tax) VIRTUAL, `discount` integer DEFAULT 0 NOT NULL, `discount_reason` text, `rounding` integer DEFAULT 0 NOT NULL, `approved_by` text, `client_id` text, `is_offline` integer DEFAULT 0 NOT NULL, `is_void` integer DEFAULT 0 NOT NULL, `is_restocked` integer DEFAULT 0 NOT NULL, `utc_offset` integer, `placed_from` text, `version` integer DEFAULT 1 NOT NULL,
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

CREATE INDEX `sales_channel` ON `sales` (`tenant_id`,`channel`,`day`,`placed_at`,`id`);

CREATE UNIQUE INDEX `sales_client_id` ON `sales` (`tenant_id`,`client_id`) WHERE client_id IS NOT NULL;

CREATE INDEX `sales_customer` ON `sales` (`tenant_id`,`customer_key`,`day`,`placed_at`,`id`) WHERE customer_key IS NOT NULL;

CREATE INDEX `sales_day` ON `sales` (`tenant_id`,`day`,`placed_at`,`id`);

CREATE UNIQUE INDEX `sales_external_ref` ON `sales` (`tenant_id`,`external_ref`) WHERE external_ref IS NOT NULL;

CREATE INDEX `sales_held` ON `sales` (`hold_expires_at`,`tenant_id`,`id`) WHERE status = 'pending';

CREATE INDEX `sales_import` ON `sales` (`tenant_id`,`import_id`,`id`) WHERE import_id IS NOT NULL;

CREATE INDEX `sales_late` ON `sales` (`tenant_id`,`late_shift_id`,`id`) WHERE late_shift_id IS NOT NULL;

CREATE INDEX `sales_late_of_shift` ON `sales` (`tenant_id`,`shift_id`,`id`) WHERE late_shift_id IS NOT NULL;

CREATE INDEX `sales_placed_from` ON `sales` (`tenant_id`,`placed_from`) WHERE placed_from IS NOT NULL;

CREATE INDEX `sales_refund_of` ON `sales` (`tenant_id`,`refund_of`) WHERE refund_of IS NOT NULL;

CREATE INDEX `sales_refunds` ON `sales` (`tenant_id`,`day`,`placed_at`,`id`) WHERE kind = 'refund';

CREATE INDEX `sales_seller` ON `sales` (`tenant_id`,`seller_id`,`day`,`placed_at`,`id`) WHERE seller_id IS NOT NULL;

CREATE UNIQUE INDEX `sales_series_number` ON `sales` (`tenant_id`,`series`,`number`) WHERE number IS NOT NULL;

CREATE INDEX `sales_shift` ON `sales` (`tenant_id`,`shift_id`,`placed_at`) WHERE shift_id IS NOT NULL;

CREATE INDEX `sales_unfinished` ON `sales` (`tenant_id`,`status`,`day`,`placed_at`,`id`) WHERE status <> 'completed';

CREATE INDEX `sales_without_customer` ON `sales` (`tenant_id`,`customer_ref`) WHERE customer_id IS NULL AND customer_ref IS NOT NULL;

CREATE INDEX `sales_without_offset` ON `sales` (`tenant_id`,`day`) WHERE utc_offset IS NULL;

CREATE TRIGGER sales_customer_lake AFTER UPDATE OF customer_id ON sales WHEN NEW.customer_id IS NOT OLD.customer_id
BEGIN
  UPDATE lake_days SET version = version + 1 WHERE tenant_id = NEW.tenant_id AND dataset = 'purchases' AND day = NEW.day;
END;

CREATE TRIGGER sales_customer_merged AFTER INSERT ON sales WHEN NEW.customer_id IS NOT NULL AND EXISTS (
  SELECT 1 FROM customers WHERE tenant_id = NEW.tenant_id AND id = NEW.customer_id AND merged_into IS NOT NULL)
BEGIN
  UPDATE sales SET customer_id = (SELECT merged_into FROM customers WHERE tenant_id = NEW.tenant_id AND id = NEW.customer_id)
    WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
  INSERT INTO customer_merges (tenant_id, from_id, into_id, due_at, has_moved)
    SELECT tenant_id, id, merged_into, NEW.created_at, 1 FROM customers WHERE tenant_id = NEW.tenant_id AND id = NEW.customer_id
    ON CONFLICT (tenant_id, from_id) DO UPDATE SET has_moved = 1;
END;

CREATE TRIGGER sales_customer_moved AFTER UPDATE OF customer_id ON sales
WHEN OLD.customer_id IS NOT NULL AND NEW.customer_id IS NOT NULL AND NEW.customer_id <> OLD.customer_id
BEGIN
  UPDATE OR REPLACE customer_products SET customer_id = NEW.customer_id
    WHERE tenant_id = NEW.tenant_id AND sale_id = NEW.id AND customer_id = OLD.customer_id;
END;

CREATE TRIGGER sales_customer_record AFTER INSERT ON sales
WHEN NEW.customer_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM customers WHERE tenant_id = NEW.tenant_id AND id = NEW.customer_id)
BEGIN
  INSERT INTO customers (tenant_id, id, name, account_email, created_at, updated_at)
    SELECT tenant_id, id, trim(first_name || ' ' || last_name), iif(has_login = 1 AND erased_at IS NULL, email, NULL), created_at, created_at
    FROM users WHERE tenant_id = NEW.tenant_id AND id = NEW.customer_id;
  UPDATE users SET email = email WHERE tenant_id = NEW.tenant_id AND id = NEW.customer_id AND email_confirmed_at IS NOT NULL AND erased_at IS NULL;
END;

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

CREATE TRIGGER sales_give_back AFTER INSERT ON sales
WHEN NEW.kind = 'refund' AND NEW.channel = 'online' AND NEW.total < 0
BEGIN
  INSERT INTO payments (tenant_id, id, sale_id, provider, amount, currency, status, actor_id, created_at, retry_at)
  SELECT NEW.tenant_id, NEW.id, NEW.id, p.provider, -NEW.total, p.currency, 'refund_due', NEW.seller_id, NEW.created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', NEW.created_at, '+1 minute')
  FROM sales s CROSS JOIN payments p INDEXED BY payments_sale ON p.tenant_id = s.tenant_id AND p.sale_id = s.id
  WHERE s.tenant_id = NEW.tenant_id AND s.id = NEW.refund_of AND s.payment_method = NEW.payment_method
    AND p.status = 'received' AND p.provider <> 'manual';
  SELECT RAISE(ABORT, 'rule: more_than_paid')
  FROM payments p INDEXED BY payments_sale
  WHERE p.tenant_id = NEW.tenant_id AND p.sale_id = NEW.refund_of AND p.status = 'received' AND p.provider <> 'manual'
    AND p.amount < (
      SELECT sum(back.amount) FROM sales r INDEXED BY sales_refund_of
      CROSS JOIN payments back ON back.tenant_id = r.tenant_id AND back.id = r.id
      WHERE r.tenant_id = NEW.tenant_id AND r.refund_of = NEW.refund_of
    );
END;

CREATE TRIGGER sales_total_small BEFORE INSERT ON sales
WHEN NEW.channel <> 'import' AND NEW.total > 1000000000000
BEGIN
  SELECT RAISE(ABORT, 'rule: sales_total_safe');
END;

CREATE TABLE `saved_items` (
	`tenant_id` text NOT NULL,
	`user_id` text NOT NULL,
	`list` text NOT NULL,
	`product_id` text NOT NULL,
	`priority` integer NOT NULL,
	`price` integer NOT NULL,
	`was_out` integer NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `user_id`, `list`, `product_id`),
	FOREIGN KEY (`tenant_id`,`user_id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`product_id`) REFERENCES `products`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "saved_items_list" CHECK(list IN ('favorites', 'wishlist')),
	CONSTRAINT "saved_items_priority" CHECK(priority BETWEEN 0 AND 5 AND (list = 'favorites') = (priority = 0)),
	CONSTRAINT "saved_items_was_out" CHECK(was_out IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX `saved_items_in_stock` ON `saved_items` (`tenant_id`,`product_id`) WHERE was_out = 0;

CREATE INDEX `saved_items_order` ON `saved_items` (`tenant_id`,`user_id`,`list`,`priority`,created_at DESC,product_id DESC);

CREATE TRIGGER saved_items_full BEFORE INSERT ON saved_items
WHEN NOT EXISTS (
    SELECT 1 FROM saved_items WHERE tenant_id = NEW.tenant_id AND user_id = NEW.user_id AND list = NEW.list
      AND product_id = NEW.product_id
  ) AND 1000 <= (
    SELECT count(*) FROM saved_items WHERE tenant_id = NEW.tenant_id AND user_id = NEW.user_id AND list = NEW.list
  )
BEGIN
  SELECT RAISE(ABORT, 'rule: list_full');
END;

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

CREATE TRIGGER shift_audit_no_delete BEFORE DELETE ON shift_audit
BEGIN
  SELECT RAISE(ABORT, 'rule: append_only');
END;

CREATE TRIGGER shift_audit_no_replace BEFORE INSERT ON shift_audit
WHEN EXISTS (
  SELECT 1 FROM shift_audit WHERE tenant_id = NEW.tenant_id AND shift_id = NEW.shift_id AND id = NEW.id
)
BEGIN
  SELECT RAISE(ABORT, 'rule: append_only');
END;

CREATE TRIGGER shift_audit_no_update BEFORE UPDATE ON shift_audit
BEGIN
  SELECT RAISE(ABORT, 'rule: append_only');
END;

CREATE TABLE `shift_days` (
	`tenant_id` text NOT NULL,
	`shift_id` text NOT NULL,
	`day` text NOT NULL,
	`user_id` text NOT NULL,
	`seconds` integer NOT NULL,
	`unpaid_seconds` integer NOT NULL,
	`is_continued` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `shift_id`, `day`),
	FOREIGN KEY (`tenant_id`,`shift_id`) REFERENCES `shifts`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;

CREATE TRIGGER shift_days_delete AFTER DELETE ON shift_days
BEGIN
  UPDATE worked_totals SET totals = json_set(totals, '$."' || OLD.user_id || '"', json_array(
      totals ->> ('$."' || OLD.user_id || '"[0]') - OLD.seconds,
      totals ->> ('$."' || OLD.user_id || '"[1]') - OLD.unpaid_seconds,
      totals ->> ('$."' || OLD.user_id || '"[2]') - 1,
      totals ->> ('$."' || OLD.user_id || '"[3]') - OLD.is_continued))
    WHERE tenant_id = OLD.tenant_id AND interval = 'day' AND period = OLD.day;
  UPDATE worked_totals SET totals = json_set(totals, '$."' || OLD.user_id || '"', json_array(
      totals ->> ('$."' || OLD.user_id || '"[0]') - OLD.seconds,
      totals ->> ('$."' || OLD.user_id || '"[1]') - OLD.unpaid_seconds,
      totals ->> ('$."' || OLD.user_id || '"[2]') - 1,
      totals ->> ('$."' || OLD.user_id || '"[3]') - OLD.is_continued))
    WHERE tenant_id = OLD.tenant_id AND interval = 'month' AND period = substr(OLD.day, 1, 8) || '01';
END;

CREATE TRIGGER shift_days_insert AFTER INSERT ON shift_days
BEGIN
  INSERT INTO worked_totals (tenant_id, interval, period, totals) VALUES
    (NEW.tenant_id, 'day', NEW.day, json_object(NEW.user_id, json_array(NEW.seconds, NEW.unpaid_seconds, 1, NEW.is_continued))),
    (NEW.tenant_id, 'month', substr(NEW.day, 1, 8) || '01',
      json_object(NEW.user_id, json_array(NEW.seconds, NEW.unpaid_seconds, 1, NEW.is_continued)))
  ON CONFLICT DO UPDATE SET totals = json_set(totals, '$."' || NEW.user_id || '"', json_array(
    coalesce(totals ->> ('$."' || NEW.user_id || '"[0]'), 0) + NEW.seconds,
    coalesce(totals ->> ('$."' || NEW.user_id || '"[1]'), 0) + NEW.unpaid_seconds,
    coalesce(totals ->> ('$."' || NEW.user_id || '"[2]'), 0) + 1,
    coalesce(totals ->> ('$."' || NEW.user_id || '"[3]'), 0) + NEW.is_continued));
END;

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

CREATE INDEX `shifts_counted` ON `shifts` (`tenant_id`,`end_at`,`id`) WHERE counted_cash IS NOT NULL;

CREATE INDEX `shifts_day` ON `shifts` (`tenant_id`,`day`,`start_at`,`id`);

CREATE UNIQUE INDEX `shifts_open` ON `shifts` (`tenant_id`,`user_id`) WHERE status = 'OPEN';

CREATE INDEX `shifts_open_day` ON `shifts` (`tenant_id`,`day`,`start_at`,`id`) WHERE status = 'OPEN';

CREATE INDEX `shifts_user` ON `shifts` (`tenant_id`,`user_id`,`day`,`start_at`,`id`);

CREATE UNIQUE INDEX `shifts_z_number` ON `shifts` (`tenant_id`,`z_number`) WHERE z_number IS NOT NULL;

CREATE TRIGGER shifts_overlap BEFORE UPDATE OF start_at, end_at ON shifts
WHEN OLD.status = 'CLOSED' AND NEW.status = 'CLOSED' AND EXISTS (
  SELECT 1 FROM shifts
  WHERE tenant_id = OLD.tenant_id AND user_id = OLD.user_id AND id <> OLD.id
    AND start_at < NEW.end_at AND (end_at IS NULL OR end_at > NEW.start_at)
)
BEGIN
  SELECT RAISE(ABORT, 'rule: shift_overlap');
END;

CREATE TRIGGER shifts_worked_delete AFTER DELETE ON shifts
BEGIN
  DELETE FROM shift_days WHERE tenant_id = OLD.tenant_id AND shift_id = OLD.id;
  DELETE FROM unbuilt_shifts WHERE tenant_id = OLD.tenant_id AND shift_id = OLD.id;
END;

CREATE TRIGGER shifts_worked_insert AFTER INSERT ON shifts WHEN NEW.status = 'CLOSED'
BEGIN
  INSERT INTO unbuilt_shifts (tenant_id, shift_id) VALUES (NEW.tenant_id, NEW.id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER shifts_worked_update AFTER UPDATE OF status, start_at, end_at ON shifts
  WHEN NEW.status = 'CLOSED' AND (OLD.status <> 'CLOSED' OR OLD.start_at <> NEW.start_at OR OLD.end_at <> NEW.end_at)
BEGIN
  DELETE FROM shift_days WHERE tenant_id = NEW.tenant_id AND shift_id = NEW.id;
  INSERT INTO unbuilt_shifts (tenant_id, shift_id) VALUES (NEW.tenant_id, NEW.id) ON CONFLICT DO NOTHING;
END;

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

CREATE INDEX `stock_discrepancies_by_product` ON `stock_discrepancies` (`tenant_id`,`product_id`,`is_open`,`created_at`,`id`);

CREATE INDEX `stock_discrepancies_by_time` ON `stock_discrepancies` (`tenant_id`,`is_open`,`created_at`,`id`);

CREATE INDEX `stock_discrepancies_sale` ON `stock_discrepancies` (`tenant_id`,`sale_id`);

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

CREATE UNIQUE INDEX `tax_rates_default` ON `tax_rates` (`tenant_id`) WHERE is_default = 1;

CREATE UNIQUE INDEX `tax_rates_name` ON `tax_rates` (`tenant_id`,`name`) WHERE is_active = 1;

CREATE TRIGGER tax_rates_used BEFORE UPDATE OF rate ON tax_rates
WHEN OLD.is_used = 1 AND NEW.rate <> OLD.rate
BEGIN
  SELECT RAISE(ABORT, 'rule: tax_rate_used');
END;

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
	`created_at` text NOT NULL, `hold_minutes` integer DEFAULT 30 NOT NULL, `require_if_match` integer DEFAULT 0 NOT NULL, `plan` text DEFAULT 'standard' NOT NULL, `legal_name` text, `tax_id` text, `address` text, `phone` text, `email` text, `locale` text DEFAULT 'es-ES' NOT NULL, `country` text, `prices_include_tax` integer DEFAULT 1 NOT NULL, `receipt_header` text, `receipt_footer` text, `max_discount_percent` integer DEFAULT 100000 NOT NULL, `allow_price_override` integer DEFAULT 1 NOT NULL, `cash_rounding` integer DEFAULT 0 NOT NULL, `oversell` text DEFAULT 'refuse' NOT NULL, `payment_methods` text DEFAULT '[]' NOT NULL, `scale_codes` text DEFAULT '[]' NOT NULL, `brand_color` text, `employees_see` text DEFAULT 'own' NOT NULL, `guest_hold_minutes` integer DEFAULT 15 NOT NULL, `pending_orders_per_customer` integer DEFAULT 5 NOT NULL, `pending_units_per_customer` integer DEFAULT 200 NOT NULL, `pending_orders_per_address` integer DEFAULT 20 NOT NULL, `pending_units_per_address` integer DEFAULT 600 NOT NULL, `order_mails` integer DEFAULT 1 NOT NULL,
	CONSTRAINT "tenants_is_active" CHECK(is_active IN (0, 1)),
	CONSTRAINT "tenants_require_shift_to_sell" CHECK(require_shift_to_sell IN (0, 1)),
	CONSTRAINT "tenants_idle_minutes" CHECK(idle_minutes BETWEEN 1 AND 480),
	CONSTRAINT "tenants_max_shift_hours" CHECK(max_shift_hours BETWEEN 1 AND 48)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX `tenants_slug` ON `tenants` (`slug`);

CREATE TRIGGER tenants_commerce_bounds BEFORE UPDATE OF max_discount_percent, allow_price_override, cash_rounding, oversell ON tenants
WHEN NEW.max_discount_percent NOT BETWEEN 0 AND 100000 OR NEW.allow_price_override NOT IN (0, 1)
  OR NEW.cash_rounding NOT BETWEEN 0 AND 1000000 OR NEW.oversell NOT IN ('refuse', 'allow')
BEGIN
  SELECT RAISE(ABORT, 'rule: tenants_commerce_bounds');
END;

CREATE TRIGGER tenants_currency_unused BEFORE UPDATE OF currency ON tenants
WHEN NEW.currency <> OLD.currency AND (EXISTS (SELECT 1 FROM sales WHERE tenant_id = NEW.id)
  OR EXISTS (SELECT 1 FROM imports WHERE tenant_id = NEW.id AND finished_at IS NULL))
BEGIN
  SELECT RAISE(ABORT, 'rule: tenants_currency');
END;

CREATE TRIGGER tenants_order_bounds BEFORE UPDATE OF guest_hold_minutes, pending_orders_per_customer, pending_units_per_customer,
  pending_orders_per_address, pending_units_per_address ON tenants
WHEN NEW.guest_hold_minutes NOT BETWEEN 1 AND 1440 OR NEW.pending_orders_per_customer NOT BETWEEN 1 AND 1000000
  OR NEW.pending_units_per_customer NOT BETWEEN 1 AND 1000000 OR NEW.pending_orders_per_address NOT BETWEEN 1 AND 1000000
  OR NEW.pending_units_per_address NOT BETWEEN 1 AND 1000000
BEGIN
  SELECT RAISE(ABORT, 'rule: tenants_order_bounds');
END;

CREATE TRIGGER tenants_plan_known BEFORE UPDATE OF plan ON tenants
WHEN NEW.plan NOT IN ('trial', 'standard', 'large')
BEGIN
  SELECT RAISE(ABORT, 'rule: tenants_plan');
END;

CREATE TRIGGER tenants_plan_known_first BEFORE INSERT ON tenants
WHEN NEW.plan NOT IN ('trial', 'standard', 'large')
BEGIN
  SELECT RAISE(ABORT, 'rule: tenants_plan');
END;

CREATE TRIGGER tenants_product_facets AFTER INSERT ON tenants
BEGIN
  INSERT INTO product_facets (tenant_id, first_id) VALUES (NEW.id, '');
END;

CREATE TRIGGER tenants_timezone_events AFTER UPDATE OF timezone ON tenants
WHEN NEW.timezone <> OLD.timezone
BEGIN
  INSERT INTO lake_days (tenant_id, dataset, day, version)
    SELECT DISTINCT NEW.id, 'events', date(d.day, shift.value || ' days'), 1
    FROM lake_days d CROSS JOIN json_each('[-1, 0, 1]') AS shift
    WHERE d.tenant_id = NEW.id AND d.dataset = 'events' AND date(d.day, shift.value || ' days') >
      coalesce((SELECT s.sealed_day FROM lake_shops s WHERE s.tenant_id = NEW.id), '')
    ON CONFLICT (tenant_id, dataset, day) DO UPDATE SET version = version + 1;
END;

CREATE TRIGGER tenants_timezone_worked AFTER UPDATE OF timezone ON tenants WHEN NEW.timezone <> OLD.timezone
BEGIN
  DELETE FROM worked_totals WHERE tenant_id = NEW.id;
  DELETE FROM shift_days WHERE tenant_id = NEW.id;
  INSERT INTO unbuilt_shifts (tenant_id, shift_id)
    SELECT tenant_id, id FROM shifts WHERE tenant_id = NEW.id AND status = 'CLOSED' ON CONFLICT DO NOTHING;
END;

CREATE TABLE `unbuilt_months` (
	`tenant_id` text NOT NULL,
	`month` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `month`)
) STRICT, WITHOUT ROWID;

CREATE TABLE `unbuilt_shifts` (
	`tenant_id` text NOT NULL,
	`shift_id` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `shift_id`),
	FOREIGN KEY (`tenant_id`,`shift_id`) REFERENCES `shifts`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;

CREATE TABLE `unbuilt_timelines` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`claim` text,
	PRIMARY KEY(`tenant_id`, `day`)
) STRICT, WITHOUT ROWID;

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
	`created_at` text NOT NULL, `self_registered` integer DEFAULT 0 NOT NULL, `erased_at` text, `email_confirmed_at` text, `has_login` integer DEFAULT 1 NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "users_role" CHECK(role IN ('ADMIN', 'EMPLOYEE', 'CUSTOMER')),
	CONSTRAINT "users_is_active" CHECK(is_active IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX `users_alerts_by_mail` ON `users` (`tenant_id`,`id`) WHERE preferences ->> 'alerts_by_mail' = 1;

CREATE INDEX `users_daily_summary` ON `users` (`tenant_id`,`id`) WHERE preferences ->> 'daily_summary' = 1;

CREATE UNIQUE INDEX `users_email` ON `users` (`tenant_id`,`email`);

CREATE INDEX `users_logins` ON `users` (`tenant_id`,`id`) WHERE has_login = 1;

CREATE INDEX `users_role` ON `users` (`tenant_id`,`role`,`id`) WHERE has_login = 1;

CREATE INDEX `users_weekly_report` ON `users` (`tenant_id`,`id`) WHERE preferences ->> 'weekly_report' = 1;

CREATE TRIGGER users_customer_email AFTER UPDATE OF email, email_confirmed_at ON users WHEN NEW.has_login = 1 AND NEW.erased_at IS NULL
BEGIN
  INSERT INTO customers (tenant_id, id, name, account_email, created_at, updated_at)
    SELECT NEW.tenant_id, NEW.id, trim(NEW.first_name || ' ' || NEW.last_name), NEW.email, NEW.created_at, NEW.created_at
    WHERE NEW.email_confirmed_at IS NOT NULL AND EXISTS (
      SELECT 1 FROM customers WHERE tenant_id = NEW.tenant_id AND email = NEW.email AND id <> NEW.id)
    ON CONFLICT DO NOTHING;
  UPDATE customers SET account_email = NEW.email, version = version + 1
    WHERE tenant_id = NEW.tenant_id AND id = NEW.id AND account_email IS NOT NEW.email;
  UPDATE customers SET merged_into = NEW.id, version = version + 1, updated_at = NEW.email_confirmed_at
    WHERE tenant_id = NEW.tenant_id AND NEW.email_confirmed_at IS NOT NULL AND id <> NEW.id AND account_email IS NULL AND id = (
      SELECT coalesce(merged_into, id) FROM customers WHERE tenant_id = NEW.tenant_id AND email = NEW.email);
  UPDATE customers SET email = NULL
    WHERE tenant_id = NEW.tenant_id AND email = NEW.email AND id <> NEW.id AND NEW.email_confirmed_at IS NOT NULL;
  UPDATE customers SET email = iif(NEW.email_confirmed_at IS NULL, NULL, NEW.email), version = version + 1
    WHERE tenant_id = NEW.tenant_id AND id = NEW.id AND email IS NOT iif(NEW.email_confirmed_at IS NULL, NULL, NEW.email);
END;

CREATE TRIGGER users_customer_erased AFTER UPDATE OF erased_at ON users WHEN NEW.erased_at IS NOT NULL
BEGIN
  UPDATE customers SET name = NULL, email = NULL, account_email = NULL, phone = NULL, tax_id = NULL, addresses = '[]', note = NULL,
      language = NULL, accepts_mail_at = NULL, external_ref = NULL, version = version + 1, erased_at = NEW.erased_at
    WHERE tenant_id = NEW.tenant_id AND (id = NEW.id OR merged_into = NEW.id);
END;

CREATE TRIGGER users_customer_insert AFTER INSERT ON users WHEN NEW.has_login = 1 AND (NEW.role = 'CUSTOMER' OR NEW.email_confirmed_at IS NOT NULL)
BEGIN
  INSERT INTO customers (tenant_id, id, name, account_email, created_at, updated_at)
    SELECT NEW.tenant_id, NEW.id, trim(NEW.first_name || ' ' || NEW.last_name), NEW.email, NEW.created_at, NEW.created_at
    WHERE NEW.role = 'CUSTOMER';
  UPDATE users SET email = email WHERE tenant_id = NEW.tenant_id AND id = NEW.id AND email_confirmed_at IS NOT NULL;
END;

CREATE TRIGGER users_customer_name AFTER UPDATE OF first_name, last_name ON users WHEN NEW.has_login = 1 AND NEW.erased_at IS NULL
BEGIN
  UPDATE customers SET name = trim(NEW.first_name || ' ' || NEW.last_name), version = version + 1
    WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
END;

CREATE TRIGGER users_customer_role AFTER UPDATE OF role ON users WHEN NEW.role = 'CUSTOMER' AND OLD.role <> 'CUSTOMER'
BEGIN
  INSERT INTO customers (tenant_id, id, name, account_email, created_at, updated_at)
    VALUES (NEW.tenant_id, NEW.id, trim(NEW.first_name || ' ' || NEW.last_name), NEW.email, NEW.created_at, NEW.created_at)
    ON CONFLICT DO NOTHING;
  UPDATE users SET email = email WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
END;

CREATE TRIGGER users_erased BEFORE UPDATE ON users
WHEN OLD.erased_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'rule: erased');
END;

CREATE TRIGGER users_erased_on_shift BEFORE UPDATE OF erased_at ON users
WHEN NEW.erased_at IS NOT NULL AND EXISTS (
  SELECT 1 FROM shifts WHERE tenant_id = OLD.tenant_id AND user_id = OLD.id AND status = 'OPEN'
)
BEGIN
  SELECT RAISE(ABORT, 'rule: erased_on_shift');
END;

CREATE TRIGGER users_erased_while_buying BEFORE UPDATE OF erased_at ON users
WHEN NEW.erased_at IS NOT NULL AND EXISTS (
  SELECT 1 FROM sales INDEXED BY sales_unfinished
  WHERE tenant_id = OLD.tenant_id AND status <> 'completed' AND status = 'pending' AND customer_id = OLD.id
)
BEGIN
  SELECT RAISE(ABORT, 'rule: erased_while_buying');
END;

CREATE TRIGGER users_last_admin BEFORE UPDATE OF role, is_active ON users
WHEN OLD.role = 'ADMIN' AND OLD.is_active = 1 AND NOT (NEW.role = 'ADMIN' AND NEW.is_active = 1)
  AND NOT EXISTS (
    SELECT 1 FROM users
    WHERE tenant_id = OLD.tenant_id AND id <> OLD.id AND role = 'ADMIN' AND is_active = 1
  )
BEGIN
  SELECT RAISE(ABORT, 'rule: last_admin');
END;

CREATE TABLE `webhook_deliveries` (
	`tenant_id` text NOT NULL,
	`endpoint_id` text NOT NULL,
	`event_id` text NOT NULL,
	`subject` text NOT NULL,
	`status` text NOT NULL,
	`attempts` integer NOT NULL,
	`due_at` text NOT NULL,
	`last_status` integer,
	`last_error` text,
	`created_at` text NOT NULL,
	`delivered_at` text,
	PRIMARY KEY(`tenant_id`, `endpoint_id`, `event_id`),
	FOREIGN KEY (`tenant_id`,`event_id`) REFERENCES `events`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "webhook_deliveries_status" CHECK(status IN ('pending', 'delivered', 'failed', 'dead'))
) STRICT, WITHOUT ROWID;

CREATE INDEX `webhook_deliveries_due` ON `webhook_deliveries` (`status`,`due_at`);

CREATE INDEX `webhook_deliveries_event` ON `webhook_deliveries` (`tenant_id`,`event_id`);

CREATE INDEX `webhook_deliveries_log` ON `webhook_deliveries` (`tenant_id`,`endpoint_id`,`status`,`event_id`);

CREATE INDEX `webhook_deliveries_order` ON `webhook_deliveries` (`tenant_id`,`endpoint_id`,`subject`,`event_id`) WHERE status = 'pending';

CREATE TABLE `webhook_endpoints` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`url` text NOT NULL,
	`event_types` text NOT NULL,
	`description` text,
	`is_enabled` integer DEFAULT 1 NOT NULL,
	`disabled_reason` text,
	`busy_until` text,
	`dead_in_row` integer DEFAULT 0 NOT NULL,
	`secret` text NOT NULL,
	`old_secrets` text DEFAULT '[]' NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL, `timeouts_in_row` integer DEFAULT 0 NOT NULL, `open_until` text,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "webhook_endpoints_is_enabled" CHECK(is_enabled IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER webhook_endpoints_full BEFORE INSERT ON webhook_endpoints
WHEN (SELECT count(*) FROM webhook_endpoints WHERE tenant_id = NEW.tenant_id) >= 20
BEGIN
  SELECT RAISE(ABORT, 'rule: webhook_endpoints_full');
END;

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

CREATE TABLE `worked_totals` (
	`tenant_id` text NOT NULL,
	`interval` text NOT NULL,
	`period` text NOT NULL,
	`totals` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `interval`, `period`),
	CONSTRAINT "worked_totals_interval" CHECK(interval IN ('day', 'month')),
	CONSTRAINT "worked_totals_totals" CHECK(json_valid(totals))
) STRICT, WITHOUT ROWID;
