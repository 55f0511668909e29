-- Append-only tables, and their monthly partitions.

-- Functions below that run with their owner's rights look only where the tables are, and at temporary
-- tables last: nobody can slip one of their own in front.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE SCHEMA troupe_archive;

-- Refuses every change but one: columns named in the trigger's arguments may become null. That is how a
-- member's traces are erased and the record stays.
CREATE FUNCTION troupe_refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    before jsonb;
    after jsonb;
    personal text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := to_jsonb(OLD);
        after := to_jsonb(NEW);
        FOREACH personal IN ARRAY coalesce(TG_ARGV, '{}') LOOP
            IF after -> personal = 'null' THEN
                before := before - personal;
                after := after - personal;
            END IF;
        END LOOP;
        IF before = after THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation',
            HINT = 'Add a row that corrects the old one. To erase a member, set their columns to null; '
                'old months leave through troupe_retire_partitions.';
END
$$;

CREATE FUNCTION troupe_refuse_truncate(target regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION troupe_refuse_change()',
        target
    );
END
$$;

-- Makes a table append-only but for erasing: `personal` columns may become null.
CREATE FUNCTION troupe_append_only(target regclass, personal text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION troupe_refuse_change(%s)',
        target,
        (SELECT coalesce(string_agg(quote_literal(name), ', '), '') FROM unnest(personal) AS name)
    );
    PERFORM troupe_refuse_truncate(target);
END
$$;

-- The tables that are kept by month: whether the key is one of Discord's ids, which carry their time, or a
-- time; and what becomes of an old month. What is archived loses the personal columns first.
CREATE FUNCTION troupe_partitioned(OUT parent text, OUT by_id boolean, OUT archived boolean, OUT personal text[])
RETURNS SETOF record
LANGUAGE sql IMMUTABLE AS $$
    VALUES
        ('usage_ledger', true, true, '{user_id}'::text[]),
        ('scene_turns', true, false, '{}'::text[]),
        ('audit_log', false, true, '{actor_id,user_id,before,after,reason}'::text[])
$$;

-- The smallest id that Discord gives out at a time; the first and last one there are, outside Discord's time.
CREATE FUNCTION troupe_snowflake(at timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (greatest(0, least(2199023255551, floor(extract(epoch FROM at) * 1000) - 1420070400000)))::bigint << 22
$$;

-- When Discord gave out an id.
CREATE FUNCTION troupe_snowflake_time(id bigint) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_timestamp(((id >> 22) + 1420070400000) / 1000.0)
$$;

-- Makes the partition for the month (UTC) of `at`, unless it is there. Returns whether it was made.
CREATE FUNCTION troupe_make_partition(parent text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    keys_are_ids boolean;
    first_day timestamp := date_trunc('month', at AT TIME ZONE 'UTC');
    opens timestamptz := first_day AT TIME ZONE 'UTC';
    closes timestamptz := (first_day + interval '1 month') AT TIME ZONE 'UTC';
    partition text := format('%s_%s', parent, to_char(first_day, 'YYYY_MM'));
    bounds text;
BEGIN
    SELECT by_id INTO keys_are_ids FROM troupe_partitioned() AS known WHERE known.parent = troupe_make_partition.parent;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% has no partitions', parent USING ERRCODE = 'undefined_table';
    END IF;
    IF first_day < '2015-01-01' OR first_day >= '2084-09-01' THEN
        RAISE EXCEPTION 'no month of Discord''s time: %', first_day USING ERRCODE = 'datetime_field_overflow';
    END IF;
    IF to_regclass(format('%I', partition)) IS NOT NULL THEN
        RETURN false;
    END IF;
    -- One at a time: another process may be making the same one. Asked again afterwards, for it may be done; only a
    -- table's lock, not an advisory one, makes what others have done visible to that.
    EXECUTE format('LOCK TABLE %I IN SHARE UPDATE EXCLUSIVE MODE', parent);
    IF to_regclass(format('%I', partition)) IS NOT NULL THEN
        RETURN false;
    END IF;
    IF keys_are_ids THEN
        bounds := format('FROM (%s) TO (%s)', greatest(1, troupe_snowflake(opens)), troupe_snowflake(closes));
    ELSE
        bounds := format('FROM (%L) TO (%L)', opens, closes);
    END IF;
    -- Made apart and attached: that does not wait for those who read or write the other months.
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', partition, parent);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES %s', parent, partition, bounds);
    PERFORM troupe_refuse_truncate(partition::regclass);
    RETURN true;
END
$$;

-- Makes the partitions of this month and of the months ahead, for every table. Returns how many were made.
CREATE FUNCTION troupe_ensure_partitions(months_ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    made integer;
BEGIN
    IF months_ahead NOT BETWEEN 0 AND 24 THEN
        RAISE EXCEPTION 'months ahead: 0 to 24, not %', months_ahead USING ERRCODE = 'numeric_value_out_of_range';
    END IF;
    SELECT count(*) INTO made
    FROM troupe_partitioned() AS known, generate_series(0, months_ahead) AS ahead
    WHERE troupe_make_partition(known.parent, now() + make_interval(months => ahead));
    RETURN made;
END
$$;

-- Makes the partition that one row needs, by its id or its time. Returns whether it was made.
CREATE FUNCTION troupe_ensure_partition_for(parent text, id bigint) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT troupe_make_partition(parent, troupe_snowflake_time(id))
$$;

CREATE FUNCTION troupe_ensure_partition_for(parent text, at timestamptz) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT troupe_make_partition(parent, at)
$$;

-- Retires one partition: drops it, or blanks its personal columns and moves it to the archive.
CREATE FUNCTION troupe_retire_partition(parent text, partition text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    keep boolean;
    blank text[];
BEGIN
    SELECT archived, personal INTO STRICT keep, blank
    FROM troupe_partitioned() AS known WHERE known.parent = troupe_retire_partition.parent;
    -- Nothing may be written to it from here on; the other months go on.
    EXECUTE format('LOCK TABLE %I IN SHARE ROW EXCLUSIVE MODE', partition);
    IF keep THEN
        EXECUTE (
            SELECT format('UPDATE %I SET %s WHERE %s', partition,
                string_agg(format('%I = NULL', name), ', '), string_agg(format('%I IS NOT NULL', name), ' OR '))
            FROM unnest(blank) AS name
        );
    END IF;
    EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, partition);
    IF NOT keep THEN
        EXECUTE format('DROP TABLE %I', partition);
    ELSIF to_regclass(format('troupe_archive.%I', partition)) IS NULL THEN
        EXECUTE format('ALTER TABLE %I SET SCHEMA troupe_archive', partition);
    ELSE
        -- That month was archived before, and late rows have come since.
        EXECUTE format('INSERT INTO troupe_archive.%I SELECT * FROM %I', partition, partition);
        EXECUTE format('DROP TABLE %I', partition);
    END IF;
END
$$;

-- Retires the months that ended before a day. This month and the last always stay, whatever is asked for: the
-- running role may call this, and must not be able to lose what is young. Returns the partitions' names.
CREATE FUNCTION troupe_retire_partitions(parent text, before date) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    this_month timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
    last_name text;
    partition text;
BEGIN
    IF NOT EXISTS (SELECT FROM troupe_partitioned() AS known WHERE known.parent = troupe_retire_partitions.parent) THEN
        RAISE EXCEPTION '% has no partitions', parent USING ERRCODE = 'undefined_table';
    END IF;
    IF before > this_month - interval '1 month' THEN
        RAISE EXCEPTION 'this month and the last are never retired: % is too young', before
            USING ERRCODE = 'datetime_field_overflow', HINT = 'Ask for a day before them.';
    END IF;
    EXECUTE format('LOCK TABLE %I IN SHARE UPDATE EXCLUSIVE MODE', parent);
    -- A month has ended before that day when its name is smaller than that of the day's own month.
    last_name := format('%s_%s', parent, to_char(before, 'YYYY_MM'));
    FOR partition IN
        SELECT child.relname FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
        WHERE inhparent = to_regclass(format('%I', parent)) AND child.relname::text COLLATE "C" < last_name
        ORDER BY child.relname
    LOOP
        PERFORM troupe_retire_partition(parent, partition);
        RETURN NEXT partition;
    END LOOP;
    -- A scene whose turns are gone is an empty shell.
    IF parent = 'scene_turns' THEN
        DELETE FROM scenes WHERE scene_id < troupe_snowflake(date_trunc('month', before::timestamp) AT TIME ZONE 'UTC');
    END IF;
END
$$;

REVOKE EXECUTE ON FUNCTION
    troupe_make_partition(text, timestamptz),
    troupe_ensure_partitions(integer),
    troupe_ensure_partition_for(text, bigint),
    troupe_ensure_partition_for(text, timestamptz),
    troupe_retire_partition(text, text),
    troupe_retire_partitions(text, date)
FROM PUBLIC;
