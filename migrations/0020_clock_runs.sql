CREATE TABLE `clock_runs` (
	`clock` text PRIMARY KEY NOT NULL,
	`ended_at` text NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- From now on they are waited for.
INSERT INTO clock_runs SELECT value, strftime('%Y-%m-%dT%H:%M:%fZ', 'now') FROM json_each('["minute", "hour", "night"]');
