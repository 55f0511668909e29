-- Characters that members make or bring along.

CREATE TABLE character_custom_styles (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    owner_id discord_id NOT NULL,
    -- The guild it is shared with.
    guild_id discord_id,
    name text NOT NULL CONSTRAINT custom_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    -- JSON as text: jsonb would lose the order of keys, double keys and the form of numbers.
    card text NOT NULL CONSTRAINT custom_card_size CHECK (octet_length(card) BETWEEN 2 AND 5 * 1024 * 1024),
    avatar bytea CONSTRAINT custom_avatar_size CHECK (octet_length(avatar) BETWEEN 1 AND 5 * 1024 * 1024),
    avatar_type text CONSTRAINT custom_avatar_type CHECK (avatar_type IN ('image/png', 'image/webp', 'image/jpeg', 'image/gif')),
    version bigint NOT NULL DEFAULT 1 CONSTRAINT custom_version_positive CHECK (version >= 1),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT custom_avatar_whole CHECK ((avatar IS NULL) = (avatar_type IS NULL))
);
CREATE INDEX custom_by_owner ON character_custom_styles (owner_id, name);
CREATE INDEX custom_by_guild ON character_custom_styles (guild_id, name) WHERE guild_id IS NOT NULL;
CREATE INDEX custom_deleted ON character_custom_styles (deleted_at) WHERE deleted_at IS NOT NULL;
SELECT troupe_stamp_updates('character_custom_styles');
SELECT troupe_version_rows('character_custom_styles');
