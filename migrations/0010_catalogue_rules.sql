-- How many products of a category are shown.
INSERT INTO category_counts (tenant_id, category, products)
SELECT tenant_id, category, count(*) FROM products
WHERE category IS NOT NULL AND is_active = 1 GROUP BY tenant_id, category;
--> statement-breakpoint
CREATE TRIGGER category_counts_insert AFTER INSERT ON products
WHEN NEW.category IS NOT NULL AND NEW.is_active = 1
BEGIN
  INSERT INTO category_counts (tenant_id, category, products) VALUES (NEW.tenant_id, NEW.category, 1)
  ON CONFLICT (tenant_id, category) DO UPDATE SET products = products + 1;
END;
--> statement-breakpoint
CREATE TRIGGER category_counts_update AFTER UPDATE OF category, is_active ON products
WHEN OLD.category IS NOT NEW.category OR OLD.is_active <> NEW.is_active
BEGIN
  UPDATE category_counts SET products = products - 1
  WHERE tenant_id = OLD.tenant_id AND category = OLD.category AND OLD.is_active = 1;
  INSERT INTO category_counts (tenant_id, category, products)
  SELECT NEW.tenant_id, NEW.category, 1 WHERE NEW.category IS NOT NULL AND NEW.is_active = 1
  ON CONFLICT (tenant_id, category) DO UPDATE SET products = products + 1;
END;
--> statement-breakpoint
CREATE TRIGGER category_counts_delete AFTER DELETE ON products
WHEN OLD.category IS NOT NULL AND OLD.is_active = 1
BEGIN
  UPDATE category_counts SET products = products - 1
  WHERE tenant_id = OLD.tenant_id AND category = OLD.category;
END;
--> statement-breakpoint
-- Told once, by whatever way the stock falls to the threshold; the id is a UUIDv7 as all others.
CREATE TRIGGER products_low_stock AFTER UPDATE OF stock ON products
WHEN NEW.stock <= NEW.low_stock_threshold AND OLD.stock > NEW.low_stock_threshold
BEGIN
  INSERT INTO events (tenant_id, id, type, payload, created_at)
  SELECT NEW.tenant_id,
    printf('%08x-%04x-7%s-%s%s-%s', ms >> 16, ms & 65535, substr(lower(hex(randomblob(2))), 2),
      substr('89ab', 1 + (random() & 3), 1), substr(lower(hex(randomblob(2))), 2), lower(hex(randomblob(6)))),
    'product.low_stock',
    json_object('product_id', NEW.id, 'sku', NEW.sku, 'title', NEW.title, 'stock', NEW.stock,
      'threshold', NEW.low_stock_threshold),
    strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
  FROM (SELECT CAST(round(unixepoch('now', 'subsec') * 1000) AS INTEGER) AS ms);
END;
--> statement-breakpoint
-- Who saved a product that runs out is told when it is back.
CREATE TRIGGER saved_items_was_out AFTER UPDATE OF stock ON products
WHEN NEW.stock = 0 AND OLD.stock IS NOT 0
BEGIN
  UPDATE saved_items SET was_out = 1
  WHERE tenant_id = NEW.tenant_id AND product_id = NEW.id AND was_out = 0;
END;
--> statement-breakpoint
-- A list holds 1,000 products at most, whatever a person saves at once.
CREATE TRIGGER saved_items_full BEFORE INSERT ON saved_items
WHEN NOT EXISTS (
    SELECT 1 FROM saved_items WHERE tenant_id = NEW.tenant_id AND user_id = NEW.user_id AND list = NEW.list
      AND product_id = NEW.product_id
  ) AND 1000 <= (
    SELECT count(*) FROM saved_items WHERE tenant_id = NEW.tenant_id AND user_id = NEW.user_id AND list = NEW.list
  )
BEGIN
  SELECT RAISE(ABORT, 'rule: list_full');
END;
