CREATE TABLE `api_keys` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`secret_hash` text NOT NULL,
	`last_four` text NOT NULL,
	`old_secrets` text DEFAULT '[]' NOT NULL,
	`scopes` text DEFAULT '[]' NOT NULL,
	`allowed_ips` text DEFAULT '[]' NOT NULL,
	`origins` text DEFAULT '[]' NOT NULL,
	`expires_at` text,
	`created_by` text NOT NULL,
	`created_at` text NOT NULL,
	`last_used_at` text,
	`revoked_at` text,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`,`created_by`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "api_keys_kind" CHECK(kind IN ('secret', 'publishable')),
	CONSTRAINT "api_keys_lists" CHECK(json_valid(old_secrets) AND json_valid(scopes) AND json_valid(allowed_ips) AND json_valid(origins))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `api_keys_active` ON `api_keys` (`tenant_id`,`id`) WHERE revoked_at IS NULL;--> statement-breakpoint
ALTER TABLE `audit_log` ADD `key_name` text;