-- What the same shop did once there were purchases, webhooks, recommendations and a lake: a row in every table that is new.
INSERT INTO cart_items (tenant_id, user_id, product_id, quantity, price, added_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000a2', '01900000-0000-7000-8000-0000000000c1', 2, 1250,
    '2025-06-01T10:00:00.000Z');
INSERT INTO saved_items (tenant_id, user_id, list, product_id, priority, price, was_out, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000a2', 'wishlist', '01900000-0000-7000-8000-0000000000c1',
    1, 1250, 0, '2025-06-01T10:00:00.000Z');
INSERT INTO webhook_endpoints (tenant_id, id, url, event_types, secret, created_at, updated_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000101', 'https://hooks.example.com/old',
    '["purchase.placed"]', 'whsec_AAAA', '2025-06-01T10:00:00.000Z', '2025-06-01T10:00:00.000Z');
INSERT INTO sales (tenant_id, id, kind, channel, status, customer_id, country, payment_method, payment_provider, number,
    shipping_address, total, units, lines, placed_at, day, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000102', 'sale', 'online', 'completed',
    '01900000-0000-7000-8000-0000000000a2', 'Spain', 'card', 'stripe', 10001,
    '{"name":"Nora Vega","lines":["Calle Mayor 1"],"city":"Madrid","postal_code":"28013","country":"ES"}', 1800, 2, 1,
    '2025-06-01T10:00:00.000Z', '2025-06-01', '2025-06-01T10:00:00.000Z');
INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price, subtotal, refunded) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000102', 1, '01900000-0000-7000-8000-0000000000c2', 'OLD',
    'Un libro callado', 2, 900, 1800, 1);
INSERT INTO payments (tenant_id, id, sale_id, provider, provider_ref, amount, currency, status, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000103', '01900000-0000-7000-8000-000000000102', 'stripe',
    'pi_old', 1800, 'EUR', 'received', '2025-06-01T10:01:00.000Z');
INSERT INTO sales (tenant_id, id, kind, channel, status, refund_of, reason, seller_id, customer_id, payment_method, total, units,
    lines, placed_at, day, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000104', 'refund', 'online', 'completed',
    '01900000-0000-7000-8000-000000000102', 'not wanted', '01900000-0000-7000-8000-0000000000a1',
    '01900000-0000-7000-8000-0000000000a2', 'card', -900, -1, 1, '2025-06-02T10:00:00.000Z', '2025-06-02', '2025-06-02T10:00:00.000Z');
INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price, subtotal) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000104', 1, '01900000-0000-7000-8000-0000000000c2', 'OLD',
    'Un libro callado', -1, 900, -900);
INSERT INTO dirty_days (tenant_id, day) VALUES
  ('01900000-0000-7000-8000-000000000001', '2025-06-01'), ('01900000-0000-7000-8000-000000000001', '2025-06-02');
INSERT INTO events (tenant_id, id, type, payload, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01972a00-0000-7000-8000-000000000105', 'purchase.placed',
    '{"id":"01900000-0000-7000-8000-000000000102"}', '2025-06-01T10:00:00.000Z');
INSERT INTO dead_letters (tenant_id, id, message_id, event_id, queue, body, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000106', 'm-1', '01972a00-0000-7000-8000-000000000105',
    'events', '{"tenant_id":"01900000-0000-7000-8000-000000000001","event_id":"01972a00-0000-7000-8000-000000000105"}',
    '2025-06-01T10:05:00.000Z');
INSERT INTO customer_products (tenant_id, customer_id, product_id, sale_id, line_no) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000a2', '01900000-0000-7000-8000-0000000000c1',
    '01900000-0000-7000-8000-0000000000e1', 1);
INSERT INTO daily_products (tenant_id, day, product_id, units, orders, revenue) VALUES
  ('01900000-0000-7000-8000-000000000001', '2025-03-02', '01900000-0000-7000-8000-0000000000c1', 2, 1, 2500);
INSERT INTO daily_baskets (tenant_id, day, lines, baskets) VALUES
  ('01900000-0000-7000-8000-000000000001', '2025-03-02', 1, '[["01900000-0000-7000-8000-0000000000c1"]]');
INSERT INTO product_neighbours (tenant_id, product_id, neighbours) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000c1', '[["01900000-0000-7000-8000-0000000000c2",0.5]]');
INSERT INTO lake_shops (tenant_id, revision) VALUES ('01900000-0000-7000-8000-000000000001', 3);
INSERT INTO lake_files (tenant_id, key, dataset, day, rows, bytes, etag, created_at, added) VALUES
  ('01900000-0000-7000-8000-000000000001',
    '01900000-0000-7000-8000-000000000001/purchases/year=2025/month=03/day=02/whole-01900000-0000-7000-8000-000000000107.parquet',
    'purchases', '2025-03-02', 2, 1000, '"etag"', '2025-03-03T03:30:00.000Z', 3);
