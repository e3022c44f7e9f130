CREATE TABLE `invitations` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`email` text NOT NULL,
	`role` text NOT NULL,
	`first_name` text NOT NULL,
	`last_name` text NOT NULL,
	`invited_by` text NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`,`invited_by`) REFERENCES `users`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "invitations_role" CHECK(role IN ('ADMIN', 'EMPLOYEE'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `invitations_email` ON `invitations` (`tenant_id`,`email`);--> statement-breakpoint
CREATE TABLE `link_tokens` (
	`tenant_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`purpose` text NOT NULL,
	`subject_id` text NOT NULL,
	`email` text NOT NULL,
	`expires_at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `token_hash`),
	CONSTRAINT "link_tokens_purpose" CHECK(purpose IN ('password', 'email', 'invitation'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `link_tokens_subject` ON `link_tokens` (`tenant_id`,`subject_id`,`purpose`);--> statement-breakpoint
CREATE TABLE `mails` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`cause_id` text NOT NULL,
	`recipient` text NOT NULL,
	`status` text DEFAULT 'pending' NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`due_at` text NOT NULL,
	`last_error` text,
	`created_at` text NOT NULL,
	`sent_at` text,
	PRIMARY KEY(`tenant_id`, `id`),
	CONSTRAINT "mails_status" CHECK(status IN ('pending', 'sent', 'failed', 'skipped')),
	CONSTRAINT "mails_attempts" CHECK(attempts >= 0)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `mails_cause` ON `mails` (`tenant_id`,`cause_id`,`kind`,`recipient`);--> statement-breakpoint
CREATE INDEX `mails_due` ON `mails` (`due_at`) WHERE status = 'pending';--> statement-breakpoint
ALTER TABLE `tenants` ADD `brand_color` text;--> statement-breakpoint
ALTER TABLE `users` ADD `email_confirmed_at` text;