-- What came with the mails of commerce: an address that bounced, and an ADMIN who wants the daily summary.
INSERT INTO mail_bounces (tenant_id, recipient, reason, at) VALUES
  ('01900000-0000-7000-8000-000000000001', 'luz@sol.example', 'E_RECIPIENT_SUPPRESSED', '2026-03-01T09:00:00.000Z');
UPDATE users SET preferences = json_set(preferences, '$.daily_summary', json('true'))
  WHERE tenant_id = '01900000-0000-7000-8000-000000000001' AND role = 'ADMIN';
