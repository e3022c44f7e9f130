-- What came with the months: a row in every table that is new.
INSERT INTO unbuilt_months (tenant_id, month) VALUES ('01900000-0000-7000-8000-000000000001', '1999-01-01');
INSERT INTO monthly_totals (tenant_id, name, month, totals) VALUES
  ('01900000-0000-7000-8000-000000000001', 'daily_sales', '1999-01-01', '[]');
INSERT INTO ranking_months (tenant_id, subject, month, part, totals) VALUES
  ('01900000-0000-7000-8000-000000000001', 'customers', '1999-01-01', 0, '[]');
