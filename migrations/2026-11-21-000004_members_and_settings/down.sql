DROP TABLE guild_list_entries;
DROP FUNCTION troupe_guild_needed();
DROP FUNCTION troupe_guild_changed();
DROP TABLE guild_settings;
DROP TABLE users;
