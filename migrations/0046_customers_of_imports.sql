ALTER TABLE `customers` ADD `added_by_import` text;--> statement-breakpoint
CREATE INDEX `customers_import` ON `customers` (`tenant_id`,`added_by_import`,`id`) WHERE added_by_import IS NOT NULL;--> statement-breakpoint
ALTER TABLE `imports` ADD `undone_customers` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `sales_without_customer` ON `sales` (`tenant_id`,`customer_ref`) WHERE customer_id IS NULL AND customer_ref IS NOT NULL;--> statement-breakpoint

-- The lake names the customers of sales.
CREATE TRIGGER sales_customer_lake AFTER UPDATE OF customer_id ON sales WHEN NEW.customer_id IS NOT OLD.customer_id
BEGIN
  UPDATE lake_days SET version = version + 1 WHERE tenant_id = NEW.tenant_id AND dataset = 'purchases' AND day = NEW.day;
END;
