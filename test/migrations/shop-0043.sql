-- What came with guests: a cart with a token, and a link to an order.
INSERT INTO carts (tenant_id, id, token_hash, created_from, created_at, expires_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000d1', 'hash of a token', 'hash of a network', '2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z');
INSERT INTO order_tokens (tenant_id, sale_id, token_hash, expires_at)
  SELECT tenant_id, id, 'hash of a token', '2026-02-01T00:00:00.000Z' FROM sales WHERE channel = 'online' AND kind = 'sale' LIMIT 1;
