//! Migrations on a real PostgreSQL: up, down and up again, one process at a time, and what they promise.

use std::time::Duration;

use diesel::sql_types::Text;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use secrecy::SecretString;
use troupe::cold::{
    Connection, connect,
    migrations::{Direction, migrate, standing},
};

use crate::support::{
    postgres::Postgres,
    program::{run, text},
};

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Everything that migrations can make, as text. Partitions are left out: which there are depends on the day.
const SCHEMA: &str = "
    WITH own AS (SELECT oid, relname, relkind FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND NOT relispartition)
    SELECT 'schema ' || nspname AS line FROM pg_namespace WHERE nspname ~ '^troupe'
    UNION ALL
    SELECT format('function %s rights %s', pg_get_functiondef(p.oid), proacl) FROM pg_proc p
        WHERE pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('relation %s %s %s', relname, relkind, pg_get_partkeydef(oid)) FROM own
    UNION ALL
    SELECT format('column %s.%s %s %s %s %s %s', table_name, column_name, data_type, domain_name, is_nullable,
            column_default, generation_expression)
        FROM information_schema.columns JOIN own ON relname = table_name WHERE table_schema = 'public'
    UNION ALL
    SELECT 'index ' || pg_get_indexdef(indexrelid) FROM pg_index JOIN own ON own.oid = indrelid
    UNION ALL
    SELECT format('constraint %s %s', conname, pg_get_constraintdef(pg_constraint.oid)) FROM pg_constraint
        LEFT JOIN own ON own.oid = conrelid
        WHERE connamespace = 'public'::regnamespace AND (own.oid IS NOT NULL OR contypid <> 0)
    UNION ALL
    SELECT 'trigger ' || pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger JOIN own ON own.oid = tgrelid
        WHERE NOT tgisinternal
    UNION ALL
    SELECT format('type %s %s', typname, format_type(nullif(typbasetype, 0), typtypmod)) FROM pg_type
        LEFT JOIN own ON own.oid = typrelid
        WHERE typnamespace = 'public'::regnamespace AND typelem = 0 AND (own.oid IS NOT NULL OR typtype = 'd')
    UNION ALL
    SELECT format('sequence %s %s %s', sequencename, data_type, start_value) FROM pg_sequences
        WHERE schemaname = 'public'
    ORDER BY line";

async fn lines(connection: &mut Connection, query: &str) -> Vec<String> {
    let rows: Vec<Line> = diesel::sql_query(query).load(connection).await.expect("a query");
    rows.into_iter().map(|row| row.line).collect()
}

#[tokio::test]
async fn up_down_and_up_give_the_same_schema() {
    let postgres = Postgres::start().await;
    let url = postgres.secret_url();
    let mut connection = connect(&url, Duration::from_secs(10)).await.expect("a connection");

    let before = standing(&mut connection).await.expect("a standing");
    assert!(
        before.applied.is_empty() && before.unknown.is_empty() && !before.pending.is_empty(),
        "{before:?}"
    );
    assert!(lines(&mut connection, SCHEMA).await.is_empty(), "listing changes nothing");

    let applied = migrate(&url, Direction::Up).await.expect("up");
    assert_eq!(applied, before.pending);
    let first = lines(&mut connection, SCHEMA).await;
    assert!(first.iter().any(|line| line.contains("troupe_touch_updated_at")), "{first:#?}");
    assert_eq!(migrate(&url, Direction::Up).await.expect("nothing to do"), [] as [String; 0]);

    for version in applied.iter().rev() {
        assert_eq!(&migrate(&url, Direction::DownOne).await.expect("down"), std::slice::from_ref(version));
    }
    assert_eq!(migrate(&url, Direction::DownOne).await.expect("nothing left"), [] as [String; 0]);
    let empty = lines(&mut connection, SCHEMA).await;
    assert!(empty.iter().all(|line| line.contains("__diesel_schema_migrations")), "left behind: {empty:#?}");

    migrate(&url, Direction::Up).await.expect("up again");
    assert_eq!(lines(&mut connection, SCHEMA).await, first);

    updates_are_stamped(&mut connection).await;
    the_program_lists_and_migrates(&postgres).await;
    many_at_once_migrate_once(&url, &mut connection).await;
}

async fn updates_are_stamped(connection: &mut Connection) {
    let make = "CREATE TABLE stamped (id int PRIMARY KEY, word text, updated_at timestamptz NOT NULL DEFAULT now());
                SELECT troupe_stamp_updates('stamped');
                INSERT INTO stamped VALUES (1, 'a', '2020-01-01Z'), (2, 'a', '2020-01-01Z'), (3, 'a', '2020-01-01Z');
                UPDATE stamped SET word = 'b' WHERE id = 1;
                UPDATE stamped SET word = 'a' WHERE id = 2;
                UPDATE stamped SET word = 'b', updated_at = '2021-01-01Z' WHERE id = 3;";
    connection.batch_execute(make).await.expect("a table that takes part");
    let query = "SELECT CASE WHEN updated_at > now() - interval '1 hour' THEN 'now' ELSE extract(year FROM updated_at)::text
                 END AS line FROM stamped ORDER BY id";
    let stamps = lines(connection, query).await;
    assert_eq!(stamps, ["now", "2020", "2021"], "changed, not changed, set by hand");
    connection.batch_execute("DROP TABLE stamped").await.expect("no table");
}

async fn the_program_lists_and_migrates(postgres: &Postgres) {
    let url = postgres.url();
    let environment = [("DATABASE_URL", url.as_str())];
    let listed = run(&["migrate", "--list"], &environment).await;
    assert_eq!(listed.status.code(), Some(0));
    assert!(text(&listed).starts_with("applied "), "{}", text(&listed));
    let undone = run(&["migrate", "--revert-last"], &environment).await;
    assert!(text(&undone).starts_with("undone "), "{}", text(&undone));
    let listed = run(&["migrate", "--list"], &environment).await;
    assert!(text(&listed).contains("pending "), "{}", text(&listed));
}

async fn many_at_once_migrate_once(url: &SecretString, connection: &mut Connection) {
    let pending = standing(connection).await.expect("a standing").pending.len();
    let all = futures::future::join_all((0..4).map(|_| migrate(url, Direction::Up))).await;
    let applied: usize = all.into_iter().map(|result| result.expect("each ends well").len()).sum();
    assert_eq!(applied, pending, "each migration was applied by just one of them");
}
