CREATE TABLE `device_grants` (
	`tenant_id` text NOT NULL,
	`device_code_hash` text NOT NULL,
	`user_code_hash` text NOT NULL,
	`client_id` text NOT NULL,
	`label` text NOT NULL,
	`network_hash` text NOT NULL,
	`status` text DEFAULT 'pending' NOT NULL,
	`user_id` text,
	`session_id` text,
	`interval_s` integer NOT NULL,
	`polled_at` text,
	`collected_at` text,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `device_code_hash`),
	FOREIGN KEY (`tenant_id`,`user_id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "device_grants_status" CHECK(status IN ('pending', 'approved', 'denied')),
	CONSTRAINT "device_grants_decided" CHECK((user_id IS NULL) = (status = 'pending')),
	CONSTRAINT "device_grants_session" CHECK((session_id IS NOT NULL) = (status = 'approved'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `device_grants_user_code` ON `device_grants` (`tenant_id`,`user_code_hash`);--> statement-breakpoint
ALTER TABLE `events` ADD `trace` text;--> statement-breakpoint
ALTER TABLE `mails` ADD `trace` text;