CREATE TABLE `mail_bounces` (
	`tenant_id` text NOT NULL,
	`recipient` text NOT NULL,
	`reason` text NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `recipient`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
DROP INDEX `mails_cause`;--> statement-breakpoint
ALTER TABLE `mails` ADD `language` text;--> statement-breakpoint
CREATE UNIQUE INDEX `mails_subject` ON `mails` (`tenant_id`,`subject_id`,`kind`,`recipient`,`cause_id`);--> statement-breakpoint
CREATE INDEX `mails_recipient` ON `mails` (`tenant_id`,`recipient`,`id`);--> statement-breakpoint
ALTER TABLE `tenants` ADD `order_mails` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE INDEX `users_daily_summary` ON `users` (`tenant_id`,`id`) WHERE preferences ->> 'daily_summary' = 1;--> statement-breakpoint
CREATE INDEX `products_low_stock` ON `products` (`tenant_id`,`id`) WHERE stock <= low_stock_threshold AND is_active = 1;--> statement-breakpoint

-- Whoever enters the address of a customer vouches for it.
CREATE TRIGGER customers_bounce_insert AFTER INSERT ON customers WHEN NEW.email IS NOT NULL
BEGIN
  DELETE FROM mail_bounces WHERE tenant_id = NEW.tenant_id AND recipient = NEW.email;
END;--> statement-breakpoint

CREATE TRIGGER customers_bounce_update AFTER UPDATE OF email ON customers WHEN NEW.email IS NOT OLD.email AND NEW.email IS NOT NULL
BEGIN
  DELETE FROM mail_bounces WHERE tenant_id = NEW.tenant_id AND recipient = NEW.email;
END;
