-- SQLite folds ASCII only: a job sets the keys of other SKUs. Of products that differ in case only, the oldest has the key, and
-- the audit log lists the others.
INSERT INTO audit_log (tenant_id, id, action, entity_id, after)
SELECT tenant_id,
  printf('%08x-%04x-7%s-%s%s-%s', ms >> 16, ms & 65535, substr(lower(hex(randomblob(2))), 2),
    substr('89ab', 1 + (random() & 3), 1), substr(lower(hex(randomblob(2))), 2), lower(hex(randomblob(6)))),
  'product.sku_ambiguous', id, json_object('sku', sku, 'same_as', first_sku)
FROM (SELECT tenant_id, id, sku, first_value(sku) OVER same_key AS first_sku, row_number() OVER same_key AS nth
  FROM products WHERE sku NOT GLOB '*[^ -~]*' WINDOW same_key AS (PARTITION BY tenant_id, lower(sku) ORDER BY id))
CROSS JOIN (SELECT CAST(round(unixepoch('now', 'subsec') * 1000) AS INTEGER) AS ms)
WHERE nth > 1;
--> statement-breakpoint
UPDATE products SET sku_key = ranked.sku_key FROM (
  SELECT rowid AS product_rowid, lower(sku) || iif(
    row_number() OVER (PARTITION BY tenant_id, lower(sku) ORDER BY id) = 1, '', char(31) || id) AS sku_key
  FROM products WHERE sku NOT GLOB '*[^ -~]*'
) ranked WHERE products.rowid = ranked.product_rowid;
