-- The same shop before quantities became thousandths: a product at its low stock threshold, a day that is in the lake, the sale,
-- the refund, the stock move and the cash movement that tills may still repeat, and a row in every table that is new.
INSERT INTO products (tenant_id, id, sku, sku_key, title, price, stock, low_stock_threshold, barcodes, created_at, updated_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000c3', 'LOW', 'low', 'Un libro escaso', 500, 2, 2, '["96385074"]', '2026-10-01T08:00:00.000Z', '2026-10-01T08:00:00.000Z');
INSERT INTO stock_moves (tenant_id, product_id, id, delta, reason, actor_id, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000c3', '01900000-0000-7000-8000-0000000000d4', 2, 'received', '01900000-0000-7000-8000-0000000000a1', '2026-10-01T08:00:00.000Z');
UPDATE products SET sold = 2 WHERE tenant_id = '01900000-0000-7000-8000-000000000001' AND id = '01900000-0000-7000-8000-0000000000c1';
INSERT INTO lake_days (tenant_id, dataset, day, version, built, generation) VALUES
  ('01900000-0000-7000-8000-000000000001', 'daily_summary', '2025-03-01', 4, 4, 1), ('01900000-0000-7000-8000-000000000001', 'events', '2025-03-02', 2, 2, 1);
UPDATE lake_days SET built = version, generation = 1 WHERE tenant_id = '01900000-0000-7000-8000-000000000001' AND dataset = 'purchases' AND day = '2025-03-02';
INSERT INTO idempotency_keys (tenant_id, actor, key, fingerprint, body, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000a1', 'till-sale', 'bAwwZDfRx9QrLGWeirsKCYWfKZVV95UPlV8Absdu2o8',
    '{"id":"01900000-0000-7000-8000-0000000000e1","kind":"sale","channel":"counter","status":"completed","refund_of":null,"reason":null,"seller_id":"01900000-0000-7000-8000-0000000000a1","shift_id":"01900000-0000-7000-8000-0000000000f1","customer_id":"01900000-0000-7000-8000-0000000000a2","customer_ref":null,"country":null,"payment_method":"cash","external_ref":null,"total":3750,"units":3,"lines":1,"placed_at":"2025-03-02T10:00:00.000Z","day":"2025-03-02","created_at":"2025-03-02T10:00:00.000Z","number":null,"payment_provider":null,"hold_expires_at":null,"shipping_address":null,"currency":"EUR","items":[{"line_no":1,"product_id":"01900000-0000-7000-8000-0000000000c1","sku":"POEMS","description":"Cuaderno del olivar","quantity":3,"unit_price":1250,"exact_price":null,"subtotal":3750,"refunded":0}]}',
    '2025-03-02T10:00:00.000Z'),
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000a1', 'till-stock', 'yEs_icu1U8V7sTazVQNwd9UNQ8QCd6RbBDoX2DleKhQ',
    '{"id":"01900000-0000-7000-8000-0000000000d4","product_id":"01900000-0000-7000-8000-0000000000c3","delta":2,"reason":"received","reference":null,"stock":2,"created_at":"2026-10-01T08:00:00.000Z"}',
    '2026-10-01T08:00:00.000Z'),
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000a1', 'till-refund', 'a-fingerprint',
    '{"id":"01900000-0000-7000-8000-0000000000e2","kind":"refund","channel":"counter","status":"completed","refund_of":"01900000-0000-7000-8000-0000000000e1","reason":"torn","seller_id":"01900000-0000-7000-8000-0000000000a1","shift_id":"01900000-0000-7000-8000-0000000000f1","customer_id":"01900000-0000-7000-8000-0000000000a2","customer_ref":null,"country":null,"payment_method":"cash","external_ref":null,"total":-1250,"units":-1,"lines":1,"placed_at":"2025-03-02T11:00:00.000Z","day":"2025-03-02","created_at":"2025-03-02T11:00:00.000Z","number":null,"payment_provider":null,"hold_expires_at":null,"shipping_address":null,"currency":"EUR","items":[{"line_no":1,"product_id":"01900000-0000-7000-8000-0000000000c1","sku":"POEMS","description":"Cuaderno del olivar","quantity":-1,"unit_price":1250,"exact_price":null,"subtotal":-1250,"refunded":0}]}',
    '2025-03-02T11:00:00.000Z'),
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000a1', 'till-cash', 'M4P-9DlMx-EJjgQjugre34MmuHZ1WgnFtzyhFaxupag',
    '{"id":"01900000-0000-7000-8000-0000000000f6","shift_id":"01900000-0000-7000-8000-0000000000f1","kind":"paid_out","amount":100,"reason":"stamps","created_at":"2025-03-02T14:00:00.000Z"}',
    '2025-03-02T14:00:00.000Z');
INSERT INTO clock_runs (clock, ended_at) VALUES ('* * * * *', '2026-10-01T08:00:00.000Z');
