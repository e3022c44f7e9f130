-- What came with customers: a record without an account, and one that was merged into it.
INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role, is_active, created_at, has_login) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000c1', '01900000-0000-7000-8000-0000000000c1@no-login.invalid', 'none', '', '', 'CUSTOMER', 0, '2026-01-01T00:00:00.000Z', 0),
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000c2', '01900000-0000-7000-8000-0000000000c2@no-login.invalid', 'none', '', '', 'CUSTOMER', 0, '2026-01-01T00:00:00.000Z', 0);
INSERT INTO customers (tenant_id, id, name, email, external_ref, merged_into, created_at, updated_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000c1', 'Begoña Núñez', 'begona@example.com', NULL, NULL, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'),
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000c2', NULL, NULL, '12346', '01900000-0000-7000-8000-0000000000c1', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z');
INSERT INTO customer_merges (tenant_id, from_id, into_id, due_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000c2', '01900000-0000-7000-8000-0000000000c1', '2026-01-01T00:00:00.000Z');
