ALTER TABLE `customer_merges` ADD `failing_since` text;--> statement-breakpoint
ALTER TABLE `customer_merges` ADD `has_moved` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `customers` ADD `account_email` text;--> statement-breakpoint
ALTER TABLE `customers` ADD `erased_at` text;--> statement-breakpoint
ALTER TABLE `customers` ADD `words` text GENERATED ALWAYS AS (' ' || replace(tenant_id, '-', '') || replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(coalesce(name, '') || ' ' || coalesce(email, '') || ' ' || coalesce(account_email, '') || ' ' || coalesce(replace(replace(replace(replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '.', ''), '/', ''), '(', ''), ')', ''), '+', ''), ' ', '') || iif(phone LIKE '+%', ' ' || substr(replace(replace(replace(replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '.', ''), '/', ''), '(', ''), ')', ''), '+', ''), ' ', ''), 2) || ' ' || substr(replace(replace(replace(replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '.', ''), '/', ''), '(', ''), ')', ''), '+', ''), ' ', ''), 3) || ' '
  || substr(replace(replace(replace(replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '.', ''), '/', ''), '(', ''), ')', ''), '+', ''), ' ', ''), 4), ''), '') || ' ' || coalesce(replace(replace(replace(replace(tax_id, ' ', ''), '-', ''), '.', ''), '/', ''), ''), '-', ' '), '.', ' '), ',', ' '), '''', ' '), '’', ' '), '@', ' '), '_', ' '), '+', ' '), '/', ' '), '(', ' '), ')', ' '), '&', ' '), '·', ' '), ' ', ' '), ' ', ' ' || replace(tenant_id, '-', ''))) VIRTUAL;--> statement-breakpoint
CREATE INDEX `customers_live` ON `customers` (`tenant_id`,`id`) WHERE merged_into IS NULL AND erased_at IS NULL;--> statement-breakpoint

-- The index has the words of the record that is neither merged nor erased, each with the id of its shop before it.
DROP TRIGGER customers_search_insert;--> statement-breakpoint
DROP TRIGGER customers_search_update;--> statement-breakpoint
DROP TRIGGER customers_search_delete;--> statement-breakpoint
DROP TABLE customer_search;--> statement-breakpoint
CREATE VIRTUAL TABLE customer_search USING fts5(words, content='', contentless_delete=1,
  tokenize='unicode61 remove_diacritics 2', prefix='34 35');--> statement-breakpoint

UPDATE customers SET (account_email, erased_at) = (
  SELECT iif(u.has_login = 1 AND u.erased_at IS NULL, u.email, NULL), u.erased_at FROM users u
  WHERE u.tenant_id = customers.tenant_id AND u.id = customers.id);--> statement-breakpoint

INSERT INTO customer_search (rowid, words) SELECT rowid, words FROM customers WHERE merged_into IS NULL AND erased_at IS NULL;--> statement-breakpoint

CREATE TRIGGER customers_search_insert AFTER INSERT ON customers WHEN NEW.merged_into IS NULL AND NEW.erased_at IS NULL
BEGIN
  INSERT INTO customer_search (rowid, words) VALUES (NEW.rowid, NEW.words);
END;--> statement-breakpoint

CREATE TRIGGER customers_search_update AFTER UPDATE OF name, email, account_email, phone, tax_id, merged_into, erased_at ON customers
WHEN NEW.words <> OLD.words OR NEW.merged_into IS NOT OLD.merged_into OR NEW.erased_at IS NOT OLD.erased_at
BEGIN
  DELETE FROM customer_search WHERE rowid = OLD.rowid;
  INSERT INTO customer_search (rowid, words) SELECT NEW.rowid, NEW.words WHERE NEW.merged_into IS NULL AND NEW.erased_at IS NULL;
END;--> statement-breakpoint

CREATE TRIGGER customers_search_delete AFTER DELETE ON customers
BEGIN
  DELETE FROM customer_search WHERE rowid = OLD.rowid;
END;--> statement-breakpoint

CREATE TRIGGER customers_merged_account BEFORE UPDATE OF merged_into ON customers
WHEN NEW.merged_into IS NOT NULL AND OLD.account_email IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'rule: merged_account');
END;--> statement-breakpoint

CREATE TRIGGER customers_merge_target BEFORE UPDATE OF merged_into ON customers
WHEN NEW.merged_into IS NOT NULL AND NOT EXISTS (SELECT 1 FROM customers
  WHERE tenant_id = NEW.tenant_id AND id = NEW.merged_into AND id <> NEW.id AND merged_into IS NULL AND erased_at IS NULL)
BEGIN
  SELECT RAISE(ABORT, 'rule: merge_target');
END;--> statement-breakpoint

-- The record that replaces another one gets what it lacks. The other one remains: its reference, and its address where both have
-- one, lead to the record that replaced it, without a chain. The sweep of merges moves the sales.
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
END;--> statement-breakpoint

-- A sale for a merged record, for example of an import that had read it before, belongs to the one that replaced it.
CREATE TRIGGER sales_customer_merged AFTER INSERT ON sales WHEN NEW.customer_id IS NOT NULL AND EXISTS (
  SELECT 1 FROM customers WHERE tenant_id = NEW.tenant_id AND id = NEW.customer_id AND merged_into IS NOT NULL)
BEGIN
  UPDATE sales SET customer_id = (SELECT merged_into FROM customers WHERE tenant_id = NEW.tenant_id AND id = NEW.customer_id)
    WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
  INSERT INTO customer_merges (tenant_id, from_id, into_id, due_at, has_moved)
    SELECT tenant_id, id, merged_into, NEW.created_at, 1 FROM customers WHERE tenant_id = NEW.tenant_id AND id = NEW.customer_id
    ON CONFLICT (tenant_id, from_id) DO UPDATE SET has_moved = 1;
END;--> statement-breakpoint

CREATE TRIGGER sales_customer_moved AFTER UPDATE OF customer_id ON sales
WHEN OLD.customer_id IS NOT NULL AND NEW.customer_id IS NOT NULL AND NEW.customer_id <> OLD.customer_id
BEGIN
  UPDATE OR REPLACE customer_products SET customer_id = NEW.customer_id
    WHERE tenant_id = NEW.tenant_id AND sale_id = NEW.id AND customer_id = OLD.customer_id;
END;--> statement-breakpoint

DROP TRIGGER users_customer_insert;--> statement-breakpoint
DROP TRIGGER users_customer_role;--> statement-breakpoint
DROP TRIGGER sales_customer_record;--> statement-breakpoint

-- An account has a record if it is a customer's, if it buys, or if a record has its confirmed address. Each trigger ends with an UPDATE
-- for users_customer_email, which follows the address.
CREATE TRIGGER users_customer_insert AFTER INSERT ON users WHEN NEW.has_login = 1 AND (NEW.role = 'CUSTOMER' OR NEW.email_confirmed_at IS NOT NULL)
BEGIN
  INSERT INTO customers (tenant_id, id, name, account_email, created_at, updated_at)
    SELECT NEW.tenant_id, NEW.id, trim(NEW.first_name || ' ' || NEW.last_name), NEW.email, NEW.created_at, NEW.created_at
    WHERE NEW.role = 'CUSTOMER';
  UPDATE users SET email = email WHERE tenant_id = NEW.tenant_id AND id = NEW.id AND email_confirmed_at IS NOT NULL;
END;--> statement-breakpoint

CREATE TRIGGER users_customer_role AFTER UPDATE OF role ON users WHEN NEW.role = 'CUSTOMER' AND OLD.role <> 'CUSTOMER'
BEGIN
  INSERT INTO customers (tenant_id, id, name, account_email, created_at, updated_at)
    VALUES (NEW.tenant_id, NEW.id, trim(NEW.first_name || ' ' || NEW.last_name), NEW.email, NEW.created_at, NEW.created_at)
    ON CONFLICT DO NOTHING;
  UPDATE users SET email = email WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
END;--> statement-breakpoint

CREATE TRIGGER sales_customer_record AFTER INSERT ON sales
WHEN NEW.customer_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM customers WHERE tenant_id = NEW.tenant_id AND id = NEW.customer_id)
BEGIN
  INSERT INTO customers (tenant_id, id, name, account_email, created_at, updated_at)
    SELECT tenant_id, id, trim(first_name || ' ' || last_name), iif(has_login = 1 AND erased_at IS NULL, email, NULL), created_at, created_at
    FROM users WHERE tenant_id = NEW.tenant_id AND id = NEW.customer_id;
  UPDATE users SET email = email WHERE tenant_id = NEW.tenant_id AND id = NEW.customer_id AND email_confirmed_at IS NOT NULL AND erased_at IS NULL;
END;--> statement-breakpoint

-- An erasure leaves the id and the dates, also of the records that were merged.
CREATE TRIGGER users_customer_erased AFTER UPDATE OF erased_at ON users WHEN NEW.erased_at IS NOT NULL
BEGIN
  UPDATE customers SET name = NULL, email = NULL, account_email = NULL, phone = NULL, tax_id = NULL, addresses = '[]', note = NULL,
      language = NULL, accepts_mail_at = NULL, external_ref = NULL, version = version + 1, erased_at = NEW.erased_at
    WHERE tenant_id = NEW.tenant_id AND (id = NEW.id OR merged_into = NEW.id);
END;--> statement-breakpoint

-- The record of an account has its address once it is confirmed. An older record with that address belongs to the same person.
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
