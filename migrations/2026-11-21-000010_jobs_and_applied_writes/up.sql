-- What keeps background work right: each queued write lands once, and only a job's newest holder may write.

CREATE TABLE applied_writes (
    -- The write's own key. It never holds a user's id.
    key text PRIMARY KEY CONSTRAINT applied_key_length CHECK (char_length(key) BETWEEN 1 AND 200),
    kind text NOT NULL CONSTRAINT applied_kind_form CHECK (kind ~ '^[a-z][a-z_]{0,63}$'),
    applied_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX applied_by_time ON applied_writes (applied_at);

CREATE TABLE job_fences (
    job text PRIMARY KEY CONSTRAINT fence_job_form CHECK (job ~ '^[a-z][a-z_]{0,63}$'),
    -- Grows with each holder of the job's lock.
    token bigint NOT NULL DEFAULT 0 CONSTRAINT fence_token_not_negative CHECK (token >= 0),
    updated_at timestamptz NOT NULL DEFAULT now()
);
SELECT troupe_stamp_updates('job_fences');

-- A token that fell would let an old holder write again.
CREATE FUNCTION troupe_refuse_token_fall() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.token < OLD.token THEN
        RAISE EXCEPTION 'the token of % never falls', OLD.job USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER refuse_token_fall BEFORE UPDATE ON job_fences
    FOR EACH ROW EXECUTE FUNCTION troupe_refuse_token_fall();
