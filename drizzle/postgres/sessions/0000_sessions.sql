CREATE TABLE "sliding_revocations" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sliding_revocations_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"xact" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"jti" uuid
);
--> statement-breakpoint
CREATE TABLE "sliding_sessions" (
	"jti" uuid PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"revoked_at" bigint,
	"issued" bigint NOT NULL,
	"seen" bigint NOT NULL,
	"floor" bigint NOT NULL,
	"parent" bigint,
	"user_agent_id" integer NOT NULL,
	"last_user_agent_id" integer,
	"valid" boolean NOT NULL,
	"user_id" text NOT NULL,
	"ip" text NOT NULL,
	"last_ip" text,
	"revoked_reason" text
) WITH (fillfactor = 85);
--> statement-breakpoint
CREATE TABLE "sliding_user_agents" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sliding_user_agents_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"value" text NOT NULL,
	"used_at" bigint NOT NULL,
	CONSTRAINT "sliding_user_agents_value" UNIQUE("value")
);
--> statement-breakpoint
CREATE INDEX "sliding_revocations_xact" ON "sliding_revocations" USING btree ("xact");--> statement-breakpoint
CREATE INDEX "sliding_sessions_user" ON "sliding_sessions" USING hash ("user_id");
--> statement-breakpoint
CREATE FUNCTION "sliding_session_revoked"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
	INSERT INTO sliding_revocations (jti) VALUES (OLD.jti);
	PERFORM pg_notify('sliding_revocations', '');
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "sliding_sessions_revoked" AFTER UPDATE OF "valid" ON "sliding_sessions"
FOR EACH ROW WHEN (OLD."valid" AND NOT NEW."valid") EXECUTE FUNCTION "sliding_session_revoked"();
--> statement-breakpoint
CREATE FUNCTION "sliding_sessions_gone"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
	IF TG_OP = 'TRUNCATE' THEN
		INSERT INTO sliding_revocations (jti) VALUES (NULL);
	ELSIF current_setting('sliding_jwt.is_pruning', true) = 'on' THEN
		RETURN NULL;
	ELSE
		INSERT INTO sliding_revocations (jti) SELECT jti FROM gone WHERE valid;
		IF NOT FOUND THEN RETURN NULL; END IF;
	END IF;
	PERFORM pg_notify('sliding_revocations', '');
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "sliding_sessions_deleted" AFTER DELETE ON "sliding_sessions"
REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION "sliding_sessions_gone"();
--> statement-breakpoint
CREATE TRIGGER "sliding_sessions_truncated" AFTER TRUNCATE ON "sliding_sessions"
FOR EACH STATEMENT EXECUTE FUNCTION "sliding_sessions_gone"();
