//! Ledgers are append-only, by whatever way one comes, and only personal columns may be blanked.

use diesel_async::SimpleAsyncConnection;

use super::{Connection, lines, migrated, refused, run};

const ROWS: &str = "
    INSERT INTO usage_ledger (interaction_id, user_id, guild_id, feature, provider, model, outcome, latency_ms, called_at)
    VALUES (troupe_snowflake(now()), 7, 5, 'talk', 'p', 'm', 'completed', 5, now());
    INSERT INTO scenes (scene_id, channel_id) VALUES (troupe_snowflake(now()), 5);
    INSERT INTO scene_turns (scene_id, turn, speaker, user_id, content) SELECT scene_id, 0, 'member', 7, 'Hello' FROM scenes;
    INSERT INTO audit_log (actor_id, user_id, action, before, after, reason) VALUES (7, 8, 'a', '1', '2', 'so');
    INSERT INTO rolls (roll_id, user_id, draw, odds_version, since_epic_before, since_epic_after,
        since_legendary_before, since_legendary_after, character_id, rarity)
    VALUES (1, 7, 5, '1', 0, 1, 0, 1, 'shipped:a', 'common');";

/// A table, an update that would rewrite history, and one that erases a person.
const TABLES: &[(&str, &str, &str)] = &[
    ("usage_ledger", "cost_micros = 0", "user_id = NULL"),
    ("scene_turns", "content = 'Goodbye'", "content = NULL, user_id = NULL"),
    (
        "audit_log",
        "reason = 'otherwise'",
        "actor_id = NULL, user_id = NULL, before = NULL, after = NULL, reason = NULL",
    ),
    ("rolls", "draw = 6", "user_id = NULL"),
];

#[tokio::test]
async fn ledgers_are_append_only() {
    let (_postgres, mut connection) = migrated().await;
    history_is_not_rewritten_and_people_are_erased(&mut connection).await;
    a_roll_is_decided_once(&mut connection).await;
    a_new_partition_is_as_strict_as_the_others(&mut connection).await;
}

async fn history_is_not_rewritten_and_people_are_erased(connection: &mut Connection) {
    run(connection, ROWS).await;
    for (table, rewrite, erase) in TABLES {
        // The table itself, and its partition that holds the row.
        let place = format!("SELECT tableoid::regclass::text AS line FROM {table}");
        let held_by = lines(connection, &place).await.remove(0);
        for name in [*table, held_by.as_str()] {
            for statement in [
                format!("UPDATE {name} SET {rewrite}"),
                format!("UPDATE {name} SET {erase}, {}", rewrite_of_another(table)),
                format!("DELETE FROM {name}"),
                format!("TRUNCATE {name} CASCADE"),
            ] {
                let said = refused(connection, &statement).await;
                assert!(said.contains("append-only"), "{statement}: {said}");
            }
        }
        run(connection, &format!("UPDATE {table} SET {erase}")).await;
        // Once blank, always blank.
        let said = refused(connection, &format!("UPDATE {table} SET {}", restore_of(table))).await;
        assert!(said.contains("append-only"), "{table}: {said}");
    }
}

/// A column that is nobody's.
fn rewrite_of_another(table: &str) -> &'static str {
    match table {
        "usage_ledger" => "model = 'other'",
        "scene_turns" => "at = at - interval '1 second'",
        "audit_log" => "action = 'b'",
        _ => "odds_version = '2'",
    }
}

fn restore_of(table: &str) -> &'static str {
    if table == "audit_log" { "actor_id = 9" } else { "user_id = 9" }
}

async fn a_roll_is_decided_once(connection: &mut Connection) {
    run(connection, "UPDATE rolls SET decision = 'added', decided_at = now() WHERE decision = 'pending'")
        .await;
    for change in [
        "decision = 'released'",
        "decision = 'pending', decided_at = NULL",
        "decided_at = now() + interval '1 s'",
    ] {
        let said = refused(connection, &format!("UPDATE rolls SET {change}")).await;
        assert!(said.contains("append-only"), "{change}: {said}");
    }
}

/// The owner of the tables can switch triggers off by hand; nothing else may lead there.
async fn a_new_partition_is_as_strict_as_the_others(connection: &mut Connection) {
    run(connection, "SELECT troupe_ensure_partition_for('audit_log', '2019-03-05Z'::timestamptz)").await;
    run(connection, "INSERT INTO audit_log (at, action) VALUES ('2019-03-05Z', 'a')").await;
    for statement in [
        "DELETE FROM audit_log_2019_03",
        "TRUNCATE audit_log_2019_03",
        "UPDATE audit_log_2019_03 SET action = 'b'",
    ] {
        assert!(connection.batch_execute(statement).await.is_err(), "{statement}");
    }
}
