ALTER TABLE `imports` ADD `plan` text;--> statement-breakpoint
ALTER TABLE `imports` ADD `rows_skipped` integer DEFAULT 0 NOT NULL;