-- SHA-256 of what a card says, by which the same card in another file is known; null where it was never taken.
ALTER TABLE character_custom_styles
    ADD COLUMN content_hash bytea CONSTRAINT custom_hash_size CHECK (octet_length(content_hash) = 32);
CREATE INDEX custom_by_content ON character_custom_styles (owner_id, content_hash) WHERE content_hash IS NOT NULL;
