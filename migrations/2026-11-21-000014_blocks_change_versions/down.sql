DROP TRIGGER block_changed ON blocks;
DROP FUNCTION troupe_block_changed();
