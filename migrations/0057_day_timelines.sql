CREATE TABLE `day_timelines` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`part` integer NOT NULL,
	`totals` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `part`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `unbuilt_timelines` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`claim` text,
	PRIMARY KEY(`tenant_id`, `day`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO unbuilt_timelines (tenant_id, day) SELECT tenant_id, day FROM daily_sales WHERE sales + refunds >= 50;
--> statement-breakpoint
CREATE TRIGGER daily_sales_timeline_insert AFTER INSERT ON daily_sales
BEGIN
  DELETE FROM day_timelines WHERE tenant_id = NEW.tenant_id AND day = NEW.day;
  INSERT INTO unbuilt_timelines (tenant_id, day) SELECT NEW.tenant_id, NEW.day
    WHERE NEW.sales + NEW.refunds >= 50 OR EXISTS (SELECT 1 FROM unbuilt_timelines WHERE tenant_id = NEW.tenant_id AND day = NEW.day)
    ON CONFLICT DO UPDATE SET claim = NULL WHERE claim IS NOT NULL;
END;
--> statement-breakpoint
CREATE TRIGGER daily_sales_timeline_update AFTER UPDATE ON daily_sales
BEGIN
  DELETE FROM day_timelines WHERE tenant_id = NEW.tenant_id AND day = NEW.day;
  INSERT INTO unbuilt_timelines (tenant_id, day) SELECT NEW.tenant_id, NEW.day
    WHERE NEW.sales + NEW.refunds >= 50 OR EXISTS (SELECT 1 FROM unbuilt_timelines WHERE tenant_id = NEW.tenant_id AND day = NEW.day)
    ON CONFLICT DO UPDATE SET claim = NULL WHERE claim IS NOT NULL;
END;
--> statement-breakpoint
CREATE TRIGGER daily_sales_timeline_delete AFTER DELETE ON daily_sales
BEGIN
  DELETE FROM day_timelines WHERE tenant_id = OLD.tenant_id AND day = OLD.day;
  INSERT INTO unbuilt_timelines (tenant_id, day) SELECT OLD.tenant_id, OLD.day
    WHERE EXISTS (SELECT 1 FROM unbuilt_timelines WHERE tenant_id = OLD.tenant_id AND day = OLD.day)
    ON CONFLICT DO UPDATE SET claim = NULL WHERE claim IS NOT NULL;
END;
