-- What a product may be, whoever writes it: a request, an import, a batch of SQL.
CREATE TRIGGER products_insert_bounds BEFORE INSERT ON products
WHEN NEW.rating NOT BETWEEN 0 AND 5 OR length(NEW.isbn) <> 13
  OR NEW.publication_year NOT BETWEEN -3000 AND strftime('%Y', 'now') + 1
BEGIN
  SELECT RAISE(ABORT, 'rule: product_bounds');
END;
--> statement-breakpoint
CREATE TRIGGER products_update_bounds BEFORE UPDATE OF rating, isbn, publication_year ON products
WHEN NEW.rating NOT BETWEEN 0 AND 5 OR length(NEW.isbn) <> 13
  OR NEW.publication_year NOT BETWEEN -3000 AND strftime('%Y', 'now') + 1
BEGIN
  SELECT RAISE(ABORT, 'rule: product_bounds');
END;
