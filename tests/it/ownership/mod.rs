//! The registries against reality: every key that lives is of one family, and of a member who leaves nothing is left
//! in either store, while everybody else keeps everything.

mod life;

use std::{collections::BTreeSet, fs, path::Path};

use ::redis::cmd;
use chrono::{NaiveDate, Utc};
use diesel::sql_types::Text;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use secrecy::SecretString;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use troupe::{
    cold::{
        Cold, Connection,
        audit::Entry,
        connect,
        migrations::{Direction, migrate},
        queued::FirstSeen,
        tables::TABLES,
    },
    domain::{
        ids::{GuildId, UserId},
        oversight::Action,
    },
    hot::{
        Clock, Hot, Operation as _, Redis,
        key::{Family, Lifetime, Personal},
        keys::{self, FAMILIES},
        policy::PutPolicy,
    },
    ops::health::Health,
    warm::queue::{Durable, Write, folder, journal::Shelf},
};
use uuid::Uuid;

use self::life::Lives;
use crate::{
    schema::privacy::rows_about,
    support::{eventually, free_port, postgres::Postgres, program, redis::Redis as Server},
};

const LEAVING: u64 = 424_242_424_242_424_242;
const STAYING: u64 = 313_131_313_131_313_131;
/// Families that no operation of one server writes: for clusters.
const UNWRITTEN: &[&str] = &["HealthPart"];
const PREFIX: &str = "owned:";

fn user(number: u64) -> UserId {
    UserId::new(number).expect("an id")
}

fn guild() -> GuildId {
    GuildId::new(5_555).expect("an id")
}

fn redis(server: &Server) -> Redis {
    Redis::new(&SecretString::from(server.url()), PREFIX, Clock::System).expect("an address")
}

/// Writes about a user, in their words.
fn writes_about(number: u64) -> Vec<Write> {
    let write = |n: usize| {
        let audit = Entry {
            guild: Some(guild()),
            user: Some(user(number)),
            after: Some(format!("words of {number}").into()),
            ..Entry::new(Some(user(number)), Action::BLOCK_SET, Utc::now())
        };
        Write::new(format!("test:{n}:{}", Uuid::new_v4()), 5, &audit).expect("a write")
    };
    (0..6).map(write).collect()
}

fn first_seen(number: u64) -> Write {
    let seen = FirstSeen { user: user(number), day: NaiveDate::from_ymd_opt(2026, 11, 21).expect("a day") };
    Write::new(format!("test:file:{}", Uuid::new_v4()), 5, &seen).expect("a write")
}

/// Every text in Redis: a line a part of a value, with its key.
async fn texts(server: &Server) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for key in server.run::<Vec<String>>(cmd("KEYS").arg("*")).await {
        let shape: String = server.run(cmd("TYPE").arg(&key)).await;
        let parts: Vec<String> = match shape.as_str() {
            "string" => vec![server.run(cmd("GET").arg(&key)).await],
            "list" => server.run(cmd("LRANGE").arg(&key).arg(0).arg(-1)).await,
            "zset" => server.run(cmd("ZRANGE").arg(&key).arg(0).arg(-1)).await,
            "hash" => {
                let fields: Vec<(String, String)> = server.run(cmd("HGETALL").arg(&key)).await;
                fields.into_iter().map(|(field, text)| format!("{field} {text}")).collect()
            }
            // It ended meanwhile.
            _ => Vec::new(),
        };
        lines.extend(parts.into_iter().map(|part| format!("{key} {part}")));
    }
    lines
}

/// But for a guild's calls under way, which name what they count for, until they end or a day has passed.
fn that_name(lines: &BTreeSet<String>, number: u64) -> BTreeSet<String> {
    let under_way = format!("{PREFIX}ai:lease:{{{}}}:", guild());
    let names = |line: &&String| line.contains(&number.to_string()) && !line.starts_with(&under_way);
    lines.iter().filter(names).cloned().collect()
}

/// The names of all operations in the source of the hot store.
fn operations() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/hot")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                let text = fs::read_to_string(path).expect("the file is read");
                let names = text.split("const NAME: &'static str = \"").skip(1);
                found.extend(names.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
            }
        }
    }
    found
}

#[tokio::test]
async fn every_live_key_is_of_one_family_with_its_type_and_its_lifetime() {
    let server = Server::start().await;
    let mut lives = Lives::on(redis(&server));
    lives.live(user(STAYING), guild(), &writes_about(STAYING)).await;
    let stop = CancellationToken::new();
    let watch = tokio::spawn(Hot::new(Some(redis(&server)), Clock::System).keep(stop.clone()));
    eventually("the probe has written", || async {
        let there: bool = server.run(cmd("EXISTS").arg(format!("{PREFIX}health:check"))).await;
        there.then_some(())
    })
    .await;
    stop.cancel();
    watch.await.expect("the watch ends");

    let mut live = BTreeSet::new();
    for key in server.run::<Vec<String>>(cmd("KEYS").arg("*")).await {
        let name = key.strip_prefix(PREFIX).unwrap_or_else(|| panic!("{key} is outside of the namespace"));
        let families: Vec<_> = FAMILIES.iter().filter(|family| family.matches(name)).collect();
        let [family] = families.as_slice() else { panic!("{name} is of {} families", families.len()) };
        let shape: String = server.run(cmd("TYPE").arg(&key)).await;
        assert_eq!(shape, family.shape.redis_type(), "{name}");
        let left_ms: i64 = server.run(cmd("PTTL").arg(&key)).await;
        match family.lifetime {
            Lifetime::Forever(_) => assert_eq!(left_ms, -1, "{name} ends"),
            Lifetime::Fixed(life) => {
                let most = i64::try_from(life.as_millis()).expect("some days");
                assert!((0..=most).contains(&left_ms), "{name} has {left_ms} ms of {most}");
            }
            Lifetime::Setting(_) | Lifetime::Until(_) => assert!(left_ms >= 0, "{name} never ends"),
        }
        live.insert(family.name);
    }
    let declared: BTreeSet<_> = FAMILIES.iter().map(|family| family.name).collect();
    let unwritten: BTreeSet<_> = UNWRITTEN.iter().copied().collect();
    assert_eq!(declared.difference(&live).copied().collect::<BTreeSet<_>>(), unwritten, "never written");

    // What erases is tried below; all others were asked above.
    let mut asked: BTreeSet<_> = lives.operations.iter().map(|name| (*name).to_owned()).collect();
    asked.insert("privacy.erase".to_owned());
    assert_eq!(asked, operations(), "an operation is missing from the life");
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

async fn lines(connection: &mut Connection, query: &str) -> BTreeSet<String> {
    let rows: Vec<Line> = diesel::sql_query(query).load(connection).await.expect("rows");
    rows.into_iter().map(|row| row.line).collect()
}

/// Every row that has the number anywhere in it, with its table.
async fn rows_that_name(connection: &mut Connection, number: u64) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for table in TABLES {
        let name = table.name;
        let query = format!(
            "SELECT '{name} ' || to_jsonb(t)::text AS line FROM {name} AS t WHERE to_jsonb(t)::text LIKE '%{number}%'"
        );
        found.extend(lines(connection, &query).await);
    }
    found
}

/// Both stores, a folder with the file of a process that died, and what the program needs to find them.
struct Installation {
    postgres: Postgres,
    redis: Server,
    folder: tempfile::TempDir,
    connection: Connection,
}

impl Installation {
    /// With two members who have left traces everywhere.
    async fn lived_in() -> Self {
        let (postgres, server) = (Postgres::start().await, Server::start().await);
        migrate(&postgres.secret_url(), Direction::Up).await.expect("migrated");
        let mut connection =
            connect(&postgres.secret_url(), std::time::Duration::ZERO).await.expect("a connection");
        let mut lives = Lives::on(redis(&server));
        let folder_of_data = tempfile::tempdir().expect("a temporary folder");
        let mut shelf = Shelf::new(&folder(folder_of_data.path()), 1 << 20);
        for number in [LEAVING, STAYING] {
            for table in TABLES.iter().filter(|table| !table.traces.is_empty()) {
                connection.batch_execute(&rows_about(table.name, number)).await.expect(table.name);
            }
            lives.live(user(number), guild(), &writes_about(number)).await;
            let seen =
                FirstSeen { user: user(number), day: NaiveDate::from_ymd_opt(2026, 11, 21).expect("a day") };
            let write = Write::new(format!("test:file:{}", Uuid::new_v4()), 5, &seen).expect("a write");
            shelf.keep(&[write.item()]).pop().expect("an answer").expect("kept");
        }
        Self { postgres, redis: server, folder: folder_of_data, connection }
    }

    async fn troupe(&self, redis_url: &str, arguments: &[&str]) -> (Option<i32>, String) {
        let (database, data_dir) = (self.postgres.url(), self.folder.path().display().to_string());
        let environment = [
            ("DATABASE_URL", database.as_str()),
            ("REDIS_URL", redis_url),
            ("REDIS_PREFIX", PREFIX),
            ("DATA_DIR", &data_dir),
        ];
        let output = program::run_in(self.folder.path(), arguments, &environment).await;
        (output.status.code(), program::text(&output))
    }

    async fn privacy(&self, arguments: &[&str]) -> String {
        let (code, text) = self.troupe(&self.redis.url(), &[&["privacy"], arguments].concat()).await;
        assert_eq!(code, Some(0), "{text}");
        text
    }

    /// All lines of both stores that name one member, but for the policies' copies, which end by themselves.
    async fn traces(&mut self, number: u64) -> BTreeSet<String> {
        let mut traces = rows_that_name(&mut self.connection, number).await;
        traces.extend(that_name(&texts(&self.redis).await, number));
        traces.retain(|line| !line.starts_with(&format!("{PREFIX}user:{{{number}}}:policy ")));
        traces
    }

    /// Lets what waits land, as a running bot does.
    async fn drain_until<F: Future<Output = Option<()>>>(&self, what: &str, condition: impl FnMut() -> F) {
        let hot = Hot::new(Some(redis(&self.redis)), Clock::System);
        let cold = Cold::with_connections(&self.postgres.secret_url(), 2);
        let durable = Durable::new(cold, hot, true, &folder(self.folder.path()), 1 << 20).expect("a thread");
        let (health, stop) = (Health::new(true, true), CancellationToken::new());
        let draining = durable.keep_draining(health.postgres.clone(), health.queue.clone(), stop.clone());
        let draining = tokio::spawn(draining);
        eventually(what, condition).await;
        stop.cancel();
        draining.await.expect("it ends");
    }
}

#[tokio::test]
async fn of_a_member_who_leaves_nothing_is_left_and_others_keep_everything() {
    let mut here = Installation::lived_in().await;
    let port = free_port();
    let (leaving, gone) = (LEAVING.to_string(), format!("redis://127.0.0.1:{port}/0"));
    let before = (here.traces(LEAVING).await, here.traces(STAYING).await);

    let policy = keys::UserPolicy::of(user(LEAVING)).into_raw();
    let put = PutPolicy { key: policy, version: 4, body: "{}".to_owned() };
    assert!(put.on_redis(&redis(&here.redis)).await.expect("Redis answers"), "a copy as of now");
    check_export(&here).await;
    let told = here.privacy(&["erase", &leaving]).await;
    assert!(told.contains("rows would be erased") && told.contains("add --yes"), "{told}");
    assert_eq!((here.traces(LEAVING).await, here.traces(STAYING).await), before, "nothing is changed yet");

    // Without Redis the truth is erased, and the rest is told to be missing.
    let (code, told) = here.troupe(&gone, &["privacy", "erase", &leaving, "--yes"]).await;
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("rows erased") && told.contains("NOT done: Redis"), "{told}");
    let told = here.privacy(&["erase", &leaving, "--yes"]).await;
    assert!(told.contains("0 rows erased") && !told.contains(" 0 keys erased"), "{told}");

    let waiting = format!("{PREFIX}queue:{{sync}}:items ");
    let forgotten = format!("{PREFIX}queue:{{sync}}:forgotten {LEAVING}");
    let left: BTreeSet<_> = that_name(&texts(&here.redis).await, LEAVING);
    assert!(left.iter().all(|line| line.starts_with(&waiting) || *line == forgotten), "{left:#?}");
    here.drain_until("what waited has landed without them", || async {
        let left = that_name(&texts(&here.redis).await, LEAVING);
        (left == BTreeSet::from([forgotten.clone()])).then_some(())
    })
    .await;

    let rows = rows_that_name(&mut here.connection, LEAVING).await;
    let protecting = |row: &String| row.starts_with("blocks ") || row.starts_with("guild_list_entries ");
    assert!(rows.len() == 2 && rows.iter().all(protecting), "{rows:#?}");
    let after = here.traces(STAYING).await;
    // What waited about the other has landed as well: it is in PostgreSQL in place of Redis.
    let lost: BTreeSet<_> = before.1.difference(&after).filter(|line| !line.starts_with(&waiting)).collect();
    assert_eq!(lost, BTreeSet::new());

    let again = here.privacy(&["erase", &leaving, "--yes"]).await;
    assert!(again.contains("0 rows erased") && again.contains(" 0 keys erased"), "{again}");
    assert!(again.contains("blocks: 1 kept"), "{again}");
    what_a_running_bot_holds_is_told(&here).await;
}

/// Without Redis nobody can tell a running process to leave a member out of what waits in its file.
async fn what_a_running_bot_holds_is_told(here: &Installation) {
    let mut running = Shelf::new(&folder(here.folder.path()), 1 << 20);
    running.keep(&[first_seen(LEAVING).item()]).pop().expect("an answer").expect("kept");
    let leaving = LEAVING.to_string();
    let (code, told) = here.troupe("", &["privacy", "erase", &leaving, "--yes"]).await;
    assert_eq!(code, Some(1), "{told}");
    assert!(
        told.contains("NOT done: writes about them wait") && told.contains("REDIS_URL is not set"),
        "{told}"
    );
    let (code, shown) = here.troupe("", &["privacy", "export", &leaving]).await;
    assert!(code == Some(0) && shown.contains("\"kind\": \"first_seen\""), "{shown}");
}

/// Everything is in it, and nothing of anybody else's.
async fn check_export(here: &Installation) {
    let leaving = LEAVING.to_string();
    here.privacy(&["export", &leaving, "--out", "theirs.json"]).await;
    let text = fs::read_to_string(here.folder.path().join("theirs.json")).expect("the file");
    assert!(!text.contains(&STAYING.to_string()), "somebody else's data");
    let shown: Value = serde_json::from_str(&text).expect("JSON");
    let tables: BTreeSet<_> =
        TABLES.iter().filter(|table| !table.traces.is_empty()).map(|t| t.name).collect();
    let tables_shown = shown["postgres"].as_object().expect("tables").iter();
    let full = tables_shown.filter(|(_, rows)| rows.as_array().is_some_and(|rows| !rows.is_empty()));
    assert_eq!(full.map(|(name, _)| name.as_str()).collect::<BTreeSet<_>>(), tables);
    let families: BTreeSet<_> = shown["redis"]
        .as_array()
        .expect("keys")
        .iter()
        .map(|key| key["family"].as_str().expect("a name").to_owned())
        .collect();
    let theirs = |family: &&&Family| {
        matches!(family.personal, Personal::InKey | Personal::InPlace | Personal::InPlaceAndPassing(_))
    };
    let missing: Vec<_> =
        FAMILIES.iter().filter(theirs).filter(|family| !families.contains(family.name)).collect();
    assert!(missing.is_empty(), "not shown: {missing:?}");
    assert_eq!(
        shown["waiting"].as_array().map(Vec::len),
        Some(5),
        "later, dead, taken, waiting; and in a file"
    );

    let (code, told) =
        here.troupe(&here.redis.url(), &["privacy", "export", &leaving, "--out", "theirs.json"]).await;
    assert_eq!(code, Some(1), "it never writes over a file: {told}");
    let (code, _) = here.troupe(&here.redis.url(), &["privacy", "export", "nobody"]).await;
    assert_eq!(code, Some(2));
    let shown = here.privacy(&["export", &leaving]).await;
    assert_eq!(serde_json::from_str::<Value>(&shown).expect("JSON")["user_id"], Value::from(leaving));
}
