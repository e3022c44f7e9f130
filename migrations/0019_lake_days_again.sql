-- The files of purchases have one column more: days in one file are built again.
UPDATE lake_days SET version = version + 1 WHERE dataset = 'purchases' AND generation > 0;
