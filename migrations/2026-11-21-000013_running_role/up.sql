-- Exactly the rights that running needs, for a role that owns nothing.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- Gives a role those rights, and takes any other that it had on these tables.
CREATE FUNCTION troupe_grant_running(running_role name) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    own_schema text := current_schema();
    known record;
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', own_schema, running_role);
    FOR known IN
        SELECT child.oid::regclass AS name, child.relname,
            refusal.oid IS NOT NULL AS append_only
        FROM pg_class AS child
        LEFT JOIN pg_trigger AS refusal ON refusal.tgrelid = child.oid AND refusal.tgname = 'refuse_change'
        WHERE child.relnamespace = own_schema::regnamespace AND child.relkind IN ('r', 'p') AND NOT child.relispartition
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM %I', known.name, running_role);
        IF known.relname = '__diesel_schema_migrations' THEN
            EXECUTE format('GRANT SELECT ON %s TO %I', known.name, running_role);
        ELSIF known.append_only THEN
            EXECUTE format('GRANT SELECT, INSERT ON %s TO %I', known.name, running_role);
        ELSE
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', known.name, running_role);
        END IF;
    END LOOP;
    EXECUTE format('GRANT UPDATE (user_id) ON usage_ledger TO %I', running_role);
    EXECUTE format('GRANT UPDATE (user_id, content) ON scene_turns TO %I', running_role);
    EXECUTE format('GRANT UPDATE (actor_id, user_id, before, after, reason) ON audit_log TO %I', running_role);
    EXECUTE format('GRANT UPDATE (user_id, decision, decided_at, replaced_character) ON rolls TO %I', running_role);
    EXECUTE format('GRANT USAGE ON SEQUENCE row_version_seq TO %I', running_role);
    EXECUTE format(
        'GRANT EXECUTE ON FUNCTION troupe_ensure_partitions(integer), troupe_ensure_partition_for(text, bigint), '
        'troupe_ensure_partition_for(text, timestamptz), troupe_retire_partitions(text, date) TO %I', running_role
    );
END
$$;

-- Gives every role that has the rights of running those of the newest tables too.
CREATE FUNCTION troupe_grant_running_again() RETURNS void
LANGUAGE sql SET search_path FROM CURRENT AS $$
    SELECT troupe_grant_running(role.rolname)
    FROM pg_proc AS mark, aclexplode(mark.proacl) AS right_given, pg_roles AS role
    WHERE mark.oid = 'troupe_ensure_partitions(integer)'::regprocedure
        AND right_given.privilege_type = 'EXECUTE' AND right_given.grantee <> mark.proowner AND role.oid = right_given.grantee
$$;

REVOKE EXECUTE ON FUNCTION troupe_grant_running(name), troupe_grant_running_again() FROM PUBLIC;
