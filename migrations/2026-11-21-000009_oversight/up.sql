-- What operators and admins do: the record of it, kill switches, blocks.

CREATE TABLE audit_log (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL DEFAULT now(),
    -- Who did it; null for the bot itself, and once that person is erased.
    actor_id discord_id,
    guild_id discord_id,
    -- The user it was done to, if any; null once erased.
    user_id discord_id,
    action text NOT NULL CONSTRAINT audit_action_form CHECK (action ~ '^[a-z_]{1,40}(\.[a-z_]{1,40}){0,3}$'),
    -- What was changed: a setting, a switch, a character. Never a user: that is user_id.
    target text NOT NULL DEFAULT '' CONSTRAINT audit_target_length CHECK (char_length(target) <= 200),
    before jsonb,
    after jsonb,
    reason text CONSTRAINT audit_reason_length CHECK (char_length(reason) BETWEEN 1 AND 500),
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX audit_by_time ON audit_log (at);
CREATE INDEX audit_by_guild ON audit_log (guild_id, at);
CREATE INDEX audit_by_actor ON audit_log (actor_id);
CREATE INDEX audit_by_user ON audit_log (user_id);
SELECT troupe_append_only('audit_log', '{actor_id,user_id,before,after,reason}');

CREATE TABLE ai_switches (
    scope text NOT NULL CONSTRAINT switch_scope_known CHECK (
        scope IN ('global', 'feature', 'guild', 'provider', 'model', 'character')
    ),
    -- Which one: a guild's id as text, a name, a character's id; empty for global.
    target text NOT NULL DEFAULT '' CONSTRAINT switch_target_length CHECK (char_length(target) <= 200),
    reason text NOT NULL DEFAULT '' CONSTRAINT switch_reason_length CHECK (char_length(reason) <= 500),
    -- The operator; null for the bot itself, and once that person is erased.
    disabled_by discord_id,
    disabled_at timestamptz NOT NULL DEFAULT now(),
    -- Null: until an operator enables it.
    disabled_until timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (scope, target),
    CONSTRAINT switch_target_whole CHECK ((scope = 'global') = (target = '')),
    CONSTRAINT switch_guild_form CHECK (scope <> 'guild' OR target ~ '^[1-9][0-9]{0,18}$'),
    CONSTRAINT switch_ends_later CHECK (disabled_until > disabled_at)
);
CREATE INDEX switches_by_operator ON ai_switches (disabled_by) WHERE disabled_by IS NOT NULL;
CREATE INDEX switches_ending ON ai_switches (disabled_until) WHERE disabled_until IS NOT NULL;
SELECT troupe_stamp_updates('ai_switches');

CREATE TABLE blocks (
    kind text NOT NULL CONSTRAINT block_kind_known CHECK (kind IN ('user', 'guild')),
    subject_id discord_id NOT NULL,
    reason text NOT NULL DEFAULT '' CONSTRAINT block_reason_length CHECK (char_length(reason) <= 500),
    -- The operator; null for the bot itself, and once that person is erased.
    blocked_by discord_id,
    blocked_at timestamptz NOT NULL DEFAULT now(),
    -- Null: until an operator lifts it.
    blocked_until timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, subject_id),
    CONSTRAINT block_ends_later CHECK (blocked_until > blocked_at)
);
CREATE INDEX blocks_by_operator ON blocks (blocked_by) WHERE blocked_by IS NOT NULL;
CREATE INDEX blocks_ending ON blocks (blocked_until) WHERE blocked_until IS NOT NULL;
SELECT troupe_stamp_updates('blocks');
