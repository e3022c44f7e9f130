-- What came with mails and late sales: a row in every table that is new.
INSERT INTO late_sales (tenant_id, day, placed_at, sale_id) VALUES
  ('01900000-0000-7000-8000-000000000001', '1999-02-02', '1999-02-02T10:00:00.000Z', '01900000-0000-7000-8000-000000000401');
INSERT INTO invitations (tenant_id, id, email, role, first_name, last_name, invited_by, created_at, expires_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000411', 'another@example.com', 'EMPLOYEE', 'Another', 'Seller',
    '01900000-0000-7000-8000-0000000000a1', '2026-03-01T10:00:00.000Z', '2026-03-08T10:00:00.000Z');
INSERT INTO link_tokens (tenant_id, token_hash, purpose, subject_id, email, expires_at) VALUES
  ('01900000-0000-7000-8000-000000000001', 'another', 'invitation', '01900000-0000-7000-8000-000000000411', 'another@example.com',
    '2026-03-08T10:00:00.000Z');
INSERT INTO mails (tenant_id, id, kind, subject_id, cause_id, recipient, due_at, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000412', 'invitation', '01900000-0000-7000-8000-000000000411',
    '01900000-0000-7000-8000-000000000411', 'another@example.com', '2026-03-01T10:00:00.000Z', '2026-03-01T10:00:00.000Z');
