-- What came with the further figures: a row in every table that is new and has none from the sales.
INSERT INTO daily_carts (tenant_id, day, started, ordered) VALUES
  ('01900000-0000-7000-8000-000000000001', '2026-01-02', 2, 1);
INSERT INTO daily_cart_lines (tenant_id, day, origin, added, ordered) VALUES
  ('01900000-0000-7000-8000-000000000001', '2026-01-02', 'search', 3, 1);
INSERT INTO daily_stock (tenant_id, day, age, products, uncosted, cost_value, price_value, taken_at) VALUES
  ('01900000-0000-7000-8000-000000000001', '2026-01-02', 31, 12, 1, 4500, 9900, '2026-01-02T03:30:00.000Z');
