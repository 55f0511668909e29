DROP FUNCTION troupe_version_rows(regclass);

CREATE OR REPLACE FUNCTION troupe_stamp_updates(target regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER touch_updated_at BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION troupe_touch_updated_at()',
        target
    );
END
$$;

CREATE OR REPLACE FUNCTION troupe_touch_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW IS DISTINCT FROM OLD AND NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at THEN
        NEW.updated_at := now();
    END IF;
    RETURN NEW;
END
$$;

DROP FUNCTION troupe_generated_columns(regclass);
DROP FUNCTION troupe_next_version();
DROP FUNCTION troupe_differs(jsonb, jsonb, text[]);
DROP SEQUENCE row_version_seq;
DROP FUNCTION troupe_custom_id(text);
DROP DOMAIN character_id;
DROP DOMAIN discord_id;
