-- A day that the ETL has built anew has changed: the lake has to build it too.
CREATE TRIGGER lake_days_touched_by_etl AFTER DELETE ON dirty_days
BEGIN
  INSERT INTO lake_days (tenant_id, dataset, day, version) VALUES (OLD.tenant_id, 'purchases', OLD.day, 1)
    ON CONFLICT (tenant_id, dataset, day) DO UPDATE SET version = version + 1;
END;
--> statement-breakpoint
-- Days from before there was a lake.
INSERT INTO lake_days (tenant_id, dataset, day, version) SELECT tenant_id, 'purchases', day, 1 FROM daily_sales;
