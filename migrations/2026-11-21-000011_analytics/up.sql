-- Daily sums, and the day a user was first seen, for cohorts.

CREATE TABLE analytics_daily_metrics (
    day date NOT NULL,
    -- Null outside guilds.
    guild_id discord_id,
    guild_key bigint NOT NULL GENERATED ALWAYS AS (coalesce(guild_id::bigint, 0)) STORED,
    metric text NOT NULL CONSTRAINT metric_form CHECK (metric ~ '^[a-z][a-z0-9_.]{0,63}$'),
    value bigint NOT NULL DEFAULT 0 CONSTRAINT metric_not_negative CHECK (value >= 0),
    PRIMARY KEY (day, guild_key, metric)
);
CREATE INDEX metrics_by_guild ON analytics_daily_metrics (guild_key, metric, day);

CREATE TABLE user_first_seen (
    user_id discord_id PRIMARY KEY,
    day date NOT NULL
);
CREATE INDEX first_seen_by_day ON user_first_seen (day);
