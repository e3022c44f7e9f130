ALTER TABLE `customer_sets` ADD `without_sales` text DEFAULT '[]' NOT NULL;
--> statement-breakpoint
UPDATE customer_sets AS c SET without_sales = coalesce((
    SELECT '[' || group_concat(chunk || ',' || mask) || ']' FROM (
      SELECT number / 30 AS chunk, sum(1 << (number % 30)) AS mask FROM (
        SELECT number FROM daily_customers t WHERE t.tenant_id = c.tenant_id AND t.day >= c.period
          AND t.day <= iif(c.interval = 'day', c.period, substr(c.period, 1, 8) || '31')
        GROUP BY number HAVING sum(sales) = 0)
      WHERE number / 30000 = c.part GROUP BY 1)), '[]');
