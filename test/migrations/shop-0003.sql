-- A shop of 2025 as the first version kept it, a row or more in every table. Moves add up to stock, lines to their sale.
INSERT INTO tenants (id, slug, name, currency, timezone, revision, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', 'old', 'Librería vieja', 'EUR', 'Europe/Madrid', 5, '2025-03-01T08:00:00.000Z');
INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000a1', 'ana@example.com',
    '$scrypt$ln=14,r=8,p=5$StWIs2ROgknA522VRPv2pQ$s5tWW4jDPD5RvVTEgFyvJKjvD7-vny23cqg5qU4lCrY', 'Ana', 'Sol', 'ADMIN', '2025-03-01T08:00:00.000Z'),
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000a2', 'nora@example.com',
    '$scrypt$ln=14,r=8,p=5$StWIs2ROgknA522VRPv2pQ$s5tWW4jDPD5RvVTEgFyvJKjvD7-vny23cqg5qU4lCrY', 'Nora', 'Vega', 'CUSTOMER', '2025-03-01T08:05:00.000Z');
INSERT INTO auth_sessions (tenant_id, family, generation, user_id, token_hash, device, created_at, expires_at, used_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000b1', 1, '01900000-0000-7000-8000-0000000000a1',
    'a-hash', 'till', '2025-03-01T08:00:00.000Z', '2025-04-01T08:00:00.000Z', '2025-03-01T09:00:00.000Z');
INSERT INTO products (tenant_id, id, sku, title, description, category, price, stock, isbn, author, publisher, language, pages,
    publication_year, cover_image_url, rating, version, created_at, updated_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000c1', 'POEMS', 'Cuaderno del olivar',
    'Una lectura que empieza en voz baja.', 'Poesía', 1250, 8, '9788499907659', 'Graciela Bermejo', 'Zaguán', 'es', 139, 2008,
    'https://shop.example/api/v1/covers/01900000-0000-7000-8000-000000000001/5f2d2a53e8cbbe54a4a5a2f0d64b7f2d5f2d2a53e8cbbe54a4a5a2f0d64b7f2d.png',
    4.7, 3, '2025-03-01T08:10:00.000Z', '2025-03-02T10:00:00.000Z'),
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000c2', 'OLD', 'Un libro callado', NULL, NULL, 900,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, '2025-03-01T08:11:00.000Z', '2025-03-01T08:11:00.000Z');
INSERT INTO stock_moves (tenant_id, product_id, id, delta, reason, reference, actor_id, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000c1', '01900000-0000-7000-8000-0000000000d1', 10,
    'received', NULL, '01900000-0000-7000-8000-0000000000a1', '2025-03-01T08:10:00.000Z'),
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000c1', '01900000-0000-7000-8000-0000000000d2', -3,
    'sale', '01900000-0000-7000-8000-0000000000e1', '01900000-0000-7000-8000-0000000000a1', '2025-03-02T10:00:00.000Z'),
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000c1', '01900000-0000-7000-8000-0000000000d3', 1,
    'refund', '01900000-0000-7000-8000-0000000000e2', '01900000-0000-7000-8000-0000000000a1', '2025-03-02T11:00:00.000Z');
INSERT INTO shifts (tenant_id, id, user_id, status, start_at, day, end_at, opening_cash, counted_cash, z_number, z_report,
    last_activity_at, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000f1', '01900000-0000-7000-8000-0000000000a1',
    'CLOSED', '2025-03-02T09:00:00.000Z', '2025-03-02', '2025-03-02T17:00:00.000Z', 10000, 12400, 1,
    '{"report":"Z","z_number":1,"shift_id":"01900000-0000-7000-8000-0000000000f1","user_id":"01900000-0000-7000-8000-0000000000a1","start_at":"2025-03-02T09:00:00.000Z","end_at":"2025-03-02T17:00:00.000Z","currency":"EUR","sales":{"count":1,"total":3750},"refunds":{"count":1,"total":-1250},"total":2500,"by_payment_method":[{"payment_method":"cash","sales":3750,"refunds":-1250,"total":2500}],"by_category":[{"category":"Poesía","units":2,"total":2500}],"first_sale_at":"2025-03-02T10:00:00.000Z","last_sale_at":"2025-03-02T10:00:00.000Z","opening_cash":10000,"paid_in":0,"paid_out":100,"expected_cash":12400,"counted_cash":12400,"difference":0}',
    '2025-03-02T16:59:00.000Z', '2025-03-02T09:00:00.000Z');
INSERT INTO work_sessions (tenant_id, shift_id, id, device_label, start_at, end_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000f1', '01900000-0000-7000-8000-0000000000f2',
    'Till 1', '2025-03-02T09:00:00.000Z', '2025-03-02T17:00:00.000Z');
INSERT INTO breaks (tenant_id, shift_id, id, is_paid, start_at, end_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000f1', '01900000-0000-7000-8000-0000000000f3', 0,
    '2025-03-02T13:00:00.000Z', '2025-03-02T13:30:00.000Z');
INSERT INTO activity (tenant_id, shift_id, id, at, platform, kind, detail, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000f1', '01900000-0000-7000-8000-0000000000f4',
    '2025-03-02T12:00:00.000Z', 'phone', 'call', NULL, '2025-03-02T12:00:01.000Z');
INSERT INTO alerts (tenant_id, id, kind, shift_id, user_id, opened_at, closed_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000f5', 'idle', '01900000-0000-7000-8000-0000000000f1',
    '01900000-0000-7000-8000-0000000000a1', '2025-03-02T15:00:00.000Z', '2025-03-02T15:10:00.000Z');
INSERT INTO cash_moves (tenant_id, shift_id, id, kind, amount, reason, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000f1', '01900000-0000-7000-8000-0000000000f6',
    'paid_out', 100, 'stamps', '2025-03-02T14:00:00.000Z');
INSERT INTO platform_lists (tenant_id, names) VALUES ('01900000-0000-7000-8000-000000000001', '["phone","fair"]');
INSERT INTO shift_audit (tenant_id, shift_id, id, actor_id, action, reason, before, after, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000f1', '01900000-0000-7000-8000-0000000000f7',
    '01900000-0000-7000-8000-0000000000a1', 'correct', 'the clock was wrong', '{}', '{}', '2025-03-02T18:00:00.000Z');
INSERT INTO sales (tenant_id, id, kind, channel, status, refund_of, reason, seller_id, customer_id, customer_ref, shift_id, country,
    payment_method, external_ref, import_id, total, units, lines, placed_at, day, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000e1', 'sale', 'counter', 'completed', NULL, NULL,
    '01900000-0000-7000-8000-0000000000a1', '01900000-0000-7000-8000-0000000000a2', NULL, '01900000-0000-7000-8000-0000000000f1',
    NULL, 'cash', NULL, NULL, 3750, 3, 1, '2025-03-02T10:00:00.000Z', '2025-03-02', '2025-03-02T10:00:00.000Z'),
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000e2', 'refund', 'counter', 'completed',
    '01900000-0000-7000-8000-0000000000e1', 'torn', '01900000-0000-7000-8000-0000000000a1', '01900000-0000-7000-8000-0000000000a2',
    NULL, '01900000-0000-7000-8000-0000000000f1', NULL, 'cash', NULL, NULL, -1250, -1, 1, '2025-03-02T11:00:00.000Z', '2025-03-02',
    '2025-03-02T11:00:00.000Z'),
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000e3', 'sale', 'import', 'completed', NULL, NULL, NULL,
    NULL, '17850', NULL, 'Spain', NULL, '536365', '01900000-0000-7000-8000-0000000000e4', 1800, 2, 1, '2025-01-10T10:00:00.000Z',
    '2025-01-10', '2025-03-03T08:00:00.000Z');
INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price, exact_price, subtotal,
    refunded) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000e1', 1, '01900000-0000-7000-8000-0000000000c1',
    'POEMS', 'Cuaderno del olivar', 3, 1250, NULL, 3750, 1),
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000e2', 1, '01900000-0000-7000-8000-0000000000c1',
    'POEMS', 'Cuaderno del olivar', -1, 1250, NULL, -1250, 0),
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000e3', 1, '01900000-0000-7000-8000-0000000000c2',
    'OLD', 'Un libro callado', 2, 900, '9.00', 1800, 0);
INSERT INTO imports (tenant_id, id, kind, status, columns, ignored_columns, bytes_total, bytes_read, rows_read, rows_accepted,
    rows_rejected, actor_id, created_at, started_at, progress_at, finished_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000e4', 'sales', 'done', '["InvoiceNo"]', '[]', 100, 100,
    2, 1, 1, '01900000-0000-7000-8000-0000000000a1', '2025-03-03T08:00:00.000Z', '2025-03-03T08:00:01.000Z',
    '2025-03-03T08:00:02.000Z', '2025-03-03T08:00:02.000Z');
INSERT INTO import_rejects (tenant_id, import_id, row, reason, text) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000e4', 3, 'Quantity: is no number', 'x,y');
INSERT INTO events (tenant_id, id, type, payload, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01955555-0000-7000-8000-0000000000e5', 'sale.completed',
    '{"id":"01900000-0000-7000-8000-0000000000e1"}', '2025-03-02T10:00:00.000Z');
INSERT INTO idempotency_keys (tenant_id, actor, key, fingerprint, body, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000a1', 'till-1', 'a-fingerprint', '{}',
    '2025-03-02T10:00:00.000Z');
INSERT INTO daily_sales (tenant_id, day, sales, refunds, lines, units, revenue, customers) VALUES
  ('01900000-0000-7000-8000-000000000001', '2025-01-10', 1, 0, 1, 2, 1800, '["17850"]'),
  ('01900000-0000-7000-8000-000000000001', '2025-03-02', 1, 1, 2, 2, 2500, '["01900000-0000-7000-8000-0000000000a2"]');
INSERT INTO daily_countries (tenant_id, day, country, sales, refunds, lines, units, revenue, customers) VALUES
  ('01900000-0000-7000-8000-000000000001', '2025-01-10', 'Spain', 1, 0, 1, 2, 1800, '["17850"]'),
  ('01900000-0000-7000-8000-000000000001', '2025-03-02', 'Unspecified', 1, 1, 2, 2, 2500, '["01900000-0000-7000-8000-0000000000a2"]');
INSERT INTO daily_sellers (tenant_id, day, seller_id, sales, refunds, lines, units, revenue) VALUES
  ('01900000-0000-7000-8000-000000000001', '2025-03-02', '01900000-0000-7000-8000-0000000000a1', 1, 1, 2, 2, 2500);
INSERT INTO rollup_runs (tenant_id, started_at, finished_at, days) VALUES
  ('01900000-0000-7000-8000-000000000001', '2025-03-03T08:00:02.000Z', '2025-03-03T08:00:03.000Z', 1);
INSERT INTO dirty_days (tenant_id, day) VALUES ('01900000-0000-7000-8000-000000000001', '2025-03-04');
