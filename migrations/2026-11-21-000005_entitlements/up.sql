-- Tiers: who has which, from what source, and until when. Several may overlap; the best one in force counts.

CREATE TABLE premium_entitlements (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    guild_id discord_id NOT NULL,
    source text NOT NULL CONSTRAINT premium_source_known CHECK (source IN ('operator', 'discord', 'trial', 'gift')),
    -- Discord's own id of the entitlement, and the like.
    external_id text CONSTRAINT premium_external_length CHECK (char_length(external_id) BETWEEN 1 AND 100),
    tier text NOT NULL CONSTRAINT premium_tier_known CHECK (tier IN ('free', 'pro')),
    starts_at timestamptz NOT NULL DEFAULT now(),
    ends_at timestamptz,
    revoked_at timestamptz,
    note text CONSTRAINT premium_note_length CHECK (char_length(note) BETWEEN 1 AND 500),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT premium_external_once UNIQUE (source, external_id),
    CONSTRAINT premium_discord_has_id CHECK (source <> 'discord' OR external_id IS NOT NULL),
    CONSTRAINT premium_ends_later CHECK (ends_at > starts_at)
);
CREATE INDEX premium_by_guild ON premium_entitlements (guild_id);
CREATE INDEX premium_ending ON premium_entitlements (ends_at) WHERE revoked_at IS NULL AND ends_at IS NOT NULL;
SELECT troupe_stamp_updates('premium_entitlements');
CREATE TRIGGER guild_changed AFTER INSERT OR UPDATE OR DELETE ON premium_entitlements
    FOR EACH ROW EXECUTE FUNCTION troupe_guild_changed();

CREATE TABLE user_entitlements (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id discord_id NOT NULL,
    source text NOT NULL CONSTRAINT user_source_known CHECK (source IN ('operator', 'discord', 'trial', 'gift')),
    external_id text CONSTRAINT user_external_length CHECK (char_length(external_id) BETWEEN 1 AND 100),
    tier text NOT NULL CONSTRAINT user_tier_known CHECK (tier IN ('free', 'pro')),
    starts_at timestamptz NOT NULL DEFAULT now(),
    ends_at timestamptz,
    revoked_at timestamptz,
    note text CONSTRAINT user_note_length CHECK (char_length(note) BETWEEN 1 AND 500),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT user_external_once UNIQUE (source, external_id),
    CONSTRAINT user_discord_has_id CHECK (source <> 'discord' OR external_id IS NOT NULL),
    CONSTRAINT user_ends_later CHECK (ends_at > starts_at)
);
CREATE INDEX user_entitlements_by_user ON user_entitlements (user_id);
CREATE INDEX user_entitlements_ending ON user_entitlements (ends_at)
    WHERE revoked_at IS NULL AND ends_at IS NOT NULL;
SELECT troupe_stamp_updates('user_entitlements');

-- Draws the user's version anew, and makes their row where there is none. A row that goes makes none: it may
-- go because the user is being erased.
CREATE FUNCTION troupe_user_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE users SET version = version + 1 WHERE user_id = OLD.user_id;
    END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.user_id <> OLD.user_id) THEN
        INSERT INTO users AS known (user_id) VALUES (NEW.user_id)
        ON CONFLICT (user_id) DO UPDATE SET version = known.version + 1;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER user_changed AFTER INSERT OR UPDATE OR DELETE ON user_entitlements
    FOR EACH ROW EXECUTE FUNCTION troupe_user_changed();
