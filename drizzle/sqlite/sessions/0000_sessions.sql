CREATE TABLE `sliding_sessions` (
	`jti` blob PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
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
CREATE INDEX `sliding_sessions_user` ON `sliding_sessions` (`user_id`);--> statement-breakpoint
CREATE TABLE `sliding_user_agents` (
	`id` integer PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`used_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sliding_user_agents_value_unique` ON `sliding_user_agents` (`value`);