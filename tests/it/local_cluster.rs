//! The private database: made, found again after every kind of death, never used by two, and honest about what is
//! missing. Run as root and as an ordinary user alike.

mod kept;

use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use secrecy::ExposeSecret;
use tempfile::TempDir;
use troupe::cold::{
    self, Connection, Database,
    local::{LocalCluster, LocalError, LocalSettings},
};

use crate::support::{
    discord::{self, TOKEN},
    eventually, loaded,
    program::{Running, get, run, text},
};

/// A data directory that another user may pass through, as the server's must.
fn data_dir() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::set_permissions(folder.path(), Permissions::from_mode(0o711)).expect("its rights");
    folder
}

fn settings(data_dir: &Path) -> LocalSettings {
    let data_dir = fs::canonicalize(data_dir).expect("a folder");
    LocalSettings { data_dir, data_dir_chosen: true, bin_dir: None }
}

fn postmaster(data_dir: &Path) -> Option<String> {
    let file = fs::read_to_string(data_dir.join("postgres/data/postmaster.pid")).ok()?;
    file.lines().next().map(str::to_owned)
}

/// Processes that work on the cluster.
fn workers(data_dir: &Path) -> Vec<PathBuf> {
    let data = fs::canonicalize(data_dir.join("postgres/data")).expect("a cluster");
    let processes = fs::read_dir("/proc").expect("Linux").flatten().map(|entry| entry.path());
    processes
        .filter(|process| fs::read_link(process.join("cwd")).is_ok_and(|folder| folder == data))
        .collect()
}

async fn connection(cluster: &LocalCluster) -> Connection {
    cold::connect(cluster.url(), Duration::from_secs(10)).await.expect("a connection")
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

async fn count(connection: &mut Connection, query: &str) -> i64 {
    diesel::sql_query(query).get_result::<Count>(connection).await.expect("a count").count
}

/// Starts the bot on the private database in `data_dir`.
async fn bot(data_dir: &Path, discord_url: &str) -> (Running, String) {
    let data_dir = data_dir.to_str().expect("a path in UTF-8");
    let mut bot = Running::start(
        "",
        &[
            ("HTTP_ADDR", "127.0.0.1:0"),
            ("DISCORD_TOKEN", TOKEN),
            ("DISCORD_API_URL", discord_url),
            ("DATABASE_URL", ""),
            ("DATA_DIR", data_dir),
        ],
    );
    let url = format!("http://{}/readyz", bot.address().await);
    eventually("the bot is ready", async || (get(&url).await.0 == 200).then_some(())).await;
    (bot, url)
}

#[tokio::test]
async fn the_bot_and_its_database_survive_each_others_death() {
    let folder = data_dir();
    let shown = folder.path().to_str().expect("a path in UTF-8");
    let environment = [("DATABASE_URL", ""), ("DATA_DIR", shown), ("RUST_LOG", "error")];
    let discord = discord::start(discord::Answers::default()).await;
    let (mut first, ready) = bot(folder.path(), &discord.url()).await;

    let loaded = loaded(&[("DATA_DIR", shown)]);
    let database = Database::visit(&loaded.settings).await.expect("the running one is shared");
    let url = database.url().clone();
    database.close().await;
    let mut owned = cold::connect(&url, Duration::from_secs(10)).await.expect("a connection");
    owned.batch_execute("CREATE TABLE kept (id int); INSERT INTO kept VALUES (1), (2)").await.expect("rows");

    // A second bot is told who was first; commands share the running server.
    let second = run(
        &["run"],
        &[("DATABASE_URL", ""), ("DATA_DIR", shown), ("DISCORD_TOKEN", TOKEN), ("HTTP_ADDR", "off")],
    )
    .await;
    assert_eq!(second.status.code(), Some(1), "{}", text(&second));
    assert!(text(&second).contains(&format!("in use by another Troupe (process {})", first.pid())));
    let listed = run(&["migrate", "--list"], &environment).await;
    assert!(text(&listed).starts_with("applied "), "{}", text(&listed));
    let told = text(&run(&["doctor"], &environment).await);
    assert!(told.contains(&format!("kept running by process {}", first.pid())), "{told}");
    assert!(!told.contains("password") && told.contains("ok    postgres "), "{told}");

    // The server dies: the bot starts it again.
    let before = postmaster(folder.path()).expect("a server");
    let killed = tokio::process::Command::new("kill").args(["-KILL", &before]).status().await;
    assert!(killed.expect("kill runs").success());
    eventually("another server", async || postmaster(folder.path()).filter(|pid| *pid != before)).await;
    eventually("the data is there", async || {
        let mut connection = cold::connect(&url, Duration::from_secs(10)).await.ok()?;
        Some(count(&mut connection, "SELECT count(*) FROM kept").await).filter(|rows| *rows == 2)
    })
    .await;
    eventually("the bot is ready again", async || (get(&ready).await.0 == 200).then_some(())).await;

    // The bot dies: its server lives on, and the next bot replaces it.
    let orphan = postmaster(folder.path()).expect("a server");
    first.signal("KILL").await;
    assert_eq!(first.ended().await, None);
    assert!(!workers(folder.path()).is_empty(), "the server outlives a killed bot");
    let (mut next, _) = bot(folder.path(), &discord.url()).await;
    assert_ne!(postmaster(folder.path()).expect("a server"), orphan);
    let mut owned = cold::connect(&url, Duration::from_secs(10)).await.expect("a connection");
    assert_eq!(count(&mut owned, "SELECT count(*) FROM kept").await, 2);

    next.signal("TERM").await;
    assert_eq!(next.ended().await, Some(0));
    assert_eq!(workers(folder.path()), [] as [PathBuf; 0], "stopped with the bot");
    assert_eq!(postmaster(folder.path()), None, "in good order");
}

#[tokio::test]
async fn both_killed_at_once_and_a_process_id_that_is_somebody_elses_now() {
    let folder = data_dir();
    let discord = discord::start(discord::Answers::default()).await;
    let (mut bot, _) = bot(folder.path(), &discord.url()).await;
    let server = postmaster(folder.path()).expect("a server");
    bot.signal("KILL").await;
    assert_eq!(bot.ended().await, None);
    let killed = tokio::process::Command::new("kill").args(["-KILL", &server]).status().await;
    assert!(killed.expect("kill runs").success());

    // As after a restart of a container: the id in the file belongs to a process that lives, and is not a server.
    let file = folder.path().join("postgres/data/postmaster.pid");
    let stale = fs::read_to_string(&file).expect("left behind");
    fs::write(&file, stale.replacen(&server, &std::process::id().to_string(), 1)).expect("written");
    let cluster = LocalCluster::start(&settings(folder.path())).await.expect("it starts");
    let mut owned = connection(&cluster).await;
    assert!(count(&mut owned, "SELECT count(*) FROM __diesel_schema_migrations").await > 0);
    cluster.stop().await;
}

#[tokio::test]
async fn it_is_durable_private_and_closed() {
    let folder = data_dir();
    let postgres = folder.path().join("postgres");
    fs::create_dir(&postgres).expect("a folder");
    fs::create_dir(postgres.join("new-interrupted")).expect("what an interrupted start left");
    let cluster = LocalCluster::start(&settings(folder.path())).await.expect("it starts");
    assert!(!postgres.join("new-interrupted").exists());

    let mut owned = connection(&cluster).await;
    let wanted = "SELECT count(*) FROM pg_settings WHERE (name, setting) IN (('fsync', 'on'), ('full_page_writes', 'on'),
        ('synchronous_commit', 'on'), ('data_checksums', 'on'), ('listen_addresses', ''), ('server_encoding', 'UTF8'),
        ('log_min_error_statement', 'panic'))";
    assert_eq!(count(&mut owned, wanted).await, 7);
    let superuser = "SELECT count(*) FROM pg_roles WHERE rolname = current_user AND rolsuper";
    assert_eq!(count(&mut owned, superuser).await, 0);
    owned
        .batch_execute("INSERT INTO nowhere VALUES ('what a member said')")
        .await
        .expect_err("no such table");

    let mode = |path: PathBuf| fs::metadata(path).expect("there").mode() & 0o777;
    for closed in ["data", "run"] {
        assert_eq!(mode(postgres.join(closed)), 0o700, "{closed}");
    }
    for closed in ["password", "server.log"] {
        assert_eq!(mode(postgres.join(closed)), 0o600, "{closed}");
    }
    let wrong = cluster.url().expose_secret().replace("troupe:", "troupe:x");
    let refused = cold::connect(&wrong.into(), Duration::ZERO).await.map(drop).expect_err("a wrong password");
    assert!(refused.to_string().contains("password authentication failed"), "{refused}");
    drop(owned);
    cluster.stop().await;
    let log = fs::read_to_string(postgres.join("server.log")).expect("a log");
    assert!(log.contains("does not exist") && !log.contains("what a member said"), "{log}");
}

#[tokio::test]
async fn a_deep_folder_is_no_hindrance() {
    let folder = data_dir();
    let deep = folder.path().join("deep/".repeat(30));
    fs::create_dir_all(&deep).expect("folders");
    let cluster = LocalCluster::start(&settings(&deep)).await.expect("it starts");
    connection(&cluster).await.batch_execute("SELECT 1").await.expect("it answers");
    let socket = cluster.url().expose_secret().split("host=").nth(1).map(str::to_owned).expect("a socket");
    cluster.stop().await;
    let socket = socket.split('&').next().expect("a path").replace("%2F", "/");
    assert!(!socket.contains("deep"), "{socket}");
    fs::remove_dir_all(socket).expect("the socket's folder");
}

#[tokio::test]
async fn what_is_missing_is_said_with_what_to_do() {
    let folder = data_dir();
    let shown = folder.path().to_str().expect("a path in UTF-8");
    let output = run(
        &["run"],
        &[
            ("DATABASE_URL", ""),
            ("DATA_DIR", shown),
            ("POSTGRES_BIN_DIR", "/nowhere"),
            ("DISCORD_TOKEN", TOKEN),
            ("HTTP_ADDR", "off"),
        ],
    )
    .await;
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("there is no working initdb in /nowhere"), "{}", text(&output));

    let cluster = LocalCluster::start(&settings(folder.path())).await.expect("it starts");
    cluster.stop().await;
    fs::write(folder.path().join("postgres/data/PG_VERSION"), "9\n").expect("another version");
    let error = LocalCluster::start(&settings(folder.path())).await.map(drop).expect_err("no such version");
    assert!(matches!(error, LocalError::WrongVersion { made_by: 9, .. }), "{error}");
}

#[tokio::test]
async fn root_says_when_the_servers_user_can_not_reach_the_folder() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).expect("its rights");
    let started = LocalCluster::start(&settings(folder.path())).await;
    if fs::metadata("/proc/self").expect("Linux").uid() == 0 {
        let error = started.map(drop).expect_err("closed to others");
        assert!(matches!(error, LocalError::Unreachable { .. }), "{error}");
        assert!(error.to_string().contains("Set DATA_DIR"), "{error}");
    } else {
        started.expect("an ordinary user reaches its own folder").stop().await;
    }
}
