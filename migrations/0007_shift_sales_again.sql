-- The days with sales on shift are built again, to count these.
INSERT INTO dirty_days (tenant_id, day)
SELECT DISTINCT tenant_id, day FROM sales WHERE shift_id IS NOT NULL AND kind = 'sale' AND status = 'completed'
ON CONFLICT DO NOTHING;
