-- Each event makes its deliveries in its own transaction: one for each enabled endpoint of its shop that wants its type.
-- A ping is for the endpoint that it names, whatever types that one wants.
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
-- Each endpoint is paid for by every event of the shop.
CREATE TRIGGER webhook_endpoints_full BEFORE INSERT ON webhook_endpoints
WHEN (SELECT count(*) FROM webhook_endpoints WHERE tenant_id = NEW.tenant_id) >= 20
BEGIN
  SELECT RAISE(ABORT, 'rule: webhook_endpoints_full');
END;
