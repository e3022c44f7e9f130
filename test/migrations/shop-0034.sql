-- What came with late sales: a row in every table that is new.
INSERT INTO late_sales (tenant_id, day, placed_at, sale_id) VALUES
  ('01900000-0000-7000-8000-000000000001', '1999-02-02', '1999-02-02T10:00:00.000Z', '01900000-0000-7000-8000-000000000401');
