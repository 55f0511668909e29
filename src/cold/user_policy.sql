SELECT coalesce(users.version, 0) AS version, json_build_object(
    'locale', users.locale,
    'leaderboard_opt_out', coalesce(users.leaderboard_opt_out, false),
    'grants', coalesce((
        SELECT json_agg(json_build_object(
            'tier', tier,
            'starts_ms', (extract(epoch FROM starts_at) * 1000)::bigint,
            'ends_ms', (extract(epoch FROM ends_at) * 1000)::bigint
        ) ORDER BY starts_at, id)
        FROM user_entitlements
        WHERE user_id = wanted.id AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > $2)
    ), '[]'),
    'block', (
        SELECT json_build_object('reason', reason, 'until_ms', (extract(epoch FROM blocked_until) * 1000)::bigint)
        FROM blocks
        WHERE kind = 'user' AND subject_id = wanted.id AND (blocked_until IS NULL OR blocked_until > $2)
    )
)::text AS body
FROM (SELECT $1 AS id) AS wanted LEFT JOIN users ON users.user_id = wanted.id
