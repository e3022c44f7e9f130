CREATE TABLE `daily_totals` (
	`tenant_id` text NOT NULL,
	`name` text NOT NULL,
	`day` text NOT NULL,
	`totals` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `name`, `day`),
	CONSTRAINT "daily_totals_totals" CHECK(json_valid(totals))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO daily_totals (tenant_id, name, day, totals)
  SELECT tenant_id, 'daily_countries', day, json_group_array(json_object(
    'country', country, 'sales', sales, 'refunds', refunds, 'lines', lines, 'units', units, 'revenue', revenue))
  FROM daily_countries GROUP BY tenant_id, day;
--> statement-breakpoint
INSERT INTO daily_totals (tenant_id, name, day, totals)
  SELECT tenant_id, 'daily_sellers', day, json_group_array(json_object(
    'seller_id', seller_id, 'sales', sales, 'refunds', refunds, 'lines', lines, 'units', units, 'revenue', revenue, 'shift_sales', shift_sales))
  FROM daily_sellers GROUP BY tenant_id, day;
--> statement-breakpoint
INSERT INTO daily_totals (tenant_id, name, day, totals)
  SELECT tenant_id, 'daily_taxes', day, json_group_array(json_object(
    'tax_rate_id', tax_rate_id, 'net', net, 'tax', tax, 'refunded_net', refunded_net, 'refunded_tax', refunded_tax))
  FROM daily_taxes GROUP BY tenant_id, day;
--> statement-breakpoint
INSERT INTO daily_totals (tenant_id, name, day, totals)
  SELECT tenant_id, 'daily_hours', day, json_group_array(json_object(
    'weekday', weekday, 'hour', hour, 'utc_offset', utc_offset, 'sales', sales, 'refunds', refunds, 'lines', lines, 'units', units, 'revenue', revenue))
  FROM daily_hours GROUP BY tenant_id, day;
--> statement-breakpoint
INSERT INTO daily_totals (tenant_id, name, day, totals)
  SELECT tenant_id, 'daily_channels', day, json_group_array(json_object(
    'channel', channel, 'sales', sales, 'refunds', refunds, 'lines', lines, 'units', units, 'revenue', revenue))
  FROM daily_channels GROUP BY tenant_id, day;
--> statement-breakpoint
INSERT INTO daily_totals (tenant_id, name, day, totals)
  SELECT tenant_id, 'daily_payments', day, json_group_array(json_object(
    'method', method, 'sales', sales, 'refunds', refunds, 'revenue', revenue))
  FROM daily_payments GROUP BY tenant_id, day;
--> statement-breakpoint
INSERT INTO daily_totals (tenant_id, name, day, totals)
  SELECT tenant_id, 'daily_refund_reasons', day, json_group_array(json_object(
    'reason', reason, 'refunds', refunds, 'units', units, 'revenue', revenue))
  FROM daily_refund_reasons GROUP BY tenant_id, day;
--> statement-breakpoint
INSERT INTO daily_totals (tenant_id, name, day, totals)
  SELECT tenant_id, 'daily_cohorts', day, json_group_array(json_object(
    'cohort', cohort, 'sales', sales, 'refunds', refunds, 'revenue', revenue, 'active', active, 'first_sales', first_sales, 'first_revenue', first_revenue))
  FROM daily_cohorts GROUP BY tenant_id, day;
--> statement-breakpoint
INSERT INTO daily_totals (tenant_id, name, day, totals)
  SELECT tenant_id, 'daily_basket_sizes', day, json_group_array(json_object(
    'measure', measure, 'size', size, 'sales', sales, 'total_lines', total_lines, 'total_units', total_units, 'revenue', revenue))
  FROM daily_basket_sizes GROUP BY tenant_id, day;
