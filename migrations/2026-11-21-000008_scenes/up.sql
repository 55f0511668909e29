-- Scenes: several characters and members on one stage.

CREATE TABLE scenes (
    -- The interaction that began it.
    scene_id discord_id PRIMARY KEY,
    -- Null outside guilds.
    guild_id discord_id,
    channel_id discord_id NOT NULL,
    -- Null once that member is erased, and so is the title, which they gave.
    started_by discord_id,
    title text CONSTRAINT scene_title_length CHECK (char_length(title) BETWEEN 1 AND 200),
    state text NOT NULL DEFAULT 'active' CONSTRAINT scene_state_known CHECK (state IN ('active', 'paused', 'ended')),
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT scene_ended_whole CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CONSTRAINT scene_ends_later CHECK (ended_at >= started_at)
);
CREATE INDEX scenes_by_guild ON scenes (guild_id, started_at);
CREATE INDEX scenes_by_starter ON scenes (started_by);
CREATE INDEX scenes_open ON scenes (channel_id) WHERE state <> 'ended';
SELECT troupe_stamp_updates('scenes');

CREATE TABLE scene_cast (
    scene_id discord_id NOT NULL CONSTRAINT cast_of_scene REFERENCES scenes (scene_id) ON DELETE CASCADE,
    position smallint NOT NULL CONSTRAINT cast_position_not_negative CHECK (position >= 0),
    -- Without a foreign key: who played stays known when the character is deleted.
    character_id character_id NOT NULL,
    joined_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (scene_id, position),
    CONSTRAINT cast_once UNIQUE (scene_id, character_id)
);

CREATE TABLE scene_turns (
    scene_id discord_id NOT NULL CONSTRAINT turn_of_scene REFERENCES scenes (scene_id),
    turn integer NOT NULL CONSTRAINT turn_not_negative CHECK (turn >= 0),
    speaker text NOT NULL CONSTRAINT turn_speaker_known CHECK (speaker IN ('member', 'character', 'narrator')),
    -- The member who spoke, or for whom it was written; null once erased.
    user_id discord_id,
    character_id character_id,
    -- Null once erased.
    content text CONSTRAINT turn_content_size CHECK (octet_length(content) <= 65536),
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT turn_character_whole CHECK ((speaker = 'character') = (character_id IS NOT NULL)),
    PRIMARY KEY (scene_id, turn)
) PARTITION BY RANGE (scene_id);
CREATE INDEX turns_by_user ON scene_turns (user_id);
SELECT troupe_append_only('scene_turns', '{user_id,content}');
