-- What a member has with characters: which is active, which are theirs, how rolls fell, how close they are.
-- Whatever belongs to a custom character goes with it; what only points at one forgets it.

CREATE TABLE character_user_state (
    -- Null outside guilds.
    guild_id discord_id,
    guild_key bigint NOT NULL GENERATED ALWAYS AS (coalesce(guild_id::bigint, 0)) STORED,
    user_id discord_id NOT NULL,
    active_character character_id,
    active_custom_id uuid GENERATED ALWAYS AS (troupe_custom_id(active_character)) STORED
        CONSTRAINT state_active_custom_exists REFERENCES character_custom_styles (id),
    preferences jsonb NOT NULL DEFAULT '{}' CONSTRAINT state_preferences_object CHECK (jsonb_typeof(preferences) = 'object'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, guild_key)
);
CREATE INDEX state_by_active_custom ON character_user_state (active_custom_id) WHERE active_custom_id IS NOT NULL;
SELECT troupe_stamp_updates('character_user_state');

-- Deleting a custom character must not delete a guild's settings or a member's state, and the generated
-- columns that refer to it can't be set to null by the foreign key.
CREATE FUNCTION troupe_forget_custom_character() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE guild_settings SET default_character = NULL WHERE default_custom_id = OLD.id;
    UPDATE character_user_state SET active_character = NULL WHERE active_custom_id = OLD.id;
    RETURN OLD;
END
$$;
CREATE TRIGGER forget_custom_character BEFORE DELETE ON character_custom_styles
    FOR EACH ROW EXECUTE FUNCTION troupe_forget_custom_character();

CREATE TABLE character_owned_styles (
    user_id discord_id NOT NULL,
    character_id character_id NOT NULL,
    custom_id uuid GENERATED ALWAYS AS (troupe_custom_id(character_id)) STORED
        CONSTRAINT owned_custom_exists REFERENCES character_custom_styles (id) ON DELETE CASCADE,
    copies integer NOT NULL DEFAULT 1 CONSTRAINT owned_copies_positive CHECK (copies >= 1),
    -- Null for custom characters, which have none.
    rarity text CONSTRAINT owned_rarity_known CHECK (rarity IN ('common', 'uncommon', 'rare', 'epic', 'legendary')),
    obtained_from text NOT NULL CONSTRAINT owned_source_known CHECK (
        obtained_from IN ('roll', 'trade', 'gift', 'created', 'starter')
    ),
    obtained_at timestamptz NOT NULL DEFAULT now(),
    -- Kept from trades, gifts and release.
    locked boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, character_id)
);
CREATE INDEX owned_by_character ON character_owned_styles (character_id);
CREATE INDEX owned_by_custom ON character_owned_styles (custom_id) WHERE custom_id IS NOT NULL;
SELECT troupe_stamp_updates('character_owned_styles');

CREATE TABLE roll_state (
    user_id discord_id PRIMARY KEY,
    rolls bigint NOT NULL DEFAULT 0 CONSTRAINT rolls_not_negative CHECK (rolls >= 0),
    -- Rolls since the last one of this rarity or better.
    since_epic integer NOT NULL DEFAULT 0 CONSTRAINT since_epic_not_negative CHECK (since_epic >= 0),
    since_legendary integer NOT NULL DEFAULT 0 CONSTRAINT since_legendary_not_negative CHECK (since_legendary >= 0),
    updated_at timestamptz NOT NULL DEFAULT now()
);
SELECT troupe_stamp_updates('roll_state');

CREATE TABLE rolls (
    -- The interaction that asked for it: the same one never rolls twice.
    roll_id discord_id PRIMARY KEY,
    -- Null once the member is erased.
    user_id discord_id,
    guild_id discord_id,
    -- What the random generator gave, uniform over all non-negative values.
    draw bigint NOT NULL CONSTRAINT roll_draw_not_negative CHECK (draw >= 0),
    odds_version text NOT NULL CONSTRAINT roll_odds_length CHECK (char_length(odds_version) BETWEEN 1 AND 100),
    cost integer NOT NULL DEFAULT 1 CONSTRAINT roll_cost_not_negative CHECK (cost >= 0),
    since_epic_before integer NOT NULL CONSTRAINT roll_epic_before CHECK (since_epic_before >= 0),
    since_epic_after integer NOT NULL CONSTRAINT roll_epic_after CHECK (since_epic_after IN (0, since_epic_before + 1)),
    since_legendary_before integer NOT NULL CONSTRAINT roll_legendary_before CHECK (since_legendary_before >= 0),
    since_legendary_after integer NOT NULL
        CONSTRAINT roll_legendary_after CHECK (since_legendary_after IN (0, since_legendary_before + 1)),
    character_id character_id NOT NULL,
    rarity text NOT NULL CONSTRAINT roll_rarity_known CHECK (rarity IN ('common', 'uncommon', 'rare', 'epic', 'legendary')),
    rolled_at timestamptz NOT NULL DEFAULT now(),
    decision text NOT NULL DEFAULT 'pending'
        CONSTRAINT roll_decision_known CHECK (decision IN ('pending', 'added', 'replaced', 'released')),
    replaced_character character_id,
    decided_at timestamptz,
    CONSTRAINT roll_decided_whole CHECK ((decision = 'pending') = (decided_at IS NULL)),
    CONSTRAINT roll_replaced_whole CHECK ((decision = 'replaced') = (replaced_character IS NOT NULL))
);
CREATE INDEX rolls_by_user ON rolls (user_id, rolled_at);
CREATE UNIQUE INDEX rolls_one_pending ON rolls (user_id) WHERE decision = 'pending';

-- Append-only, but for erasing and for one decision: once made, it stays.
CREATE FUNCTION troupe_refuse_roll_change() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    open_columns text[] := '{}';
BEGIN
    IF NEW.user_id IS NULL THEN
        open_columns := open_columns || 'user_id'::text;
    END IF;
    IF OLD.decision = 'pending' THEN
        open_columns := open_columns || '{decision,decided_at,replaced_character}'::text[];
    END IF;
    IF to_jsonb(NEW) - open_columns = to_jsonb(OLD) - open_columns THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rolls is append-only: UPDATE refused' USING ERRCODE = 'restrict_violation',
        HINT = 'A pending roll may be decided once; to erase a member, set user_id to null.';
END
$$;
CREATE TRIGGER refuse_change BEFORE UPDATE ON rolls FOR EACH ROW EXECUTE FUNCTION troupe_refuse_roll_change();
CREATE TRIGGER refuse_delete BEFORE DELETE ON rolls FOR EACH ROW EXECUTE FUNCTION troupe_refuse_change();
SELECT troupe_refuse_truncate('rolls');

CREATE TABLE bond_state (
    user_id discord_id NOT NULL,
    character_id character_id NOT NULL,
    custom_id uuid GENERATED ALWAYS AS (troupe_custom_id(character_id)) STORED
        CONSTRAINT bond_custom_exists REFERENCES character_custom_styles (id) ON DELETE CASCADE,
    xp bigint NOT NULL DEFAULT 0 CONSTRAINT bond_xp_not_negative CHECK (xp >= 0),
    -- Gained on xp_day (UTC), for the daily cap.
    xp_today integer NOT NULL DEFAULT 0 CONSTRAINT bond_xp_today_not_negative CHECK (xp_today >= 0),
    xp_day date,
    -- What the character calls the member.
    nickname text CONSTRAINT bond_nickname_length CHECK (char_length(nickname) BETWEEN 1 AND 32),
    paused boolean NOT NULL DEFAULT false,
    last_spoke_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, character_id),
    CONSTRAINT bond_xp_today_within CHECK (xp_today <= xp),
    CONSTRAINT bond_xp_day_known CHECK (xp_today = 0 OR xp_day IS NOT NULL)
);
CREATE INDEX bond_leaders ON bond_state (character_id, xp DESC);
CREATE INDEX bond_by_custom ON bond_state (custom_id) WHERE custom_id IS NOT NULL;
SELECT troupe_stamp_updates('bond_state');
