-- What each day added to a bond, and of which band a member has been told. A bond's history goes with it.

CREATE TABLE bond_history (
    user_id discord_id NOT NULL,
    character_id character_id NOT NULL,
    -- In UTC, as bond_state.xp_day.
    day date NOT NULL,
    gained integer NOT NULL CONSTRAINT history_gained_positive CHECK (gained > 0),
    -- At the day's end so far.
    xp_after bigint NOT NULL,
    PRIMARY KEY (user_id, character_id, day),
    CONSTRAINT history_of_bond FOREIGN KEY (user_id, character_id) REFERENCES bond_state ON DELETE CASCADE,
    CONSTRAINT history_gained_within CHECK (gained <= xp_after)
);
CREATE INDEX history_by_day ON bond_history (day);

-- The level up to which the member was told of bands. Who is there already knows.
ALTER TABLE bond_state ADD COLUMN told_level bigint NOT NULL DEFAULT 1;
UPDATE bond_state SET told_level = floor(sqrt(xp))::bigint + 1 WHERE xp > 0;
