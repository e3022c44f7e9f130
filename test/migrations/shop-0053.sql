-- What came with orders by staff: an online sale that staff have given a note and a payment link.
INSERT INTO order_details (tenant_id, sale_id, note, payment, payment_no, link_expires_at, discounts)
  SELECT tenant_id, id, 'Rings twice', 'link', 1, '2026-01-02T00:00:00.000Z', '{"order":{"percent":10000,"reason":"regular"}}'
  FROM sales WHERE tenant_id = '01900000-0000-7000-8000-000000000001' AND channel = 'online' AND kind = 'sale' ORDER BY id LIMIT 1;
