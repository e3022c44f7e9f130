-- A sale comes to 10^12 minor units at most, so that sums of sales stay exact. An import brings lines one by one.
CREATE TRIGGER sales_total_small BEFORE INSERT ON sales
WHEN NEW.channel <> 'import' AND NEW.total > 1000000000000
BEGIN
  SELECT RAISE(ABORT, 'rule: sales_total_safe');
END;
