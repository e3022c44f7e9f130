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
--> statement-breakpoint
-- A mapping may be saved again under its name.
CREATE TRIGGER import_mappings_full BEFORE INSERT ON import_mappings
WHEN (SELECT count(*) FROM import_mappings WHERE tenant_id = NEW.tenant_id AND name <> NEW.name) >= 50
BEGIN
  SELECT RAISE(ABORT, 'rule: import_mappings_full');
END;
