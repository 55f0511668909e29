-- Kill switches as a whole have a version: whoever holds a copy of them sees by it whether it is the newest.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE ai_switch_state (
    -- There is one row.
    only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT switch_state_once CHECK (only_row),
    version bigint NOT NULL DEFAULT 0 CONSTRAINT switch_version_not_negative CHECK (version >= 0)
);
INSERT INTO ai_switch_state DEFAULT VALUES;

-- Whoever changes a switch draws the version, also an older program, or a person at a console. The row is held until the
-- change commits, so that versions come in the order of the commits. A version is also no smaller than the time: after
-- a restore from a backup the next change is newer than every copy made before.
CREATE FUNCTION troupe_switches_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO ai_switch_state AS state (version) VALUES ((extract(epoch FROM clock_timestamp()) * 1000)::bigint)
    ON CONFLICT (only_row) DO UPDATE SET version = greatest(state.version + 1, excluded.version);
    RETURN NULL;
END
$$;

CREATE TRIGGER switches_changed AFTER INSERT OR UPDATE OR DELETE ON ai_switches
    FOR EACH STATEMENT EXECUTE FUNCTION troupe_switches_changed();
