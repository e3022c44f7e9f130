CREATE TABLE `goals` (
	`tenant_id` text NOT NULL,
	`month` text NOT NULL,
	`user_id` text NOT NULL,
	`target` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `month`, `user_id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "goals_month" CHECK(month GLOB '20[0-9][0-9]-[01][0-9]'),
	CONSTRAINT "goals_target" CHECK(target BETWEEN 1 AND 1000000000000)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `users_weekly_report` ON `users` (`tenant_id`,`id`) WHERE preferences ->> 'weekly_report' = 1;