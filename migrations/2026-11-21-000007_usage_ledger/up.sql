-- One row for each call of a model, whatever came of it.

CREATE TABLE usage_ledger (
    interaction_id discord_id NOT NULL,
    -- Tells apart the calls made for one interaction, from 0.
    ordinal smallint NOT NULL DEFAULT 0 CONSTRAINT usage_ordinal_not_negative CHECK (ordinal >= 0),
    -- Null outside guilds.
    guild_id discord_id,
    -- Null once the member is erased.
    user_id discord_id,
    character_id character_id,
    feature text NOT NULL CONSTRAINT usage_feature_form CHECK (feature ~ '^[a-z][a-z_]{0,31}$'),
    provider text NOT NULL CONSTRAINT usage_provider_length CHECK (char_length(provider) BETWEEN 1 AND 100),
    model text NOT NULL CONSTRAINT usage_model_length CHECK (char_length(model) BETWEEN 1 AND 200),
    prompt_tokens integer NOT NULL DEFAULT 0 CONSTRAINT usage_prompt_not_negative CHECK (prompt_tokens >= 0),
    completion_tokens integer NOT NULL DEFAULT 0 CONSTRAINT usage_completion_not_negative CHECK (completion_tokens >= 0),
    -- Millionths of a US dollar; null when the price is not known.
    cost_micros bigint CONSTRAINT usage_cost_not_negative CHECK (cost_micros >= 0),
    outcome text NOT NULL CONSTRAINT usage_outcome_known CHECK (
        outcome IN ('completed', 'partial', 'failed', 'cancelled', 'refused_by_model')
    ),
    latency_ms integer NOT NULL CONSTRAINT usage_latency_not_negative CHECK (latency_ms >= 0),
    -- Null when no token came.
    first_token_ms integer CONSTRAINT usage_first_token_not_negative CHECK (first_token_ms >= 0),
    called_at timestamptz NOT NULL,
    CONSTRAINT usage_first_token_within CHECK (first_token_ms <= latency_ms),
    PRIMARY KEY (interaction_id, ordinal)
) PARTITION BY RANGE (interaction_id);
CREATE INDEX usage_by_guild ON usage_ledger (guild_id, called_at);
CREATE INDEX usage_by_user ON usage_ledger (user_id, called_at);
SELECT troupe_append_only('usage_ledger', '{user_id}');
