CREATE TABLE `product_categories` (
	`tenant_id` text NOT NULL,
	`part` integer NOT NULL,
	`categories` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `part`),
	CONSTRAINT "product_categories_categories" CHECK(json_valid(categories))
) STRICT, WITHOUT ROWID;

--> statement-breakpoint
INSERT INTO product_categories (tenant_id, part, categories)
  SELECT n.tenant_id, n.number / 500, json_group_object(CAST(n.number AS TEXT), p.category)
  FROM product_numbers n JOIN products p ON p.tenant_id = n.tenant_id AND p.id = n.product_id
  WHERE p.category IS NOT NULL GROUP BY 1, 2;
--> statement-breakpoint
CREATE TRIGGER product_numbers_category AFTER INSERT ON product_numbers
BEGIN
  INSERT INTO product_categories (tenant_id, part, categories)
    SELECT NEW.tenant_id, NEW.number / 500, json_object(CAST(NEW.number AS TEXT), p.category) FROM products p
    WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.product_id AND p.category IS NOT NULL
    ON CONFLICT DO UPDATE SET categories = json_patch(categories, excluded.categories);
END;
--> statement-breakpoint
CREATE TRIGGER products_category AFTER UPDATE OF category ON products WHEN NEW.category IS NOT OLD.category
BEGIN
  INSERT INTO product_categories (tenant_id, part, categories)
    SELECT n.tenant_id, n.number / 500, json_object(CAST(n.number AS TEXT), NEW.category) FROM product_numbers n
    WHERE n.tenant_id = NEW.tenant_id AND n.product_id = NEW.id
    ON CONFLICT DO UPDATE SET categories = json_patch(categories, excluded.categories);
END;
--> statement-breakpoint
CREATE TRIGGER products_category_delete AFTER DELETE ON products
BEGIN
  UPDATE product_categories SET categories = json_remove(categories, '$."' || n.number || '"') FROM product_numbers n
    WHERE n.tenant_id = OLD.tenant_id AND n.product_id = OLD.id
      AND product_categories.tenant_id = OLD.tenant_id AND product_categories.part = n.number / 500;
END;
