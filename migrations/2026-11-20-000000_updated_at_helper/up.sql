-- Stamps a row's updated_at whenever an update really changes the row.
--
-- A table that has an updated_at column takes part by asking for it, once, in its own migration:
--     SELECT troupe_stamp_updates('guild_settings');
-- An update that writes the values already there leaves the stamp alone, so it says when the content changed.
-- A statement that sets updated_at itself, such as a restore, is believed.

CREATE FUNCTION troupe_touch_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW IS DISTINCT FROM OLD AND NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at THEN
        NEW.updated_at := now();
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION troupe_stamp_updates(target regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER touch_updated_at BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION troupe_touch_updated_at()',
        target
    );
END
$$;
