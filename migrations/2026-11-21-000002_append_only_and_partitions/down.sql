-- What was archived goes too.
DROP FUNCTION troupe_retire_partitions(text, date);
DROP FUNCTION troupe_retire_partition(text, text);
DROP FUNCTION troupe_ensure_partition_for(text, timestamptz);
DROP FUNCTION troupe_ensure_partition_for(text, bigint);
DROP FUNCTION troupe_ensure_partitions(integer);
DROP FUNCTION troupe_make_partition(text, timestamptz);
DROP FUNCTION troupe_snowflake_time(bigint);
DROP FUNCTION troupe_snowflake(timestamptz);
DROP FUNCTION troupe_partitioned();
DROP SCHEMA troupe_archive CASCADE;
DROP FUNCTION troupe_append_only(regclass, text[]);
DROP FUNCTION troupe_refuse_truncate(regclass);
DROP FUNCTION troupe_refuse_change();
