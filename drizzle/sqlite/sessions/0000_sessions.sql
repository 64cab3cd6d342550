CREATE TABLE `sliding_revocations` (
	`seq` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`jti` blob,
	`user_id` text,
	`except_jti` blob,
	`reason` text,
	`is_open` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sliding_revocations_open` ON `sliding_revocations` (`user_id`) WHERE is_open;--> statement-breakpoint
CREATE TABLE `sliding_sessions` (
	`jti` blob PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`user_key` blob NOT NULL,
	`ip` text NOT NULL,
	`user_agent_id` integer NOT NULL,
	`valid` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`last_ip` text,
	`last_user_agent_id` integer,
	`revoked_at` integer,
	`revoked_reason` text,
	`issued` integer NOT NULL,
	`seen` integer NOT NULL,
	`floor` integer NOT NULL,
	`parent` integer,
	FOREIGN KEY (`user_agent_id`) REFERENCES `sliding_user_agents`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`last_user_agent_id`) REFERENCES `sliding_user_agents`(`id`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `sliding_sessions_user` ON `sliding_sessions` (`user_key`,`valid`);--> statement-breakpoint
CREATE TABLE `sliding_user_agents` (
	`id` integer PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`used_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sliding_user_agents_value_unique` ON `sliding_user_agents` (`value`);
--> statement-breakpoint
CREATE TRIGGER `sliding_sessions_revoked` AFTER UPDATE OF `valid` ON `sliding_sessions`
WHEN OLD.`valid` AND NOT NEW.`valid` AND NEW.`revoked_at` IS NULL BEGIN
	INSERT INTO `sliding_revocations` (`at`, `jti`, `is_open`) VALUES (unixepoch() * 1000, NEW.`jti`, 0);
END;
--> statement-breakpoint
CREATE TRIGGER `sliding_sessions_deleted` AFTER DELETE ON `sliding_sessions`
WHEN OLD.`valid` BEGIN
	INSERT INTO `sliding_revocations` (`at`, `jti`, `is_open`) VALUES (unixepoch() * 1000, OLD.`jti`, 0);
END;
