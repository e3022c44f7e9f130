-- A cart has 100 lines at most. An INSERT that finds its line there (and adds to it) makes no new one.
CREATE TRIGGER cart_items_limit BEFORE INSERT ON cart_items
WHEN (SELECT count(*) FROM cart_items WHERE tenant_id = NEW.tenant_id AND user_id = NEW.user_id) >= 100
  AND NOT EXISTS (
    SELECT 1 FROM cart_items
    WHERE tenant_id = NEW.tenant_id AND user_id = NEW.user_id AND product_id = NEW.product_id
  )
BEGIN
  SELECT RAISE(ABORT, 'rule: cart_full');
END;
