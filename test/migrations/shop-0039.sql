-- What came with goals.
INSERT INTO goals (tenant_id, month, user_id, target) VALUES
  ('01900000-0000-7000-8000-000000000001', '2026-01', '', 1500000);
