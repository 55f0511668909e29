-- Values that many tables share, row versions, and stamps that see past generated columns.

-- Any id of Discord's: a user, a guild, a channel, a role, an interaction.
CREATE DOMAIN discord_id AS bigint CONSTRAINT discord_id_positive CHECK (VALUE > 0);

-- A character, whoever made it: 'shipped:mira' or 'custom:' and its UUID.
CREATE DOMAIN character_id AS text CONSTRAINT character_id_form CHECK (
    VALUE ~ '^shipped:[a-z0-9][a-z0-9_-]{0,63}$'
    OR VALUE ~ '^custom:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
);

-- The UUID of a custom character, for generated columns that refer to it; null for a shipped one. A text of
-- another form gives null too: the domain says what is wrong with it.
CREATE FUNCTION troupe_custom_id(id text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN id ~ '^custom:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
        THEN substr(id, 8)::uuid END
$$;

-- Versions are drawn from one sequence, so that a row's never falls, not even when it is deleted and made again.
CREATE SEQUENCE row_version_seq;

-- Whether an update changes a row. A BEFORE trigger sees generated columns as null: they are named to be left out.
CREATE FUNCTION troupe_differs(before jsonb, after jsonb, generated text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (before - generated) IS DISTINCT FROM (after - generated)
$$;

CREATE OR REPLACE FUNCTION troupe_touch_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    changed boolean;
BEGIN
    -- Asked first: a statement that sets the stamp itself spares the comparison.
    IF NEW.updated_at IS DISTINCT FROM OLD.updated_at THEN
        RETURN NEW;
    END IF;
    IF TG_NARGS = 0 THEN
        changed := NEW IS DISTINCT FROM OLD;
    ELSE
        changed := troupe_differs(to_jsonb(OLD), to_jsonb(NEW), TG_ARGV);
    END IF;
    IF changed THEN
        NEW.updated_at := now();
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION troupe_next_version() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    changed boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        changed := true;
    ELSIF TG_NARGS = 0 THEN
        changed := NEW IS DISTINCT FROM OLD;
    ELSE
        changed := troupe_differs(to_jsonb(OLD), to_jsonb(NEW), TG_ARGV);
    END IF;
    IF changed THEN
        NEW.version := nextval('row_version_seq');
    END IF;
    RETURN NEW;
END
$$;

-- A table's generated columns, as arguments of a trigger.
CREATE FUNCTION troupe_generated_columns(target regclass) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT coalesce(string_agg(quote_literal(attname), ', ' ORDER BY attnum), '')
    FROM pg_attribute WHERE attrelid = target AND attgenerated <> '' AND NOT attisdropped
$$;

CREATE OR REPLACE FUNCTION troupe_stamp_updates(target regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER touch_updated_at BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION troupe_touch_updated_at(%s)',
        target, troupe_generated_columns(target)
    );
END
$$;

-- Gives a table's version column to the database: drawn anew by each insert and each update that changes the
-- row. Whatever a statement writes to it counts as a change, and not as the version.
CREATE FUNCTION troupe_version_rows(target regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER next_version BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION troupe_next_version(%s)',
        target, troupe_generated_columns(target)
    );
END
$$;
