CREATE TABLE `audit_log` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`actor_id` text,
	`action` text NOT NULL,
	`entity` text GENERATED ALWAYS AS (substr(action, 1, instr(action, '.') - 1)) VIRTUAL,
	`entity_id` text NOT NULL,
	`before` text,
	`after` text,
	`request_id` text,
	PRIMARY KEY(`tenant_id`, `id`),
	CONSTRAINT "audit_log_before" CHECK(json_valid(before)),
	CONSTRAINT "audit_log_after" CHECK(json_valid(after))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `audit_log_actor` ON `audit_log` (`tenant_id`,`actor_id`,`id`) WHERE actor_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `audit_log_action` ON `audit_log` (`tenant_id`,`action`,`id`);--> statement-breakpoint
CREATE INDEX `audit_log_entity` ON `audit_log` (`tenant_id`,`entity`,`id`);--> statement-breakpoint
CREATE INDEX `audit_log_entity_id` ON `audit_log` (`tenant_id`,`entity_id`,`id`);--> statement-breakpoint
CREATE TABLE `erasures` (
	`tenant_id` text NOT NULL,
	`user_id` text NOT NULL,
	`email` text NOT NULL,
	`step` text NOT NULL,
	`after` text NOT NULL,
	`due_at` text NOT NULL,
	`failing_since` text,
	PRIMARY KEY(`tenant_id`, `user_id`),
	FOREIGN KEY (`tenant_id`,`user_id`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `erasures_due` ON `erasures` (`due_at`);--> statement-breakpoint
CREATE INDEX `erasures_failing` ON `erasures` (`failing_since`) WHERE failing_since IS NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `require_if_match` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `plan` text DEFAULT 'standard' NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `self_registered` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `erased_at` text;--> statement-breakpoint
ALTER TABLE `lake_days` ADD `asked_at` text;--> statement-breakpoint
CREATE INDEX `lake_days_asked` ON `lake_days` (`asked_at`) WHERE asked_at IS NOT NULL;--> statement-breakpoint
ALTER TABLE `lake_shops` ADD `night` text;--> statement-breakpoint
ALTER TABLE `dirty_days` ADD `asked_at` text;--> statement-breakpoint
CREATE INDEX `dirty_days_asked` ON `dirty_days` (`asked_at`) WHERE asked_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `auth_sessions_live` ON `auth_sessions` (`tenant_id`,`user_id`,`family`) WHERE used_at IS NULL AND revoked_at IS NULL;--> statement-breakpoint
CREATE INDEX `products_unindexed_age` ON `products` (`updated_at`) WHERE indexed_version < text_version;--> statement-breakpoint
CREATE INDEX `imports_resumed` ON `imports` (`resumes`) WHERE finished_at IS NULL AND resumes > 0;