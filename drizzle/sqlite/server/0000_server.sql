CREATE TABLE `sliding_events` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`type` text NOT NULL,
	`user_id` text,
	`actor_id` text,
	`jti` text,
	`ip` text,
	`detail` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sliding_events_user` ON `sliding_events` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `sliding_events_type` ON `sliding_events` (`type`,`id`);--> statement-breakpoint
CREATE INDEX `sliding_events_at` ON `sliding_events` (`at`);--> statement-breakpoint
CREATE TABLE `sliding_login_failures` (
	`key` text PRIMARY KEY NOT NULL,
	`points` integer DEFAULT 0 NOT NULL,
	`expire` integer
);
--> statement-breakpoint
CREATE INDEX `sliding_login_failures_expire` ON `sliding_login_failures` (`expire`);--> statement-breakpoint
CREATE TABLE `sliding_users` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`username_key` text NOT NULL,
	`password_hash` text NOT NULL,
	`role` text NOT NULL,
	`disabled` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sliding_users_key` ON `sliding_users` (`username_key`);