-- The products of what was sold before are counted in the next night.
INSERT INTO dirty_product_days (tenant_id, day) SELECT tenant_id, day FROM daily_sales WHERE true ON CONFLICT DO NOTHING;
