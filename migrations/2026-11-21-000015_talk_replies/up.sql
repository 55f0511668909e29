-- Characters' answers with the lines they answer, kept for some days for the buttons below them.

-- Characters of the longest text; 0 when there is none.
CREATE FUNCTION troupe_longest(texts text[]) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(max(char_length(one)), 0) FROM unnest(texts) AS one
$$;

CREATE TABLE talk_replies (
    -- The interaction, or the message, that the line came with.
    interaction_id discord_id PRIMARY KEY,
    -- Null in direct messages.
    guild_id discord_id,
    channel_id discord_id NOT NULL,
    user_id discord_id NOT NULL,
    character_id character_id NOT NULL,
    said text NOT NULL CONSTRAINT reply_said_length CHECK (char_length(said) <= 8000),
    -- Oldest first.
    answers text[] NOT NULL
        CONSTRAINT reply_answers_count CHECK (array_ndims(answers) = 1 AND cardinality(answers) BETWEEN 1 AND 10)
        CONSTRAINT reply_answers_whole CHECK (array_position(answers, NULL) IS NULL)
        CONSTRAINT reply_answers_length CHECK (troupe_longest(answers) <= 20000),
    -- Which of them is shown, from 0.
    shown smallint NOT NULL DEFAULT 0,
    -- The messages that show it, in order; empty where it could not be shown.
    message_ids bigint[] NOT NULL DEFAULT '{}'
        CONSTRAINT reply_messages_count CHECK (cardinality(message_ids) <= 50)
        CONSTRAINT reply_messages_positive CHECK (array_position(message_ids, NULL) IS NULL AND 0 < ALL (message_ids)),
    by_webhook boolean NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT reply_shown_is_there CHECK (shown >= 0 AND shown < cardinality(answers))
);
CREATE INDEX replies_by_member ON talk_replies (user_id, guild_id, made_at);
CREATE INDEX replies_by_age ON talk_replies (made_at);
