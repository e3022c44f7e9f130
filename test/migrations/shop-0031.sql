-- What came with mail: a row in every table that is new.
INSERT INTO invitations (tenant_id, id, email, role, first_name, last_name, invited_by, created_at, expires_at)
  SELECT tenant_id, '01900000-0000-7000-8000-0000000000f1', 'luz@sol.example', 'EMPLOYEE', 'Luz', 'Mar', id,
    '2026-03-01T09:00:00.000Z', '2026-03-08T09:00:00.000Z'
  FROM users WHERE tenant_id = '01900000-0000-7000-8000-000000000001' AND role = 'ADMIN' ORDER BY id LIMIT 1;
INSERT INTO link_tokens (tenant_id, token_hash, purpose, subject_id, email, expires_at) VALUES
  ('01900000-0000-7000-8000-000000000001', 'a-hash', 'invitation', '01900000-0000-7000-8000-0000000000f1', 'luz@sol.example',
    '2026-03-08T09:00:00.000Z');
INSERT INTO mails (tenant_id, id, kind, subject_id, cause_id, recipient, due_at, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000f2', 'invitation',
    '01900000-0000-7000-8000-0000000000f1', '01900000-0000-7000-8000-0000000000f2', 'luz@sol.example',
    '2026-03-01T09:00:00.000Z', '2026-03-01T09:00:00.000Z');
