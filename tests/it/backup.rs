//! The restore drill: fill, back up, wreck, restore, and compare every row; and what must not happen on the way.

use std::{
    collections::BTreeMap, fs, os::unix::fs::MetadataExt, path::Path, process::Output, time::Duration,
};

use diesel::sql_types::Text;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use tempfile::TempDir;
use troupe::cold::{
    self, Connection,
    migrations::{Direction, migrate},
};

use crate::support::{
    postgres::{self, Postgres},
    program::{run_in, text},
};

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// What makes a backup hard: partitions, a rule against changes, a type, a sequence, a schema apart, strange text.
const FILL: &str = r#"
    CREATE TYPE mood AS ENUM ('merry', 'grim');
    CREATE TABLE drill_guilds (id bigint PRIMARY KEY, name text NOT NULL, mood mood, data jsonb, made timestamptz);
    INSERT INTO drill_guilds VALUES (9223372036854775807, E'tab\tnewline\nquote'' \\ backslash 🎭', 'merry',
        '{"a": [1, null]}', '2026-01-02 03:04:05.678901+00'), (-1, '', NULL, NULL, 'infinity');
    CREATE TABLE drill_turns (id bigint GENERATED ALWAYS AS IDENTITY, guild bigint REFERENCES drill_guilds,
        at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
    CREATE TABLE drill_turns_1 PARTITION OF drill_turns FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
    CREATE SCHEMA troupe_drill;
    CREATE TABLE troupe_drill.old PARTITION OF drill_turns FOR VALUES FROM ('2025-12-01') TO ('2026-01-01');
    INSERT INTO drill_turns (guild, at) SELECT -1, date '2025-12-20' + n FROM generate_series(0, 30) n;
    CREATE FUNCTION drill_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''append only''; END';
    CREATE TRIGGER refuse BEFORE UPDATE OR DELETE ON drill_turns FOR EACH ROW EXECUTE FUNCTION drill_refuse();
    CREATE VIEW drill_view AS SELECT count(*) FROM drill_turns;"#;

/// Every row of every table, and what the catalogue says about columns, sequences, functions and triggers.
async fn picture(connection: &mut Connection) -> BTreeMap<String, Vec<String>> {
    let tables = "SELECT format('%I.%I', table_schema, table_name) AS line FROM information_schema.tables
                  WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_schema !~ '^pg_'";
    let mut picture = BTreeMap::new();
    for table in lines(connection, tables).await {
        let rows = format!("SELECT t::text AS line FROM {table} t ORDER BY 1");
        let rows = lines(connection, &rows).await;
        picture.insert(table, rows);
    }
    let catalogue = "
        SELECT format('column %s.%s.%s %s %s', table_schema, table_name, column_name, data_type, is_nullable) AS line
            FROM information_schema.columns WHERE table_schema !~ '^(pg_|information)'
        UNION ALL SELECT format('sequence %s %s', sequencename, last_value) FROM pg_sequences
        UNION ALL SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT format('constraint %s %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace
        ORDER BY line";
    let catalogue = lines(connection, catalogue).await;
    picture.insert("catalogue".to_owned(), catalogue);
    picture
}

async fn lines(connection: &mut Connection, query: &str) -> Vec<String> {
    let rows: Vec<Line> = diesel::sql_query(query).load(connection).await.expect("a query");
    rows.into_iter().map(|row| row.line).collect()
}

struct Drill {
    postgres: Postgres,
    folder: TempDir,
}

impl Drill {
    async fn start() -> (Self, Connection) {
        let postgres = Postgres::start().await;
        migrate(&postgres.secret_url(), Direction::Up).await.expect("migrated");
        let connection = cold::connect(&postgres.secret_url(), Duration::ZERO).await.expect("a connection");
        // The drill looks from outside: to the commands, only bots are called troupe.
        let mut this = (Self { postgres, folder: tempfile::tempdir().expect("a folder") }, connection);
        this.1.batch_execute("SET application_name = 'drill'").await.expect("a name");
        this
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        let url = self.postgres.url();
        let output = run_in(self.folder.path(), arguments, &[("DATABASE_URL", &url)]).await;
        assert!(!text(&output).contains(postgres::PASSWORD), "{}", text(&output));
        output
    }

    /// Runs a command that must not succeed, and gives what it says.
    async fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert_eq!(output.status.code(), Some(1), "{}", text(&output));
        text(&output)
    }

    async fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert_eq!(output.status.code(), Some(0), "{}", text(&output));
        text(&output)
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }
}

#[tokio::test]
async fn every_row_comes_back() {
    let (drill, mut connection) = Drill::start().await;
    connection.batch_execute(FILL).await.expect("filled");
    let before = picture(&mut connection).await;
    assert!(
        before["public.drill_turns"].len() == 31 && before.contains_key("troupe_drill.old"),
        "{before:#?}"
    );
    drill.done(&["backup", "all.dump"]).await;

    let wreck = "TRUNCATE drill_turns; DROP TABLE drill_guilds CASCADE; DROP SCHEMA troupe_drill CASCADE;
                 CREATE TABLE came_later (id int); DROP FUNCTION drill_refuse() CASCADE";
    connection.batch_execute(wreck).await.expect("wrecked");
    let wrecked = picture(&mut connection).await;
    assert_ne!(wrecked, before);

    assert!(drill.refused(&["restore", "all.dump"]).await.contains("--replace"));
    let whole = fs::read(drill.path("all.dump")).expect("a backup");
    fs::write(drill.path("half.dump"), &whole[..whole.len() / 2]).expect("half a backup");
    assert!(drill.refused(&["restore", "--replace", "half.dump"]).await.contains("pg_restore"));
    assert_eq!(picture(&mut connection).await, wrecked, "nothing is half-restored");

    drill.done(&["restore", "--replace", "all.dump"]).await;
    assert_eq!(picture(&mut connection).await, before);
    // Also onto a healthy database, and into an empty one.
    drill.done(&["restore", "--replace", "all.dump"]).await;
    assert_eq!(picture(&mut connection).await, before);
    let (other, mut empty) = Drill::start().await;
    migrate(&other.postgres.secret_url(), Direction::DownOne).await.expect("down");
    empty.batch_execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await.expect("emptied");
    let source = drill.path("all.dump");
    other.done(&["restore", source.to_str().expect("a path in UTF-8")]).await;
    assert_eq!(picture(&mut empty).await, before);
}

#[tokio::test]
async fn what_came_after_the_backup_is_migrated() {
    let (drill, mut connection) = Drill::start().await;
    let now = picture(&mut connection).await;
    let newest = drill.done(&["migrate", "--revert-last"]).await.replace("undone ", "");
    drill.done(&["backup", "older.dump"]).await;
    drill.done(&["migrate"]).await;
    let restored = drill.done(&["restore", "--replace", "older.dump"]).await;
    assert!(restored.contains(&format!("applied {newest}")), "{restored}");
    let mut after = picture(&mut connection).await;
    let mut now = now;
    // When a migration ran is the one thing that may differ.
    assert!(
        [&mut after, &mut now]
            .into_iter()
            .all(|picture| picture.remove("public.__diesel_schema_migrations").is_some())
    );
    assert_eq!(after, now);
}

#[tokio::test]
async fn a_backup_is_private_whole_and_never_in_the_way() {
    let (drill, _connection) = Drill::start().await;
    let told = drill.done(&["backup"]).await;
    let names = |folder: &Path| -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder").flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    let made = names(drill.folder.path());
    assert!(
        made.len() == 1 && made[0].starts_with("troupe-20") && told.starts_with(&made[0]),
        "{made:?} {told}"
    );
    assert_eq!(fs::metadata(drill.path(&made[0])).expect("a file").mode() & 0o777, 0o600);

    fs::write(drill.path("mine"), "precious").expect("a file");
    assert!(drill.refused(&["backup", "mine"]).await.contains("--force"));
    assert_eq!(fs::read_to_string(drill.path("mine")).expect("untouched"), "precious");
    drill.done(&["backup", "--force", "mine"]).await;
    assert!(fs::read(drill.path("mine")).expect("a backup").starts_with(b"PGDMP"));

    let missing = drill.postgres.url_as(postgres::USER, postgres::PASSWORD, "nowhere");
    let failed = run_in(drill.folder.path(), &["backup", "none"], &[("DATABASE_URL", &missing)]).await;
    assert_eq!(failed.status.code(), Some(1), "{}", text(&failed));
    assert_eq!(names(drill.folder.path()).len(), 2, "a failure leaves no file");
    assert!(drill.refused(&["restore", "--replace", "absent"]).await.contains("can't read absent"));
}

#[tokio::test]
async fn a_restore_does_not_pull_the_floor_from_under_a_bot() {
    let (drill, _connection) = Drill::start().await;
    drill.done(&["backup", "a.dump"]).await;
    let bot = cold::connect(&drill.postgres.secret_url(), Duration::ZERO).await.expect("a bot's connection");
    assert!(drill.refused(&["restore", "--replace", "a.dump"]).await.contains("stop the bot first"));
    drill.done(&["restore", "--replace", "--force", "a.dump"]).await;
    drop(bot);
}
