ALTER TABLE bond_state DROP COLUMN told_level;
DROP TABLE bond_history;
