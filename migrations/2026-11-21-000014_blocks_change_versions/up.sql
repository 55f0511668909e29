-- A block is part of what is cached about a guild or a user: it draws their version anew, as their settings do.

CREATE FUNCTION troupe_block_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF OLD.kind = 'guild' THEN
            UPDATE guild_settings SET version = version + 1 WHERE guild_id = OLD.subject_id;
        ELSE
            UPDATE users SET version = version + 1 WHERE user_id = OLD.subject_id;
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF NEW.kind = 'guild' THEN
            INSERT INTO guild_settings AS settings (guild_id) VALUES (NEW.subject_id)
            ON CONFLICT (guild_id) DO UPDATE SET version = settings.version + 1;
        ELSE
            INSERT INTO users AS known (user_id) VALUES (NEW.subject_id)
            ON CONFLICT (user_id) DO UPDATE SET version = known.version + 1;
        END IF;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER block_changed AFTER INSERT OR UPDATE OR DELETE ON blocks
    FOR EACH ROW EXECUTE FUNCTION troupe_block_changed();
