-- Sounds that characters can make: what they are, and where the files lie.

CREATE TABLE voice_sounds (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    character_id character_id NOT NULL,
    custom_id uuid GENERATED ALWAYS AS (troupe_custom_id(character_id)) STORED
        CONSTRAINT sound_custom_exists REFERENCES character_custom_styles (id) ON DELETE CASCADE,
    name text NOT NULL CONSTRAINT sound_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    locale text NOT NULL DEFAULT 'en' CONSTRAINT sound_locale_form CHECK (locale ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
    content_type text NOT NULL CONSTRAINT sound_type_form CHECK (content_type ~ '^audio/[a-z0-9.+-]{1,60}$'),
    sha256 bytea NOT NULL CONSTRAINT sound_hash_size CHECK (octet_length(sha256) = 32),
    size_bytes bigint NOT NULL CONSTRAINT sound_size_positive CHECK (size_bytes > 0),
    duration_ms integer NOT NULL CONSTRAINT sound_duration_positive CHECK (duration_ms > 0),
    -- Where the file lies, from the root of the sounds' store.
    path text NOT NULL CONSTRAINT sound_path_inside CHECK (
        char_length(path) >= 1 AND char_length(path) <= 400 AND path !~ '(^/|(^|/)\.\.(/|$))'
    ),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sound_once UNIQUE (character_id, name, locale)
);
CREATE INDEX sounds_by_custom ON voice_sounds (custom_id) WHERE custom_id IS NOT NULL;
SELECT troupe_stamp_updates('voice_sounds');
