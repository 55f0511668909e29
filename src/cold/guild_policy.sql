SELECT coalesce(settings.version, 0) AS version, json_build_object(
    'ai_enabled', coalesce(settings.ai_enabled, true),
    'talk_enabled', coalesce(settings.talk_enabled, true),
    'scene_enabled', coalesce(settings.scene_enabled, true),
    'locale', settings.locale,
    'default_character', settings.default_character,
    'model', settings.model,
    'packs', coalesce(settings.extra -> 'packs', '[]'),
    'user_window', CASE WHEN settings.user_window_calls IS NOT NULL THEN
        json_build_object('calls', settings.user_window_calls, 'seconds', settings.user_window_seconds) END,
    'guild_window', CASE WHEN settings.guild_window_calls IS NOT NULL THEN
        json_build_object('calls', settings.guild_window_calls, 'seconds', settings.guild_window_seconds) END,
    'lists', coalesce((
        SELECT json_object_agg(one.list, one.entries) FROM (
            SELECT list, json_agg(entry_id::text ORDER BY entry_id) AS entries
            FROM guild_list_entries WHERE guild_id = wanted.id GROUP BY list
        ) AS one
    ), '{}'),
    'grants', coalesce((
        SELECT json_agg(json_build_object(
            'tier', tier,
            'starts_ms', (extract(epoch FROM starts_at) * 1000)::bigint,
            'ends_ms', (extract(epoch FROM ends_at) * 1000)::bigint
        ) ORDER BY starts_at, id)
        FROM premium_entitlements
        WHERE guild_id = wanted.id AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > $2)
    ), '[]'),
    'block', (
        SELECT json_build_object('reason', reason, 'until_ms', (extract(epoch FROM blocked_until) * 1000)::bigint)
        FROM blocks
        WHERE kind = 'guild' AND subject_id = wanted.id AND (blocked_until IS NULL OR blocked_until > $2)
    )
)::text AS body
FROM (SELECT $1 AS id) AS wanted LEFT JOIN guild_settings AS settings ON settings.guild_id = wanted.id
