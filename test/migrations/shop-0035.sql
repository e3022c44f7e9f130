-- What came with the mappings of imports: a row in every table that is new.
INSERT INTO import_mappings (tenant_id, name, kind, mapping, created_at, updated_at) VALUES
  ('01900000-0000-7000-8000-000000000001', 'Caja', 'sales', '{"columns":{"InvoiceNo":"Ticket"},"constants":{},"rules":{}}', '2025-05-01T08:00:00.000Z', '2025-05-01T08:00:00.000Z');
