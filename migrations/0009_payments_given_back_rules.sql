-- What was paid at a provider goes back there: the refund of such a sale makes what is due back, in its own transaction and
-- under its own id. A refund by another method (cash, or a transfer by hand) is what staff give back themselves.
CREATE TRIGGER sales_give_back AFTER INSERT ON sales
WHEN NEW.kind = 'refund' AND NEW.channel = 'online' AND NEW.total < 0
BEGIN
  INSERT INTO payments (tenant_id, id, sale_id, provider, amount, currency, status, actor_id, created_at, retry_at)
  SELECT NEW.tenant_id, NEW.id, NEW.id, p.provider, -NEW.total, p.currency, 'refund_due', NEW.seller_id, NEW.created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', NEW.created_at, '+1 minute')
  FROM sales s CROSS JOIN payments p INDEXED BY payments_sale ON p.tenant_id = s.tenant_id AND p.sale_id = s.id
  WHERE s.tenant_id = NEW.tenant_id AND s.id = NEW.refund_of AND s.payment_method = NEW.payment_method
    AND p.status = 'received' AND p.provider <> 'manual';
  SELECT RAISE(ABORT, 'rule: more_than_paid')
  FROM payments p INDEXED BY payments_sale
  WHERE p.tenant_id = NEW.tenant_id AND p.sale_id = NEW.refund_of AND p.status = 'received' AND p.provider <> 'manual'
    AND p.amount < (
      SELECT sum(back.amount) FROM sales r INDEXED BY sales_refund_of
      CROSS JOIN payments back ON back.tenant_id = r.tenant_id AND back.id = r.id
      WHERE r.tenant_id = NEW.tenant_id AND r.refund_of = NEW.refund_of
    );
END;
