-- Events that no batch has claimed get one of their own: later ones are found after the last event of today.
UPDATE events SET batch_id = id WHERE exported_at IS NULL AND batch_id IS NULL;
--> statement-breakpoint
-- Events become a rowid table. The copy is made in steps, because D1 ends a statement after 30 seconds; each continues after the
-- last row of the one before it. Triggers that name events are dropped first, because the new table could not be renamed.
DROP TRIGGER products_low_stock;
--> statement-breakpoint
CREATE TABLE `__new_events` (
	`seq` integer PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`type` text NOT NULL,
	`payload` text NOT NULL,
	`created_at` text NOT NULL,
	`batch_id` text,
	`exported_at` text
) STRICT;
--> statement-breakpoint
INSERT INTO __new_events (tenant_id, id, type, payload, created_at, batch_id, exported_at)
  SELECT tenant_id, id, type, payload, created_at, batch_id, exported_at FROM events
  WHERE (tenant_id, id) > (coalesce((SELECT tenant_id FROM __new_events ORDER BY seq DESC LIMIT 1), ''),
    coalesce((SELECT id FROM __new_events ORDER BY seq DESC LIMIT 1), ''))
  ORDER BY tenant_id, id LIMIT 250000;
--> statement-breakpoint
INSERT INTO __new_events (tenant_id, id, type, payload, created_at, batch_id, exported_at)
  SELECT tenant_id, id, type, payload, created_at, batch_id, exported_at FROM events
  WHERE (tenant_id, id) > (coalesce((SELECT tenant_id FROM __new_events ORDER BY seq DESC LIMIT 1), ''),
    coalesce((SELECT id FROM __new_events ORDER BY seq DESC LIMIT 1), ''))
  ORDER BY tenant_id, id LIMIT 250000;
--> statement-breakpoint
INSERT INTO __new_events (tenant_id, id, type, payload, created_at, batch_id, exported_at)
  SELECT tenant_id, id, type, payload, created_at, batch_id, exported_at FROM events
  WHERE (tenant_id, id) > (coalesce((SELECT tenant_id FROM __new_events ORDER BY seq DESC LIMIT 1), ''),
    coalesce((SELECT id FROM __new_events ORDER BY seq DESC LIMIT 1), ''))
  ORDER BY tenant_id, id LIMIT 250000;
--> statement-breakpoint
INSERT INTO __new_events (tenant_id, id, type, payload, created_at, batch_id, exported_at)
  SELECT tenant_id, id, type, payload, created_at, batch_id, exported_at FROM events
  WHERE (tenant_id, id) > (coalesce((SELECT tenant_id FROM __new_events ORDER BY seq DESC LIMIT 1), ''),
    coalesce((SELECT id FROM __new_events ORDER BY seq DESC LIMIT 1), ''))
  ORDER BY tenant_id, id LIMIT 250000;
--> statement-breakpoint
INSERT INTO __new_events (tenant_id, id, type, payload, created_at, batch_id, exported_at)
  SELECT tenant_id, id, type, payload, created_at, batch_id, exported_at FROM events
  WHERE (tenant_id, id) > (coalesce((SELECT tenant_id FROM __new_events ORDER BY seq DESC LIMIT 1), ''),
    coalesce((SELECT id FROM __new_events ORDER BY seq DESC LIMIT 1), ''))
  ORDER BY tenant_id, id LIMIT 250000;
--> statement-breakpoint
INSERT INTO __new_events (tenant_id, id, type, payload, created_at, batch_id, exported_at)
  SELECT tenant_id, id, type, payload, created_at, batch_id, exported_at FROM events
  WHERE (tenant_id, id) > (coalesce((SELECT tenant_id FROM __new_events ORDER BY seq DESC LIMIT 1), ''),
    coalesce((SELECT id FROM __new_events ORDER BY seq DESC LIMIT 1), ''))
  ORDER BY tenant_id, id;
--> statement-breakpoint
-- Their foreign key would refuse the drop.
CREATE TABLE __deliveries AS SELECT * FROM webhook_deliveries;
--> statement-breakpoint
DELETE FROM webhook_deliveries;
--> statement-breakpoint
DROP TABLE events;
--> statement-breakpoint
ALTER TABLE __new_events RENAME TO events;
--> statement-breakpoint
CREATE UNIQUE INDEX `events_key` ON `events` (`tenant_id`,`id`);
--> statement-breakpoint
CREATE INDEX `events_batch` ON `events` (`tenant_id`,`batch_id`) WHERE batch_id IS NOT NULL AND exported_at IS NULL;
--> statement-breakpoint
CREATE TABLE `event_claims` (
	`id` integer PRIMARY KEY NOT NULL,
	`until` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO event_claims (id, until) SELECT 1, max(seq) FROM events HAVING max(seq) IS NOT NULL;
--> statement-breakpoint
INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id, subject, status, attempts, due_at, last_status, last_error, created_at, delivered_at)
  SELECT tenant_id, endpoint_id, event_id, subject, status, attempts, due_at, last_status, last_error, created_at, delivered_at FROM __deliveries;
--> statement-breakpoint
DROP TABLE __deliveries;
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_event` ON `webhook_deliveries` (`tenant_id`,`event_id`);
--> statement-breakpoint
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
--> statement-breakpoint
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
--> statement-breakpoint
ALTER TABLE `lake_shops` ADD `sealed_day` text DEFAULT '' NOT NULL;
--> statement-breakpoint
ALTER TABLE `lake_shops` ADD `sealed_end` text DEFAULT '' NOT NULL;
--> statement-breakpoint
-- The payloads in the lake no longer have addresses and names of devices: a day that is sealed could not lose them later.
UPDATE lake_days SET version = version + 1 WHERE dataset = 'events';
--> statement-breakpoint
DROP TRIGGER tenants_timezone_events;
--> statement-breakpoint
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
