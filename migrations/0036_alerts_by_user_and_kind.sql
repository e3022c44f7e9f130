CREATE INDEX `alerts_user` ON `alerts` (`tenant_id`,`user_id`,`opened_at`,`id`);--> statement-breakpoint
CREATE INDEX `alerts_kind_opened` ON `alerts` (`tenant_id`,`kind`,`opened_at`,`id`);