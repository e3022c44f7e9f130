CREATE INDEX `users_alerts_by_mail` ON `users` (`tenant_id`,`id`) WHERE preferences ->> 'alerts_by_mail' = 1;--> statement-breakpoint
CREATE TRIGGER events_mails AFTER INSERT ON events WHEN NEW.type IN ('product.low_stock', 'shift.idle')
BEGIN
  INSERT INTO mails (tenant_id, id, kind, subject_id, cause_id, recipient, due_at, created_at)
  SELECT NEW.tenant_id,
    printf('%08x-%04x-7%s-%s%s-%s', ms >> 16, ms & 65535, substr(lower(hex(randomblob(2))), 2),
      substr('89ab', 1 + (random() & 3), 1), substr(lower(hex(randomblob(2))), 2), lower(hex(randomblob(6)))),
    NEW.type, NEW.id, NEW.id, u.email, NEW.created_at, NEW.created_at
  FROM (SELECT CAST(round(unixepoch('now', 'subsec') * 1000) AS INTEGER) AS ms)
  CROSS JOIN users u INDEXED BY users_alerts_by_mail WHERE u.tenant_id = NEW.tenant_id AND u.preferences ->> 'alerts_by_mail' = 1
    AND u.role = 'ADMIN' AND u.is_active = 1 AND u.email_confirmed_at IS NOT NULL
  ON CONFLICT DO NOTHING;
END;
