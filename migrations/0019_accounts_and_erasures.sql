ALTER TABLE `users` ADD `self_registered` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `erasures` ADD `failing_since` text;--> statement-breakpoint
CREATE INDEX `erasures_due` ON `erasures` (`due_at`);--> statement-breakpoint
CREATE INDEX `erasures_failing` ON `erasures` (`failing_since`) WHERE failing_since IS NOT NULL;