-- The category of a product that was sold before it had one.
INSERT INTO product_categories (tenant_id, part, categories) VALUES
  ('01900000-0000-7000-8000-000000000001', 7, '{"3500":"Poesía"}');
