-- What came with tax rates, approvals and tills without a connection: a row in every table that is new.
INSERT INTO tax_rates (tenant_id, id, name, rate, is_default, is_used, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000301', 'IVA 21 %', 21000, 1, 1, '2026-11-01T08:00:00.000Z'),
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000302', 'IVA 4 %', 4000, 0, 0, '2026-11-01T08:00:00.000Z');
INSERT INTO approval_pins (tenant_id, user_id, pin_hash, updated_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000a1', 'a-hash', '2026-11-01T08:00:00.000Z');
INSERT INTO sales (tenant_id, id, kind, channel, status, seller_id, shift_id, late_shift_id, payment_method, number, client_id, is_offline, total,
    tax, units, lines, placed_at, day, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000303', 'sale', 'counter', 'completed', '01900000-0000-7000-8000-0000000000a1', '01900000-0000-7000-8000-0000000000f1', '01900000-0000-7000-8000-0000000000f1', 'cash', 2, '01900000-0000-7000-8000-000000000304', 1, 1000, 174, 2000, 1,
    '2026-11-01T09:00:00.000Z', '2026-11-01', '2026-11-01T10:00:00.000Z');
INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, list_price, unit_price, tax_rate_id,
    tax_rate, tax, subtotal) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000303', 1, '01900000-0000-7000-8000-0000000000c3', 'LOW', 'Un libro escaso', 2000, 500, 500, '01900000-0000-7000-8000-000000000301', 21000, 174, 1000);
INSERT INTO sale_payments (tenant_id, sale_id, payment_no, method, amount, tendered) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000303', 1, 'cash', 1000, 2000);
INSERT INTO stock_discrepancies (tenant_id, id, product_id, sale_id, missing, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000305', '01900000-0000-7000-8000-0000000000c3', '01900000-0000-7000-8000-000000000303', 500, '2026-11-01T10:00:00.000Z');
INSERT INTO stock_moves (tenant_id, product_id, id, delta, reason, reference, actor_id, created_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000c3', '01900000-0000-7000-8000-0000000000d5', -1500, 'sale', '01900000-0000-7000-8000-000000000303', '01900000-0000-7000-8000-0000000000a1', '2026-11-01T10:00:00.000Z');
UPDATE products SET unit = 'kg' WHERE tenant_id = '01900000-0000-7000-8000-000000000001' AND id = '01900000-0000-7000-8000-0000000000c3';
UPDATE products SET stock = 500 WHERE tenant_id = '01900000-0000-7000-8000-000000000001' AND id = '01900000-0000-7000-8000-0000000000c3';
INSERT INTO dirty_days (tenant_id, day) VALUES ('01900000-0000-7000-8000-000000000001', '2026-11-01');
