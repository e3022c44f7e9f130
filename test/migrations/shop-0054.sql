-- What came with API keys: a rotated secret key and a change that it made.
INSERT INTO api_keys (tenant_id, id, kind, name, secret_hash, last_four, old_secrets, scopes, allowed_ips, created_by, created_at, last_used_at)
  SELECT tenant_id, '01900000-0000-7000-8000-0000000000a1', 'secret', 'Till', 'hash', 'x7Qa', '[{"hash":"old","until":"2026-01-02T00:00:00.000Z"}]',
    '["products:write","sales:write"]', '["192.0.2.0/24"]', id, '2026-01-01T00:00:00.000Z', '2026-01-01T01:00:00.000Z'
  FROM users WHERE tenant_id = '01900000-0000-7000-8000-000000000001' AND role = 'ADMIN' ORDER BY id LIMIT 1;
INSERT INTO audit_log (tenant_id, id, actor_id, key_name, action, entity_id)
  VALUES ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000a2', '01900000-0000-7000-8000-0000000000a1', 'Till', 'product.changed', '01900000-0000-7000-8000-0000000000a3');
