CREATE TABLE `import_held` (
	`tenant_id` text NOT NULL,
	`import_id` text NOT NULL,
	`invoice` text NOT NULL,
	`reason` text NOT NULL,
	`reread_before` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `import_id`, `invoice`),
	FOREIGN KEY (`tenant_id`,`import_id`) REFERENCES `imports`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
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
--> statement-breakpoint
CREATE INDEX `stock_discrepancies_sale` ON `stock_discrepancies` (`tenant_id`,`sale_id`);--> statement-breakpoint
ALTER TABLE `products` ADD `added_by_import` text;--> statement-breakpoint
ALTER TABLE `imports` ADD `plan` text;--> statement-breakpoint
ALTER TABLE `imports` ADD `rows_skipped` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `imports` ADD `rows_known` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `imports` ADD `bytes_reread` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `imports` ADD `rows_reread` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `imports` ADD `undo_status` text;--> statement-breakpoint
ALTER TABLE `imports` ADD `undo_step` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `imports` ADD `undone_sales` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `imports` ADD `undone_products` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `imports` ADD `undo_retained` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `customer_products_sale` ON `customer_products` (`tenant_id`,`sale_id`,`line_no`);--> statement-breakpoint
CREATE INDEX `sales_import` ON `sales` (`tenant_id`,`import_id`,`id`) WHERE import_id IS NOT NULL;
--> statement-breakpoint
-- A product that a file brought and that nothing has changed since. What earlier imports of sales added is not known.
UPDATE products SET added_by_import = import_id WHERE import_id IS NOT NULL AND version = 1;
--> statement-breakpoint
-- Nothing is read again of what a running import has read.
UPDATE imports SET bytes_reread = bytes_read, rows_reread = rows_read WHERE finished_at IS NULL;
--> statement-breakpoint
-- The responses that repeated requests get must have the fields of today.
UPDATE idempotency_keys SET body = json_insert(body, '$.rows_skipped', 0, '$.rows_known', 0, '$.undone_sales', 0,
  '$.undone_products', 0, '$.undo_retained', 0)
WHERE json_valid(body) AND json_type(body) = 'object' AND json_type(body, '$.bytes_total') = 'integer';
--> statement-breakpoint
CREATE TRIGGER imports_undo_status BEFORE UPDATE OF undo_status ON imports
WHEN NEW.undo_status NOT IN ('undoing', 'undone')
BEGIN
  SELECT RAISE(ABORT, 'rule: imports_undo_status');
END;
