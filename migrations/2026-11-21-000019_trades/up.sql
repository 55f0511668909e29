-- Gifts and trades between members, and the odds that rolls were drawn by.

CREATE TABLE trades (
    -- The interaction that proposed it: the same one never proposes twice.
    trade_id discord_id PRIMARY KEY,
    guild_id discord_id NOT NULL,
    proposer_id discord_id NOT NULL,
    receiver_id discord_id NOT NULL,
    -- What the proposer gives: one copy.
    gives character_id NOT NULL CONSTRAINT trade_gives_shipped CHECK (troupe_custom_id(gives) IS NULL),
    -- What the proposer gets: one copy; null for a gift.
    gets character_id CONSTRAINT trade_gets_shipped CHECK (troupe_custom_id(gets) IS NULL),
    made_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'proposed' CONSTRAINT trade_state_known CHECK (
        state IN ('proposed', 'confirmed', 'done', 'declined', 'withdrawn', 'expired')
    ),
    -- When it reached its last state.
    ended_at timestamptz,
    CONSTRAINT trade_between_two CHECK (proposer_id <> receiver_id),
    CONSTRAINT trade_of_two CHECK (gets <> gives),
    CONSTRAINT trade_expires_later CHECK (expires_at > made_at),
    CONSTRAINT trade_ended_whole CHECK ((state IN ('proposed', 'confirmed')) = (ended_at IS NULL))
);
CREATE INDEX trades_open_by_proposer ON trades (proposer_id) WHERE state IN ('proposed', 'confirmed');
CREATE INDEX trades_by_receiver ON trades (receiver_id);
CREATE INDEX trades_by_proposer ON trades (proposer_id);
CREATE INDEX trades_open_by_end ON trades (expires_at) WHERE state IN ('proposed', 'confirmed');
CREATE INDEX trades_by_age ON trades (ended_at) WHERE ended_at IS NOT NULL;

-- Both sides confirm the same terms, since terms never change; and what has ended stays ended.
CREATE FUNCTION troupe_refuse_trade_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NULL
        AND to_jsonb(NEW) - '{state,ended_at}'::text[] = to_jsonb(OLD) - '{state,ended_at}'::text[]
        AND NOT (OLD.state = 'confirmed' AND NEW.state = 'proposed')
        AND (NEW.state <> 'done' OR OLD.state = 'confirmed') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'terms of trades never change: UPDATE refused' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER keep_terms BEFORE UPDATE ON trades FOR EACH ROW EXECUTE FUNCTION troupe_refuse_trade_change();

-- What a roll's result depends on beside its draw and luck: kept for good, so that it can be computed again.
CREATE TABLE roll_odds (
    odds_version text PRIMARY KEY CONSTRAINT odds_version_length CHECK (char_length(odds_version) BETWEEN 1 AND 100),
    definition jsonb NOT NULL CONSTRAINT odds_definition_object CHECK (jsonb_typeof(definition) = 'object'),
    first_used_at timestamptz NOT NULL DEFAULT now()
);
SELECT troupe_append_only('roll_odds', '{}');
