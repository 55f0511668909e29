-- When a member had a character, or all of them, forget what was said in a place: an answer that was made before and
-- waited out an outage of PostgreSQL elsewhere is not kept any more.
CREATE TABLE talk_forgotten (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id discord_id NOT NULL,
    -- Null in direct messages.
    guild_id discord_id,
    -- Null for all of them.
    character_id character_id,
    forgotten_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX forgotten_once ON talk_forgotten (user_id, coalesce(guild_id, 0), coalesce(character_id, ''));
CREATE INDEX forgotten_by_age ON talk_forgotten (forgotten_at);
