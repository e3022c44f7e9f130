CREATE TABLE `product_facets` (
	`tenant_id` text NOT NULL,
	`first_id` text NOT NULL,
	`products` text,
	PRIMARY KEY(`tenant_id`, `first_id`),
	CONSTRAINT "product_facets_products" CHECK(json_valid(products))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `product_facets_stale` ON `product_facets` (`tenant_id`,`first_id`) WHERE products IS NULL;
--> statement-breakpoint
INSERT INTO product_facets (tenant_id, first_id) SELECT id, '' FROM tenants;
--> statement-breakpoint
CREATE TRIGGER tenants_product_facets AFTER INSERT ON tenants
BEGIN
  INSERT INTO product_facets (tenant_id, first_id) VALUES (NEW.id, '');
END;
--> statement-breakpoint
CREATE TRIGGER product_facets_insert AFTER INSERT ON products
BEGIN
  UPDATE product_facets SET products = NULL
    WHERE tenant_id = NEW.tenant_id AND products IS NOT NULL AND first_id = (SELECT f.first_id FROM product_facets f
      WHERE f.tenant_id = NEW.tenant_id AND f.first_id <= NEW.id ORDER BY f.first_id DESC LIMIT 1);
END;
--> statement-breakpoint
CREATE TRIGGER product_facets_update AFTER UPDATE OF category, author, language, price, is_active, removed_at, stock ON products
  WHEN NEW.category IS NOT OLD.category OR NEW.author IS NOT OLD.author OR NEW.language IS NOT OLD.language OR NEW.price <> OLD.price
    OR NEW.is_active <> OLD.is_active OR (NEW.removed_at IS NULL) <> (OLD.removed_at IS NULL)
    OR (NEW.stock IS 0) <> (OLD.stock IS 0)
BEGIN
  UPDATE product_facets SET products = NULL
    WHERE tenant_id = NEW.tenant_id AND products IS NOT NULL AND first_id = (SELECT f.first_id FROM product_facets f
      WHERE f.tenant_id = NEW.tenant_id AND f.first_id <= NEW.id ORDER BY f.first_id DESC LIMIT 1);
END;
--> statement-breakpoint
CREATE TRIGGER product_facets_delete AFTER DELETE ON products
BEGIN
  UPDATE product_facets SET products = NULL
    WHERE tenant_id = OLD.tenant_id AND products IS NOT NULL AND first_id = (SELECT f.first_id FROM product_facets f
      WHERE f.tenant_id = OLD.tenant_id AND f.first_id <= OLD.id ORDER BY f.first_id DESC LIMIT 1);
END;
