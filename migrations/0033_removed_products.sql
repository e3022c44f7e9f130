ALTER TABLE `products` ADD `removed_at` text;--> statement-breakpoint
-- For the foreign keys, when the undo of an import deletes sales and products. Without statistics SQLite assumes that only ten rows
-- have the same tenant_id, and searches all rows of the shop instead of these indexes.
ANALYZE sqlite_schema;
--> statement-breakpoint
DELETE FROM sqlite_stat1 WHERE idx IN
  ('sales_refund_of', 'payments_sale', 'stock_discrepancies_sale', 'stock_discrepancies_by_product');
--> statement-breakpoint
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('sales', 'sales_refund_of', '1000000 100000 1'),
  ('payments', 'payments_sale', '1000000 100000 1'),
  ('stock_discrepancies', 'stock_discrepancies_sale', '1000000 100000 1'),
  ('stock_discrepancies', 'stock_discrepancies_by_product', '1000000 100000 1 1 1 1');
--> statement-breakpoint
ANALYZE sqlite_schema;
