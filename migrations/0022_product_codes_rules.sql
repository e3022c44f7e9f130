-- Each barcode of a product is a row of product_barcodes, whose key makes it unique in the shop.
CREATE TRIGGER product_barcodes_insert AFTER INSERT ON products
WHEN new.barcodes <> '[]'
BEGIN
  INSERT INTO product_barcodes (tenant_id, code, product_id)
  SELECT new.tenant_id, value, new.id FROM json_each(new.barcodes);
END;
--> statement-breakpoint
CREATE TRIGGER product_barcodes_update AFTER UPDATE OF barcodes ON products
WHEN new.barcodes <> old.barcodes
BEGIN
  DELETE FROM product_barcodes WHERE tenant_id = old.tenant_id AND code IN (SELECT value FROM json_each(old.barcodes));
  INSERT INTO product_barcodes (tenant_id, code, product_id)
  SELECT new.tenant_id, value, new.id FROM json_each(new.barcodes);
END;
--> statement-breakpoint
CREATE TRIGGER product_barcodes_delete BEFORE DELETE ON products
BEGIN
  DELETE FROM product_barcodes WHERE tenant_id = old.tenant_id AND code IN (SELECT value FROM json_each(old.barcodes));
END;
