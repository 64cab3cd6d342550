CREATE TABLE "sliding_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sliding_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" bigint NOT NULL,
	"type" text NOT NULL,
	"user_id" text,
	"actor_id" text,
	"jti" text,
	"ip" text,
	"detail" json NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sliding_login_failures" (
	"key" text PRIMARY KEY NOT NULL,
	"points" integer DEFAULT 0 NOT NULL,
	"expire" bigint
);
--> statement-breakpoint
CREATE TABLE "sliding_users" (
	"id" text PRIMARY KEY NOT NULL,
	"username" text NOT NULL,
	"username_key" text COLLATE "C" NOT NULL,
	"password_hash" text NOT NULL,
	"role" text NOT NULL,
	"disabled" boolean NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "sliding_events_user" ON "sliding_events" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "sliding_events_type" ON "sliding_events" USING btree ("type","id");--> statement-breakpoint
CREATE INDEX "sliding_events_at" ON "sliding_events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "sliding_login_failures_expire" ON "sliding_login_failures" USING btree ("expire");--> statement-breakpoint
CREATE UNIQUE INDEX "sliding_users_key" ON "sliding_users" USING btree ("username_key");
