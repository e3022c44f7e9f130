ALTER TABLE `tenants` ADD `legal_name` text;--> statement-breakpoint
ALTER TABLE `tenants` ADD `tax_id` text;--> statement-breakpoint
ALTER TABLE `tenants` ADD `address` text;--> statement-breakpoint
ALTER TABLE `tenants` ADD `phone` text;--> statement-breakpoint
ALTER TABLE `tenants` ADD `email` text;--> statement-breakpoint
ALTER TABLE `tenants` ADD `locale` text DEFAULT 'es-ES' NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `country` text;--> statement-breakpoint
ALTER TABLE `tenants` ADD `prices_include_tax` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `receipt_header` text;--> statement-breakpoint
ALTER TABLE `tenants` ADD `receipt_footer` text;--> statement-breakpoint
-- Amounts have no currency besides that of the shop.
CREATE TRIGGER tenants_currency_unused BEFORE UPDATE OF currency ON tenants
WHEN NEW.currency <> OLD.currency AND (EXISTS (SELECT 1 FROM sales WHERE tenant_id = NEW.id)
  OR EXISTS (SELECT 1 FROM imports WHERE tenant_id = NEW.id AND finished_at IS NULL))
BEGIN
  SELECT RAISE(ABORT, 'rule: tenants_currency');
END;
--> statement-breakpoint
-- The events of a day are those between its local midnights. The neighbouring days may get events that they did not have.
CREATE TRIGGER tenants_timezone_events AFTER UPDATE OF timezone ON tenants
WHEN NEW.timezone <> OLD.timezone
BEGIN
  INSERT INTO lake_days (tenant_id, dataset, day, version)
    SELECT DISTINCT NEW.id, 'events', date(d.day, shift.value || ' days'), 1
    FROM lake_days d CROSS JOIN json_each('[-1, 0, 1]') AS shift
    WHERE d.tenant_id = NEW.id AND d.dataset = 'events'
    ON CONFLICT (tenant_id, dataset, day) DO UPDATE SET version = version + 1;
END;
