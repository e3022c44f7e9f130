-- What came with the log of changes and with erasing accounts: an entry, and an account that is being erased.
INSERT INTO audit_log (tenant_id, id, actor_id, action, entity_id, before, after, request_id)
VALUES ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000201',
  '01900000-0000-7000-8000-0000000000a1', 'product.changed', '01900000-0000-7000-8000-0000000000c1',
  '{"price":1200}', '{"price":1250}', '01900000-0000-7000-8000-000000000202');
INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role, created_at, is_active, erased_at)
VALUES ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000203',
  'erased-1@erased.invalid', 'erased', 'Erased', 'account', 'CUSTOMER', '2025-03-03T10:00:00.000Z', 0,
  '2025-03-04T10:00:00.000Z');
INSERT INTO erasures (tenant_id, user_id, email, step, after, due_at)
VALUES ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000203',
  'eva@example.com', 'sales', '', '2025-03-04T10:01:00.000Z');
