ALTER TABLE `products` ADD `series` text;--> statement-breakpoint
ALTER TABLE `products` ADD `import_id` text;--> statement-breakpoint
ALTER TABLE `products` ADD `cover_file` text GENERATED ALWAYS AS (CASE WHEN instr(cover_image_url, '/api/v1/covers/' || tenant_id || '/') > 0
        THEN substr(cover_image_url, instr(cover_image_url, '/api/v1/covers/' || tenant_id || '/')
          + length('/api/v1/covers/' || tenant_id || '/')) END) VIRTUAL;--> statement-breakpoint
CREATE INDEX `products_cover` ON `products` (`tenant_id`,`cover_file`) WHERE cover_file IS NOT NULL;