//! Months: made ahead, made on demand, made by many at once, and retired without their people.

use chrono::{NaiveDate, TimeZone, Utc};
use diesel_async::RunQueryDsl;
use troupe::cold::partitions::{self, Key, Partitioned};

use super::{Connection, lines, migrated, open, run};

const NAMES: &str =
    "SELECT inhrelid::regclass::text AS line FROM pg_inherits JOIN pg_class ON oid = inhparent
    WHERE relkind = 'p' ORDER BY 1";

fn ledger_row(id: &str) -> String {
    format!(
        "INSERT INTO usage_ledger (interaction_id, user_id, feature, provider, model, outcome, latency_ms, called_at)
         VALUES ({id}, 7, 'talk', 'p', 'm', 'completed', 5, now())"
    )
}

async fn insert(connection: &mut Connection, statement: &str) -> Result<usize, diesel::result::Error> {
    diesel::sql_query(statement).execute(connection).await
}

#[tokio::test]
async fn months_are_ready_ahead_and_made_once_by_many() {
    let (postgres, mut connection) = migrated().await;
    let ready = lines(&mut connection, NAMES).await;
    assert_eq!(ready.len(), 12, "this month and three more, of three tables: {ready:?}");
    assert_eq!(partitions::ensure(&mut connection).await.expect("ensured"), 0);

    let at = Utc.with_ymd_and_hms(2031, 5, 31, 23, 59, 59).single().expect("a time");
    let url = postgres.secret_url();
    let all = (0..6).map(|_| async {
        let mut connection = open(&url).await;
        partitions::ensure_for(&mut connection, Partitioned::AuditLog, Key::At(at)).await.expect("ensured")
    });
    let made = futures::future::join_all(all).await.into_iter().filter(|made| *made).count();
    assert_eq!(made, 1, "one made it, the others found it");
    run(&mut connection, "INSERT INTO audit_log (at, action) VALUES ('2031-05-31 23:59:59Z', 'a')").await;
}

/// Clocks run ahead, imports bring old rows, and tests have small ids: all of them land.
#[tokio::test]
async fn a_row_of_any_month_lands_after_one_call() {
    let (_postgres, mut connection) = migrated().await;
    let first_of_a_month = troupe::domain::snowflake::first_at(1_704_067_200_000);
    for id in [1, first_of_a_month - 1, first_of_a_month, 9_189_000_000_000_000_000] {
        let row = ledger_row(&id.to_string());
        let error = insert(&mut connection, &row).await.expect_err("no month for it");
        assert!(partitions::is_missing(&error), "{error:?}");
        let made = partitions::ensure_for(&mut connection, Partitioned::UsageLedger, Key::Id(id)).await;
        assert!(made.expect("made"), "{id}");
        insert(&mut connection, &row).await.expect("its month is there");
        let error = insert(&mut connection, &row).await.expect_err("the same row again");
        assert!(!partitions::is_missing(&error), "{error:?}");
    }
    let months = "SELECT tableoid::regclass::text AS line FROM usage_ledger ORDER BY interaction_id";
    let expected =
        ["usage_ledger_2015_01", "usage_ledger_2023_12", "usage_ledger_2024_01", "usage_ledger_2084_06"];
    assert_eq!(lines(&mut connection, months).await, expected);
    let beyond = partitions::ensure_for(&mut connection, Partitioned::UsageLedger, Key::Id(i64::MAX)).await;
    assert!(beyond.is_err(), "a month that ids can't fill");
    let wrong = ledger_row("troupe_snowflake(now())").replace("'talk'", "'Talk'");
    let error = insert(&mut connection, &wrong).await.expect_err("a check of a row");
    assert!(!partitions::is_missing(&error), "{error:?}");
}

#[tokio::test]
async fn old_months_leave_and_nobody_can_be_found_in_the_archive() {
    let (_postgres, mut connection) = migrated().await;
    run(
        &mut connection,
        "SELECT troupe_ensure_partition_for(parent, id) FROM unnest('{usage_ledger,scene_turns}'::text[]) AS parent,
            unnest(ARRAY[troupe_snowflake('2020-02-29Z'), troupe_snowflake('2025-11-01Z')]) AS id;
         SELECT troupe_ensure_partition_for('audit_log', '2020-02-29Z'::timestamptz);
         INSERT INTO audit_log (at, actor_id, user_id, action, before, reason) VALUES ('2020-02-29Z', 7, 7, 'a', '\"7\"', 'mine');
         INSERT INTO scenes (scene_id, channel_id, started_by)
            VALUES (troupe_snowflake('2020-02-29Z'), 5, 7), (troupe_snowflake('2025-11-01Z'), 5, 7);
         INSERT INTO scene_turns (scene_id, turn, speaker, user_id, content)
            SELECT scene_id, 0, 'member', 7, 'Hello' FROM scenes;",
    )
    .await;
    run(&mut connection, &ledger_row("troupe_snowflake('2020-02-29Z')")).await;
    let today = NaiveDate::from_ymd_opt(2026, 11, 30).expect("a day");
    let retired = partitions::retire(&mut connection, &super::TERMS, today).await.expect("retired");
    assert_eq!(retired, ["usage_ledger_2020_02", "scene_turns_2020_02", "audit_log_2020_02"]);
    let archived = "SELECT format('%s of %s', count(user_id), count(*)) AS line FROM troupe_archive.usage_ledger_2020_02
        UNION ALL SELECT format('%s of %s', sum(num_nonnulls(actor_id, user_id, before, after, reason)), count(*))
        FROM troupe_archive.audit_log_2020_02";
    assert_eq!(lines(&mut connection, archived).await, ["0 of 1", "0 of 1"]);
    let scenes = "SELECT troupe_snowflake_time(scene_id)::date::text AS line FROM scenes";
    assert_eq!(lines(&mut connection, scenes).await, ["2025-11-01"], "a scene goes with its turns");
    assert_eq!(
        partitions::retire(&mut connection, &super::TERMS, today).await.expect("nothing to do"),
        [] as [String; 0]
    );

    // A row that comes late joins those that are archived.
    let id = troupe::domain::snowflake::first_at(1_582_934_400_000) + 1;
    partitions::ensure_for(&mut connection, Partitioned::UsageLedger, Key::Id(id)).await.expect("made again");
    run(&mut connection, &ledger_row(&id.to_string())).await;
    assert_eq!(
        partitions::retire(&mut connection, &super::TERMS, today).await.expect("retired"),
        ["usage_ledger_2020_02"]
    );
    let count =
        "SELECT format('%s %s', count(*), count(user_id)) AS line FROM troupe_archive.usage_ledger_2020_02";
    assert_eq!(lines(&mut connection, count).await, ["2 0"]);
    let young =
        super::refused(&mut connection, "SELECT troupe_retire_partitions('scene_turns', current_date)").await;
    assert!(young.contains("never retired"), "{young}");
}
