CREATE TABLE `lake_days` (
	`tenant_id` text NOT NULL,
	`dataset` text NOT NULL,
	`day` text NOT NULL,
	`version` integer NOT NULL,
	`built` integer DEFAULT 0 NOT NULL,
	`generation` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`tenant_id`, `dataset`, `day`),
	CONSTRAINT "lake_days_dataset" CHECK(dataset IN ('purchases', 'daily_summary', 'products', 'events'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `lake_days_touched` ON `lake_days` (`tenant_id`,`dataset`,`day`) WHERE built < version;--> statement-breakpoint
CREATE TABLE `lake_files` (
	`tenant_id` text NOT NULL,
	`key` text NOT NULL,
	`dataset` text NOT NULL,
	`day` text NOT NULL,
	`rows` integer NOT NULL,
	`bytes` integer NOT NULL,
	`etag` text NOT NULL,
	`created_at` text NOT NULL,
	`added` integer,
	`dropped` integer,
	`dropped_at` text,
	PRIMARY KEY(`tenant_id`, `key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `lake_files_dropped` ON `lake_files` (`dropped_at`) WHERE dropped_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE `lake_shops` (
	`tenant_id` text PRIMARY KEY NOT NULL,
	`revision` integer NOT NULL
) STRICT, WITHOUT ROWID;
