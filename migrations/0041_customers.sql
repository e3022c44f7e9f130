CREATE TABLE `customer_merges` (
	`tenant_id` text NOT NULL,
	`from_id` text NOT NULL,
	`into_id` text NOT NULL,
	`due_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `from_id`),
	FOREIGN KEY (`tenant_id`,`from_id`) REFERENCES `customers`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`into_id`) REFERENCES `customers`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `customer_merges_due` ON `customer_merges` (`due_at`);--> statement-breakpoint
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
	`updated_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`,`id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_id`,`merged_into`) REFERENCES `customers`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "customers_addresses" CHECK(json_valid(addresses))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `customers_email` ON `customers` (`tenant_id`,`email`) WHERE email IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `customers_external_ref` ON `customers` (`tenant_id`,`external_ref`) WHERE external_ref IS NOT NULL;--> statement-breakpoint
CREATE INDEX `customers_merged` ON `customers` (`tenant_id`,`merged_into`) WHERE merged_into IS NOT NULL;--> statement-breakpoint
DROP INDEX `users_role`;--> statement-breakpoint
ALTER TABLE `users` ADD `has_login` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE INDEX `users_logins` ON `users` (`tenant_id`,`id`) WHERE has_login = 1;--> statement-breakpoint
CREATE INDEX `users_role` ON `users` (`tenant_id`,`role`,`id`) WHERE has_login = 1;--> statement-breakpoint

CREATE VIRTUAL TABLE customer_search USING fts5(tenant, name, email, phone, tax_id,
  content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='2 3');--> statement-breakpoint

-- Merged and erased customers are not found. An address that an account has not confirmed is found, but identifies nobody.
CREATE TRIGGER customers_search_insert AFTER INSERT ON customers WHEN NEW.merged_into IS NULL
BEGIN
  INSERT INTO customer_search (rowid, tenant, name, email, phone, tax_id)
    SELECT NEW.rowid, replace(NEW.tenant_id, '-', ''), NEW.name,
      coalesce(NEW.email, (SELECT iif(has_login = 1 AND erased_at IS NULL, email, NULL) FROM users WHERE tenant_id = NEW.tenant_id AND id = NEW.id)),
      replace(replace(replace(replace(replace(NEW.phone, ' ', ''), '-', ''), '.', ''), '(', ''), ')', ''), NEW.tax_id;
END;--> statement-breakpoint

CREATE TRIGGER customers_search_update AFTER UPDATE OF name, email, phone, tax_id, merged_into ON customers
BEGIN
  DELETE FROM customer_search WHERE rowid = OLD.rowid;
  INSERT INTO customer_search (rowid, tenant, name, email, phone, tax_id)
    SELECT NEW.rowid, replace(NEW.tenant_id, '-', ''), NEW.name,
      coalesce(NEW.email, (SELECT iif(has_login = 1 AND erased_at IS NULL, email, NULL) FROM users WHERE tenant_id = NEW.tenant_id AND id = NEW.id)),
      replace(replace(replace(replace(replace(NEW.phone, ' ', ''), '-', ''), '.', ''), '(', ''), ')', ''), NEW.tax_id
    WHERE NEW.merged_into IS NULL;
END;--> statement-breakpoint

CREATE TRIGGER customers_search_delete AFTER DELETE ON customers
BEGIN
  DELETE FROM customer_search WHERE rowid = OLD.rowid;
END;--> statement-breakpoint

INSERT INTO customers (tenant_id, id, name, email, created_at, updated_at)
  SELECT tenant_id, id, iif(erased_at IS NULL, trim(first_name || ' ' || last_name), NULL),
    iif(erased_at IS NULL AND email_confirmed_at IS NOT NULL, email, NULL), created_at, created_at
  FROM users u WHERE role = 'CUSTOMER' OR EXISTS (
    SELECT 1 FROM sales s INDEXED BY sales_customer WHERE s.tenant_id = u.tenant_id AND s.customer_key = u.id);--> statement-breakpoint

-- An account of a customer has a record of the same id.
CREATE TRIGGER users_customer_insert AFTER INSERT ON users WHEN NEW.role = 'CUSTOMER' AND NEW.has_login = 1
BEGIN
  INSERT INTO customers (tenant_id, id, name, created_at, updated_at)
    VALUES (NEW.tenant_id, NEW.id, trim(NEW.first_name || ' ' || NEW.last_name), NEW.created_at, NEW.created_at);
END;--> statement-breakpoint

CREATE TRIGGER users_customer_role AFTER UPDATE OF role ON users WHEN NEW.role = 'CUSTOMER' AND OLD.role <> 'CUSTOMER'
BEGIN
  INSERT INTO customers (tenant_id, id, name, created_at, updated_at)
    VALUES (NEW.tenant_id, NEW.id, trim(NEW.first_name || ' ' || NEW.last_name), NEW.created_at, NEW.created_at)
    ON CONFLICT DO NOTHING;
END;--> statement-breakpoint

CREATE TRIGGER users_customer_name AFTER UPDATE OF first_name, last_name ON users WHEN NEW.has_login = 1 AND NEW.erased_at IS NULL
BEGIN
  UPDATE customers SET name = trim(NEW.first_name || ' ' || NEW.last_name), version = version + 1
    WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
END;--> statement-breakpoint

-- Whoever buys, staff too, has a record.
CREATE TRIGGER sales_customer_record AFTER INSERT ON sales
WHEN NEW.customer_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM customers WHERE tenant_id = NEW.tenant_id AND id = NEW.customer_id)
BEGIN
  INSERT INTO customers (tenant_id, id, name, created_at, updated_at)
    SELECT tenant_id, id, trim(first_name || ' ' || last_name), created_at, created_at FROM users
    WHERE tenant_id = NEW.tenant_id AND id = NEW.customer_id;
END;
