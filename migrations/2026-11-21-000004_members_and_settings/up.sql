-- Users as such, and what guild admins decide.

CREATE TABLE users (
    user_id discord_id PRIMARY KEY,
    -- Drawn anew when the user's row or entitlements change: the stamp of what is cached about them.
    version bigint NOT NULL DEFAULT 1 CONSTRAINT users_version_positive CHECK (version >= 1),
    leaderboard_opt_out boolean NOT NULL DEFAULT false,
    locale text CONSTRAINT users_locale_form CHECK (locale ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
SELECT troupe_stamp_updates('users');
SELECT troupe_version_rows('users');

CREATE TABLE guild_settings (
    guild_id discord_id PRIMARY KEY,
    -- Drawn anew when the guild's settings, lists or entitlements change: the stamp of what is cached about it.
    version bigint NOT NULL DEFAULT 1 CONSTRAINT settings_version_positive CHECK (version >= 1),
    ai_enabled boolean NOT NULL DEFAULT true,
    talk_enabled boolean NOT NULL DEFAULT true,
    scene_enabled boolean NOT NULL DEFAULT true,
    locale text CONSTRAINT settings_locale_form CHECK (locale ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
    default_character character_id,
    default_custom_id uuid GENERATED ALWAYS AS (troupe_custom_id(default_character)) STORED
        CONSTRAINT settings_default_custom_exists REFERENCES character_custom_styles (id),
    model text CONSTRAINT settings_model_length CHECK (char_length(model) BETWEEN 1 AND 200),
    -- Windows other than the tier's: so many calls in so many seconds.
    user_window_calls integer CONSTRAINT settings_user_window_calls CHECK (user_window_calls BETWEEN 1 AND 1000),
    user_window_seconds integer CONSTRAINT settings_user_window_seconds CHECK (user_window_seconds BETWEEN 1 AND 86400),
    guild_window_calls integer CONSTRAINT settings_guild_window_calls CHECK (guild_window_calls BETWEEN 1 AND 10000),
    guild_window_seconds integer CONSTRAINT settings_guild_window_seconds CHECK (guild_window_seconds BETWEEN 1 AND 86400),
    -- Settings without a column of their own, by name.
    extra jsonb NOT NULL DEFAULT '{}' CONSTRAINT settings_extra_object CHECK (jsonb_typeof(extra) = 'object'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT settings_user_window_whole CHECK ((user_window_calls IS NULL) = (user_window_seconds IS NULL)),
    CONSTRAINT settings_guild_window_whole CHECK ((guild_window_calls IS NULL) = (guild_window_seconds IS NULL))
);
CREATE INDEX settings_by_default_custom ON guild_settings (default_custom_id) WHERE default_custom_id IS NOT NULL;
SELECT troupe_stamp_updates('guild_settings');
SELECT troupe_version_rows('guild_settings');

CREATE TABLE guild_list_entries (
    guild_id discord_id NOT NULL CONSTRAINT list_of_guild REFERENCES guild_settings (guild_id) ON DELETE CASCADE,
    list text NOT NULL CONSTRAINT list_known CHECK (
        list IN ('allowed_roles', 'allowed_channels', 'blocked_users', 'staff_roles')
    ),
    -- A user, role or channel.
    entry_id discord_id NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (guild_id, list, entry_id)
);
CREATE INDEX list_entries_by_entry ON guild_list_entries (entry_id);

-- Draws the guild's version anew, and makes its settings' row where there is none. A row that goes makes none:
-- it may go because the guild is being forgotten.
CREATE FUNCTION troupe_guild_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE guild_settings SET version = version + 1 WHERE guild_id = OLD.guild_id;
    END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.guild_id <> OLD.guild_id) THEN
        INSERT INTO guild_settings AS settings (guild_id) VALUES (NEW.guild_id)
        ON CONFLICT (guild_id) DO UPDATE SET version = settings.version + 1;
    END IF;
    RETURN NULL;
END
$$;

-- A list's first entry may come before any setting.
CREATE FUNCTION troupe_guild_needed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO guild_settings (guild_id) VALUES (NEW.guild_id) ON CONFLICT (guild_id) DO NOTHING;
    RETURN NEW;
END
$$;

CREATE TRIGGER guild_needed BEFORE INSERT ON guild_list_entries
    FOR EACH ROW EXECUTE FUNCTION troupe_guild_needed();
CREATE TRIGGER guild_changed AFTER INSERT OR UPDATE OR DELETE ON guild_list_entries
    FOR EACH ROW EXECUTE FUNCTION troupe_guild_changed();
