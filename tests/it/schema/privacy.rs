//! A member's own data: every trace is shown, every trace is erased, and nobody else's is touched.

use std::collections::BTreeSet;

use serde_json::Value;
use troupe::{
    cold::{
        privacy::{erase, export},
        tables::{Erase, TABLES, Table},
    },
    domain::ids::UserId,
};

use super::{Connection, lines, migrated, run};

const LEAVING: u64 = 424_242_424_242_424_242;
const STAYING: u64 = 313_131_313_131_313_131;
/// Who did things to both.
const MODERATOR: u64 = 565_656_565_656_565_656;

/// Rows about a user, with their id in words too where words are theirs. A personal table without them fails.
pub fn rows_about(table: &str, user: u64) -> String {
    let rows = match table {
        "users" => "INSERT INTO users (user_id, locale) VALUES (USER, 'de') ON CONFLICT DO NOTHING",
        "guild_list_entries" => "INSERT INTO guild_list_entries VALUES (5, 'blocked_users', USER)",
        "user_entitlements" => {
            "INSERT INTO user_entitlements (user_id, source, tier, note) VALUES (USER, 'gift', 'pro', 'for USER')"
        }
        "character_custom_styles" => {
            "INSERT INTO character_custom_styles (owner_id, name, card, avatar, avatar_type)
             VALUES (USER, 'Ada', '{\"creator\":\"USER\"}', '\\x01', 'image/png')"
        }
        "character_user_state" => {
            "INSERT INTO character_user_state (guild_id, user_id, active_character) VALUES
             (5, USER, 'shipped:mira'), (NULL, USER, 'custom:' || (SELECT id FROM character_custom_styles WHERE owner_id = USER))"
        }
        "character_owned_styles" => {
            "INSERT INTO character_owned_styles (user_id, character_id, obtained_from) VALUES (USER, 'shipped:mira', 'roll')"
        }
        "roll_state" => "INSERT INTO roll_state (user_id, rolls) VALUES (USER, 3)",
        "rolls" => {
            "INSERT INTO rolls (roll_id, user_id, draw, odds_version, since_epic_before, since_epic_after,
                since_legendary_before, since_legendary_after, character_id, rarity)
             VALUES (USER / 2, USER, 5, '1', 0, 1, 0, 1, 'shipped:mira', 'common')"
        }
        "bond_history" => {
            "INSERT INTO bond_state (user_id, character_id, xp) VALUES (USER, 'shipped:ogga', 9);
             INSERT INTO bond_history VALUES (USER, 'shipped:ogga', '2026-01-01', 9, 9)"
        }
        "trades" => {
            "INSERT INTO trades (trade_id, guild_id, proposer_id, receiver_id, gives, gets, expires_at) VALUES
             (USER / 5, 5, USER, MODERATOR, 'shipped:mira', NULL, now() + interval '1 day'),
             (USER / 7, 5, MODERATOR, USER, 'shipped:mira', 'shipped:bo', now() + interval '1 day')"
        }
        "bond_state" => {
            "INSERT INTO bond_state (user_id, character_id, xp, nickname) VALUES (USER, 'shipped:mira', 9, 'USER')"
        }
        "usage_ledger" => {
            "INSERT INTO usage_ledger (interaction_id, user_id, feature, provider, model, outcome, latency_ms, called_at)
             VALUES (troupe_snowflake(now()) + USER % 1000, USER, 'talk', 'p', 'm', 'completed', 5, now())"
        }
        "talk_replies" => {
            "INSERT INTO talk_replies (interaction_id, channel_id, user_id, character_id, said, answers, by_webhook, made_at)
             VALUES (USER / 3, 5, USER, 'shipped:mira', 'I am USER', '{So you are USER}', true, now())"
        }
        "talk_forgotten" => {
            "INSERT INTO talk_forgotten (user_id, guild_id, character_id, forgotten_at) VALUES
             (USER, 5, 'shipped:mira', now()), (USER, NULL, NULL, now())"
        }
        "scenes" => {
            "INSERT INTO scenes (scene_id, channel_id, started_by, title)
             VALUES (troupe_snowflake(now()) + USER % 1000, 5, USER, 'The play of USER')"
        }
        "scene_turns" => {
            "INSERT INTO scene_turns (scene_id, turn, speaker, user_id, content)
             SELECT scene_id, 0, 'member', USER, 'I am USER' FROM scenes WHERE started_by = USER"
        }
        "audit_log" => {
            "INSERT INTO audit_log (actor_id, user_id, action, before, after, reason) VALUES
             (USER, NULL, 'setting.changed', 'true', 'false', 'USER wants it'),
             (USER, MODERATOR, 'user.blocked', NULL, NULL, 'because'),
             (MODERATOR, USER, 'user.blocked', NULL, '{\"user\": USER}', 'USER was rude')"
        }
        "ai_switches" => {
            "INSERT INTO ai_switches (scope, target, disabled_by) VALUES ('feature', 'f' || USER % 1000, USER)"
        }
        "blocks" => {
            "INSERT INTO blocks (kind, subject_id, blocked_by) VALUES ('user', USER, MODERATOR), ('guild', USER % 1000, USER)"
        }
        "user_first_seen" => "INSERT INTO user_first_seen VALUES (USER, '2026-01-01')",
        other => panic!("no rows to test the privacy of {other} with"),
    };
    rows.replace("USER", &user.to_string()).replace("MODERATOR", &MODERATOR.to_string())
}

fn personal() -> impl Iterator<Item = &'static Table> {
    TABLES.iter().filter(|table| !table.traces.is_empty())
}

fn user(number: u64) -> UserId {
    UserId::new(number).expect("an id")
}

/// Tables, archived ones too, with a row that has the number anywhere in it.
async fn traces_of(connection: &mut Connection, number: u64) -> BTreeSet<String> {
    let every = "SELECT format('%s.%I', relnamespace::regnamespace, relname) AS line FROM pg_class
        WHERE relnamespace IN ('public'::regnamespace, 'troupe_archive'::regnamespace) AND relkind IN ('r', 'p')
            AND NOT relispartition";
    let mut found = BTreeSet::new();
    for table in lines(connection, every).await {
        let query = format!(
            "SELECT to_jsonb(t)::text AS line FROM {table} AS t WHERE to_jsonb(t)::text LIKE '%{number}%'"
        );
        if !lines(connection, &query).await.is_empty() {
            found.insert(table.trim_start_matches("public.").to_owned());
        }
    }
    found
}

#[tokio::test]
async fn a_members_data_is_theirs() {
    let (_postgres, mut connection) = migrated().await;
    a_stranger_has_nothing(&mut connection).await;
    everything_is_shown_and_everything_is_erased_of_one_member_only(&mut connection).await;
}

async fn everything_is_shown_and_everything_is_erased_of_one_member_only(connection: &mut Connection) {
    for table in personal() {
        run(connection, &rows_about(table.name, LEAVING)).await;
        run(connection, &rows_about(table.name, STAYING)).await;
    }
    let names: BTreeSet<_> = personal().map(|table| table.name.to_owned()).collect();
    assert_eq!(traces_of(connection, LEAVING).await, names, "the scan sees all");

    let before = export(connection, user(STAYING)).await.expect("shown");
    let shown = export(connection, user(LEAVING)).await.expect("shown");
    check_shown(&shown, &names);

    let erased = erase(connection, user(LEAVING)).await.expect("erased");
    let kept: BTreeSet<_> = erased.kept.keys().copied().collect();
    assert_eq!(kept, BTreeSet::from(["blocks", "guild_list_entries"]), "protection of others stays");
    let left: BTreeSet<_> = traces_of(connection, LEAVING).await;
    assert_eq!(left, kept.iter().map(|name| (*name).to_owned()).collect());
    for table in personal() {
        let always = table.traces.iter().all(|trace| matches!(trace.erase, Erase::Unless { .. }));
        assert!(always || erased.erased.contains_key(table.name), "{} untouched: {erased:?}", table.name);
    }
    let after = export(connection, user(STAYING)).await.expect("shown");
    assert_eq!(after, before, "nobody else's rows change");

    let again = erase(connection, user(LEAVING)).await.expect("erased again");
    assert!(again.erased.is_empty(), "{again:?}");
    assert_eq!(again.kept, erased.kept);

    // A block that is over protects nobody.
    run(connection, "UPDATE blocks SET blocked_at = '2020-01-01Z', blocked_until = '2020-01-02Z'").await;
    let last = erase(connection, user(LEAVING)).await.expect("erased");
    assert_eq!(last.erased.get("blocks"), Some(&1));
    assert_eq!(traces_of(connection, LEAVING).await, BTreeSet::from(["guild_list_entries".to_owned()]));
}

fn check_shown(shown: &Value, names: &BTreeSet<String>) {
    let tables = shown.as_object().expect("an object");
    assert_eq!(&tables.keys().cloned().collect::<BTreeSet<_>>(), names);
    for (name, rows) in tables {
        assert!(rows.as_array().is_some_and(|rows| !rows.is_empty()), "{name} shows nothing");
    }
    assert!(!shown.to_string().contains(&STAYING.to_string()), "somebody else's data");
    assert_eq!(shown["bond_state"][0]["user_id"], Value::from(LEAVING.to_string()), "ids are strings");
    assert_eq!(
        shown["character_custom_styles"][0]["card"],
        Value::from(format!("{{\"creator\":\"{LEAVING}\"}}"))
    );
    assert_eq!(shown["audit_log"].as_array().map(Vec::len), Some(3));
    assert!(!shown.to_string().contains(&MODERATOR.to_string()), "somebody else's id: {shown}");
    assert_eq!(shown["character_user_state"].as_array().map(Vec::len), Some(2));
}

async fn a_stranger_has_nothing(connection: &mut Connection) {
    let shown = export(connection, user(LEAVING)).await.expect("shown");
    assert!(
        shown.as_object().expect("an object").values().all(|rows| rows == &Value::Array(Vec::new())),
        "{shown}"
    );
    assert_eq!(
        erase(connection, user(LEAVING)).await.expect("erased"),
        troupe::cold::privacy::Erasure::default()
    );
}
