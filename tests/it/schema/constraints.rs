//! Wrong states that the database refuses, each by a constraint with a name.

use diesel_async::RunQueryDsl;
use troupe::domain::character::CharacterId;

use super::{Connection, lines, migrated, refused, run};

/// A statement that must fail, and the constraint that says so.
const REFUSED: &[(&str, &str)] = &[
    ("INSERT INTO users (user_id) VALUES (0)", "discord_id_positive"),
    ("INSERT INTO users (user_id, locale) VALUES (9, 'no locale')", "users_locale_form"),
    ("INSERT INTO guild_settings (guild_id, extra) VALUES (9, '[]')", "settings_extra_object"),
    ("INSERT INTO guild_settings (guild_id, user_window_calls) VALUES (9, 5)", "settings_user_window_whole"),
    (
        "INSERT INTO guild_settings (guild_id, guild_window_calls, guild_window_seconds) VALUES (9, 0, 9)",
        "settings_guild_window_calls",
    ),
    ("INSERT INTO guild_settings (guild_id, default_character) VALUES (9, 'mira')", "character_id_form"),
    (
        "INSERT INTO guild_settings (guild_id, default_character) VALUES (9, 'custom:99999999-0000-4000-8000-000000000000')",
        "settings_default_custom_exists",
    ),
    ("INSERT INTO guild_list_entries VALUES (9, 'friends', 5)", "list_known"),
    ("INSERT INTO premium_entitlements (guild_id, source, tier) VALUES (9, 'theft', 'pro')", "premium_source_known"),
    ("INSERT INTO premium_entitlements (guild_id, source, tier) VALUES (9, 'operator', 'gold')", "premium_tier_known"),
    ("INSERT INTO premium_entitlements (guild_id, source, tier) VALUES (9, 'discord', 'pro')", "premium_discord_has_id"),
    (
        "INSERT INTO premium_entitlements (guild_id, source, tier, ends_at) VALUES (9, 'trial', 'pro', now() - interval '1 day')",
        "premium_ends_later",
    ),
    (
        "INSERT INTO premium_entitlements (guild_id, source, external_id, tier) VALUES (9, 'discord', 'e1', 'pro')",
        "premium_external_once",
    ),
    ("INSERT INTO user_entitlements (user_id, source, tier) VALUES (9, 'discord', 'pro')", "user_discord_has_id"),
    (
        "INSERT INTO user_entitlements (user_id, source, external_id, tier) VALUES (9, 'gift', 'e2', 'pro')",
        "user_external_once",
    ),
    ("INSERT INTO character_custom_styles (owner_id, name, card) VALUES (1, '', '{}')", "custom_name_length"),
    (
        "INSERT INTO character_custom_styles (owner_id, name, card) VALUES (1, 'a', repeat('x', 5 * 1024 * 1024 + 1))",
        "custom_card_size",
    ),
    (
        "INSERT INTO character_custom_styles (owner_id, name, card, avatar) VALUES (1, 'a', '{}', '\\x00')",
        "custom_avatar_whole",
    ),
    (
        "INSERT INTO character_custom_styles (owner_id, name, card, avatar, avatar_type)
         VALUES (1, 'a', '{}', '\\x00', 'text/html')",
        "custom_avatar_type",
    ),
    ("INSERT INTO character_user_state (user_id, preferences) VALUES (1, '7')", "state_preferences_object"),
    (
        "INSERT INTO character_user_state (user_id, active_character)
         VALUES (1, 'custom:99999999-0000-4000-8000-000000000000')",
        "state_active_custom_exists",
    ),
    (
        "INSERT INTO character_owned_styles (user_id, character_id, copies, obtained_from) VALUES (9, 'shipped:a', 0, 'roll')",
        "owned_copies_positive",
    ),
    (
        "INSERT INTO character_owned_styles (user_id, character_id, obtained_from) VALUES (9, 'shipped:a', 'found')",
        "owned_source_known",
    ),
    (
        "INSERT INTO character_owned_styles (user_id, character_id, obtained_from)
         VALUES (9, 'custom:99999999-0000-4000-8000-000000000000', 'trade')",
        "owned_custom_exists",
    ),
    (
        "INSERT INTO character_owned_styles (user_id, character_id, obtained_from) VALUES (1, 'shipped:mira', 'gift')",
        "character_owned_styles_pkey",
    ),
    ("INSERT INTO roll_state (user_id, since_epic) VALUES (9, -1)", "since_epic_not_negative"),
    ("INSERT INTO roll_state (user_id, rolls) VALUES (9, -1)", "rolls_not_negative"),
    (
        "INSERT INTO rolls (roll_id, user_id, draw, odds_version, since_epic_before, since_epic_after,
            since_legendary_before, since_legendary_after, character_id, rarity)
         VALUES (9, 1, 5, '1', 0, 1, 0, 1, 'shipped:a', 'common')",
        "rolls_one_pending",
    ),
    (
        "INSERT INTO rolls (roll_id, user_id, draw, odds_version, since_epic_before, since_epic_after,
            since_legendary_before, since_legendary_after, character_id, rarity)
         VALUES (9, 2, 5, '1', 3, 5, 0, 1, 'shipped:a', 'common')",
        "roll_epic_after",
    ),
    ("UPDATE rolls SET decision = 'added' WHERE roll_id = 1", "roll_decided_whole"),
    ("UPDATE rolls SET decision = 'replaced', decided_at = now() WHERE roll_id = 1", "roll_replaced_whole"),
    ("INSERT INTO bond_state (user_id, character_id, xp) VALUES (9, 'shipped:a', -1)", "bond_xp_not_negative"),
    ("INSERT INTO bond_state (user_id, character_id, xp, xp_today) VALUES (9, 'shipped:a', 2, 2)", "bond_xp_day_known"),
    ("UPDATE bond_state SET xp = 0 WHERE user_id = 1", "bond_xp_today_within"),
    (
        "INSERT INTO bond_state (user_id, character_id, nickname) VALUES (9, 'shipped:a', repeat('x', 33))",
        "bond_nickname_length",
    ),
    (
        "INSERT INTO usage_ledger (interaction_id, feature, provider, model, outcome, latency_ms, called_at, prompt_tokens)
         VALUES (troupe_snowflake(now()), 'talk', 'p', 'm', 'completed', 5, now(), -1)",
        "usage_prompt_not_negative",
    ),
    (
        "INSERT INTO usage_ledger (interaction_id, feature, provider, model, outcome, latency_ms, called_at, cost_micros)
         VALUES (troupe_snowflake(now()), 'talk', 'p', 'm', 'completed', 5, now(), -1)",
        "usage_cost_not_negative",
    ),
    (
        "INSERT INTO usage_ledger (interaction_id, feature, provider, model, outcome, latency_ms, called_at)
         VALUES (troupe_snowflake(now()), 'talk', 'p', 'm', 'lost', 5, now())",
        "usage_outcome_known",
    ),
    (
        "INSERT INTO usage_ledger (interaction_id, feature, provider, model, outcome, latency_ms, called_at, first_token_ms)
         VALUES (troupe_snowflake(now()), 'talk', 'p', 'm', 'partial', 5, now(), 6)",
        "usage_first_token_within",
    ),
    ("UPDATE talk_replies SET said = repeat('x', 8001)", "reply_said_length"),
    ("UPDATE talk_replies SET answers = '{}'", "reply_answers_count"),
    ("UPDATE talk_replies SET answers = '{{a},{b}}'", "reply_answers_count"),
    ("UPDATE talk_replies SET answers = array_fill('a'::text, '{11}')", "reply_answers_count"),
    ("UPDATE talk_replies SET answers = '{a,NULL}'", "reply_answers_whole"),
    ("UPDATE talk_replies SET answers = ARRAY['a', repeat('x', 20001)]", "reply_answers_length"),
    ("UPDATE talk_replies SET shown = 1", "reply_shown_is_there"),
    ("UPDATE talk_replies SET shown = -1", "reply_shown_is_there"),
    ("UPDATE talk_replies SET message_ids = '{5,0}'", "reply_messages_positive"),
    ("UPDATE talk_replies SET message_ids = '{5,NULL}'", "reply_messages_positive"),
    ("UPDATE talk_replies SET message_ids = array_fill(5::bigint, '{51}')", "reply_messages_count"),
    ("UPDATE scenes SET state = 'ended'", "scene_ended_whole"),
    ("UPDATE scenes SET state = 'ended', ended_at = started_at - interval '1 s'", "scene_ends_later"),
    ("INSERT INTO scene_cast SELECT scene_id, 1, 'shipped:mira' FROM scenes", "cast_once"),
    ("INSERT INTO scene_cast VALUES (7, 0, 'shipped:mira')", "cast_of_scene"),
    (
        "INSERT INTO scene_turns (scene_id, turn, speaker, content) VALUES (troupe_snowflake(now()) + 1, 0, 'member', 'Hm')",
        "turn_of_scene",
    ),
    (
        "INSERT INTO scene_turns (scene_id, turn, speaker, content) SELECT scene_id, 1, 'character', 'Hm' FROM scenes",
        "turn_character_whole",
    ),
    (
        "INSERT INTO scene_turns (scene_id, turn, speaker, content)
         SELECT scene_id, 1, 'member', repeat('x', 65537) FROM scenes",
        "turn_content_size",
    ),
    ("INSERT INTO audit_log (action) VALUES ('Something new')", "audit_action_form"),
    ("INSERT INTO ai_switches (scope, target) VALUES ('global', 'all')", "switch_target_whole"),
    ("INSERT INTO ai_switches (scope) VALUES ('feature')", "switch_target_whole"),
    ("INSERT INTO ai_switches (scope, target) VALUES ('guild', 'mine')", "switch_guild_form"),
    ("INSERT INTO ai_switches (scope, target) VALUES ('moon', 'x')", "switch_scope_known"),
    ("INSERT INTO blocks (kind, subject_id) VALUES ('role', 9)", "block_kind_known"),
    (
        "INSERT INTO blocks (kind, subject_id, blocked_until) VALUES ('user', 9, now() - interval '1 day')",
        "block_ends_later",
    ),
    ("INSERT INTO applied_writes (key, kind) VALUES ('', 'xp')", "applied_key_length"),
    ("INSERT INTO applied_writes (key, kind) VALUES ('k1', 'xp')", "applied_writes_pkey"),
    ("INSERT INTO job_fences (job, token) VALUES ('flush', -1)", "fence_token_not_negative"),
    ("UPDATE job_fences SET token = token - 1", "the token of retire never falls"),
    ("INSERT INTO analytics_daily_metrics (day, metric, value) VALUES ('2026-01-01', 'talks', -1)", "metric_not_negative"),
    ("INSERT INTO analytics_daily_metrics (day, metric) VALUES ('2026-01-01', 'calls')", "analytics_daily_metrics_pkey"),
    (
        "INSERT INTO voice_sounds (character_id, name, content_type, sha256, size_bytes, duration_ms, path)
         VALUES ('shipped:a', 'hello', 'audio/ogg', '\\x00', 1, 1, 'a.ogg')",
        "sound_hash_size",
    ),
    (
        "INSERT INTO voice_sounds (character_id, name, content_type, sha256, size_bytes, duration_ms, path)
         VALUES ('shipped:a', 'hello', 'audio/ogg', sha256('x'), 1, 1, 'a/../../etc/passwd')",
        "sound_path_inside",
    ),
];

/// Rows that the statements above collide with.
const PRESENT: &str = "
    INSERT INTO premium_entitlements (guild_id, source, external_id, tier) VALUES (8, 'discord', 'e1', 'pro');
    INSERT INTO user_entitlements (user_id, source, external_id, tier) VALUES (8, 'gift', 'e2', 'pro');
    INSERT INTO character_owned_styles (user_id, character_id, obtained_from) VALUES (1, 'shipped:mira', 'roll');
    INSERT INTO rolls (roll_id, user_id, draw, odds_version, since_epic_before, since_epic_after,
        since_legendary_before, since_legendary_after, character_id, rarity)
    VALUES (1, 1, 5, '1', 0, 1, 0, 1, 'shipped:a', 'common');
    INSERT INTO bond_state (user_id, character_id, xp, xp_today, xp_day) VALUES (1, 'shipped:mira', 4, 1, '2026-01-01');
    INSERT INTO talk_replies (interaction_id, channel_id, user_id, character_id, said, answers, by_webhook, made_at)
    VALUES (1, 5, 1, 'shipped:mira', 'Hm', '{Hm?}', true, now());
    INSERT INTO scenes (scene_id, channel_id) VALUES (troupe_snowflake(now()), 5);
    INSERT INTO scene_cast SELECT scene_id, 0, 'shipped:mira' FROM scenes;
    INSERT INTO applied_writes (key, kind) VALUES ('k1', 'xp');
    INSERT INTO job_fences (job, token) VALUES ('retire', 4);
    INSERT INTO analytics_daily_metrics (day, metric, value) VALUES ('2026-01-01', 'calls', 1);";

#[tokio::test]
async fn the_database_keeps_states_right() {
    let (_postgres, mut connection) = migrated().await;
    every_foreign_key_has_an_index(&mut connection).await;
    deleting_a_custom_character_takes_what_is_of_it_and_frees_what_points_at_it(&mut connection).await;
    wrong_states_are_refused_by_name(&mut connection).await;
    code_and_database_know_the_same_characters(&mut connection).await;
}

async fn code_and_database_know_the_same_characters(connection: &mut Connection) {
    let (longest, longer) = (format!("shipped:{}", "a".repeat(64)), format!("shipped:{}", "a".repeat(65)));
    let candidates = [
        "shipped:mira",
        "shipped:a-b_9",
        "shipped:9",
        &longest,
        &longer,
        "shipped:",
        "shipped:-a",
        "shipped:_a",
        "shipped:Mira",
        "shipped:mira\n",
        "shipped:mïra",
        "shipped: mira",
        "mira",
        "custom:0b2f1a4c-1111-4222-8333-444455556666",
        "custom:0B2F1A4C-1111-4222-8333-444455556666",
        "custom:0b2f1a4c111142228333444455556666",
        "custom:",
        "",
    ];
    for text in candidates {
        let known = text.parse::<CharacterId>().is_ok();
        let taken = diesel::sql_query(format!("SELECT '{text}'::character_id")).execute(connection).await;
        assert_eq!(taken.is_ok(), known, "{text:?}");
    }
}

async fn wrong_states_are_refused_by_name(connection: &mut Connection) {
    run(connection, PRESENT).await;
    let mut faults = Vec::new();
    for (statement, constraint) in REFUSED {
        let said = refused(connection, statement).await;
        if said != *constraint {
            faults.push(format!("{statement}\n    refused by {said:?}, not by {constraint:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A foreign key without an index makes each delete at its other end read the whole table.
async fn every_foreign_key_has_an_index(connection: &mut Connection) {
    let query = "SELECT format('%s %s', conrelid::regclass, conname) AS line FROM pg_constraint AS reference
        WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT EXISTS (
            SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1])";
    assert_eq!(lines(connection, query).await, [] as [String; 0]);
}

async fn deleting_a_custom_character_takes_what_is_of_it_and_frees_what_points_at_it(
    connection: &mut Connection,
) {
    let id = "0b2f1a4c-1111-4222-8333-444455556666";
    let statements = format!(
        "INSERT INTO character_custom_styles (id, owner_id, name, card) VALUES ('{id}', 1, 'Ada', '{{}}');
         INSERT INTO guild_settings (guild_id, default_character) VALUES (5, 'custom:{id}');
         INSERT INTO character_user_state (user_id, active_character) VALUES (2, 'custom:{id}');
         INSERT INTO character_owned_styles (user_id, character_id, obtained_from) VALUES (2, 'custom:{id}', 'trade');
         INSERT INTO bond_state (user_id, character_id, xp) VALUES (2, 'custom:{id}', 3), (2, 'shipped:mira', 4);
         DELETE FROM character_custom_styles WHERE id = '{id}'"
    );
    run(connection, &statements).await;
    let left = "SELECT 'guild ' || coalesce(default_character, 'none') AS line FROM guild_settings
        UNION ALL SELECT 'state ' || coalesce(active_character, 'none') FROM character_user_state
        UNION ALL SELECT 'owned ' || character_id FROM character_owned_styles
        UNION ALL SELECT 'bond ' || character_id FROM bond_state ORDER BY line";
    assert_eq!(lines(connection, left).await, ["bond shipped:mira", "guild none", "state none"]);
}
