DROP INDEX custom_by_content;
ALTER TABLE character_custom_styles DROP COLUMN content_hash;
