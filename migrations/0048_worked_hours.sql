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
--> statement-breakpoint
CREATE TABLE `unbuilt_shifts` (
	`tenant_id` text NOT NULL,
	`shift_id` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `shift_id`),
	FOREIGN KEY (`tenant_id`,`shift_id`) REFERENCES `shifts`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `worked_totals` (
	`tenant_id` text NOT NULL,
	`interval` text NOT NULL,
	`period` text NOT NULL,
	`totals` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `interval`, `period`),
	CONSTRAINT "worked_totals_interval" CHECK(interval IN ('day', 'month')),
	CONSTRAINT "worked_totals_totals" CHECK(json_valid(totals))
) STRICT, WITHOUT ROWID;

--> statement-breakpoint
INSERT INTO unbuilt_shifts (tenant_id, shift_id) SELECT tenant_id, id FROM shifts WHERE status = 'CLOSED';
--> statement-breakpoint
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
--> statement-breakpoint
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
--> statement-breakpoint
CREATE TRIGGER shifts_worked_insert AFTER INSERT ON shifts WHEN NEW.status = 'CLOSED'
BEGIN
  INSERT INTO unbuilt_shifts (tenant_id, shift_id) VALUES (NEW.tenant_id, NEW.id) ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER shifts_worked_update AFTER UPDATE OF status, start_at, end_at ON shifts
  WHEN NEW.status = 'CLOSED' AND (OLD.status <> 'CLOSED' OR OLD.start_at <> NEW.start_at OR OLD.end_at <> NEW.end_at)
BEGIN
  DELETE FROM shift_days WHERE tenant_id = NEW.tenant_id AND shift_id = NEW.id;
  INSERT INTO unbuilt_shifts (tenant_id, shift_id) VALUES (NEW.tenant_id, NEW.id) ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER shifts_worked_delete AFTER DELETE ON shifts
BEGIN
  DELETE FROM shift_days WHERE tenant_id = OLD.tenant_id AND shift_id = OLD.id;
  DELETE FROM unbuilt_shifts WHERE tenant_id = OLD.tenant_id AND shift_id = OLD.id;
END;
--> statement-breakpoint
CREATE TRIGGER breaks_worked_insert AFTER INSERT ON breaks WHEN NEW.is_paid = 0
BEGIN
  DELETE FROM shift_days WHERE tenant_id = NEW.tenant_id AND shift_id = NEW.shift_id;
  INSERT INTO unbuilt_shifts (tenant_id, shift_id)
    SELECT tenant_id, id FROM shifts WHERE tenant_id = NEW.tenant_id AND id = NEW.shift_id AND status = 'CLOSED'
    ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER breaks_worked_update AFTER UPDATE OF is_paid, start_at, end_at ON breaks WHEN OLD.is_paid = 0 OR NEW.is_paid = 0
BEGIN
  DELETE FROM shift_days WHERE tenant_id = NEW.tenant_id AND shift_id = NEW.shift_id;
  INSERT INTO unbuilt_shifts (tenant_id, shift_id)
    SELECT tenant_id, id FROM shifts WHERE tenant_id = NEW.tenant_id AND id = NEW.shift_id AND status = 'CLOSED'
    ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER breaks_worked_delete AFTER DELETE ON breaks WHEN OLD.is_paid = 0
BEGIN
  DELETE FROM shift_days WHERE tenant_id = OLD.tenant_id AND shift_id = OLD.shift_id;
  INSERT INTO unbuilt_shifts (tenant_id, shift_id)
    SELECT tenant_id, id FROM shifts WHERE tenant_id = OLD.tenant_id AND id = OLD.shift_id AND status = 'CLOSED'
    ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER tenants_timezone_worked AFTER UPDATE OF timezone ON tenants WHEN NEW.timezone <> OLD.timezone
BEGIN
  DELETE FROM worked_totals WHERE tenant_id = NEW.id;
  DELETE FROM shift_days WHERE tenant_id = NEW.id;
  INSERT INTO unbuilt_shifts (tenant_id, shift_id)
    SELECT tenant_id, id FROM shifts WHERE tenant_id = NEW.id AND status = 'CLOSED' ON CONFLICT DO NOTHING;
END;
