-- What came with the undo of imports: a row in every table that is new.
INSERT INTO import_held (tenant_id, import_id, invoice, reason, reread_before) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000e4', 'F-2', 'Quantity is 0', 0);
INSERT INTO import_retained (tenant_id, import_id, kind, id, reference, reason) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000e4', 'sale', '01900000-0000-7000-8000-000000000303', 'F-1', 'refunded');
