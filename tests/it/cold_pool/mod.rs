//! The cold pool on a real PostgreSQL: fair, bounded by budgets, healing, and encrypted as its address says.

mod tls;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use diesel::{
    IntoSql,
    sql_types::{BigInt, Integer, Text},
};
use diesel_async::{
    AnsiTransactionManager, AsyncConnection, RunQueryDsl, SimpleAsyncConnection, TransactionManager,
};
use secrecy::SecretString;
use tokio::sync::{Barrier, oneshot};
use troupe::cold::{self, BACKGROUND_BUDGET, COMMAND_BUDGET, Cold, ColdError, ConnectError, Connection};

use crate::support::{
    PATIENCE, eventually,
    postgres::{self, Postgres},
    wire::Wire,
};

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

async fn one(connection: &mut Connection) -> Result<i32, ColdError> {
    Ok(diesel::select(1_i32.into_sql::<Integer>()).get_result(connection).await?)
}

async fn number(connection: &mut Connection, query: &str) -> Result<i64, ColdError> {
    let query = format!("SELECT ({query})::bigint AS number");
    Ok(diesel::sql_query(query).get_result::<Number>(connection).await?.number)
}

async fn backend(connection: &mut Connection) -> Result<i64, ColdError> {
    number(connection, "pg_backend_pid()").await
}

async fn execute(connection: &mut Connection, text: &str) -> Result<(), ColdError> {
    Ok(connection.batch_execute(text).await?)
}

async fn observer(server: &Postgres) -> Connection {
    cold::connect(&server.secret_url(), Duration::ZERO).await.expect("a connection")
}

/// Sessions of pools, other than the observer's own.
const SESSIONS: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'troupe' AND pid <> pg_backend_pid()";

async fn wait_for(connection: &mut Connection, query: &str, wanted: i64) {
    let begun = std::time::Instant::now();
    while number(connection, query).await.expect("a count") != wanted {
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {query}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Opens `count` connections of the pool.
async fn warm(cold: &Cold, count: usize) {
    let all_here = &Barrier::new(count);
    let held = (0..count).map(|_| {
        cold.run(BACKGROUND_BUDGET, async |connection| {
            all_here.wait().await;
            one(connection).await
        })
    });
    futures::future::try_join_all(held).await.expect("connections");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_saturation_every_task_gets_its_share() {
    const TASKS: usize = 64;
    const TOTAL: usize = TASKS * 60;
    let server = Postgres::start().await;
    let cold = Cold::with_connections(&server.secret_url(), 4);
    warm(&cold, 4).await;
    let (done, ready) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(TASKS)));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..TASKS {
        let (cold, done, ready) = (cold.clone(), Arc::clone(&done), Arc::clone(&ready));
        tasks.spawn(async move {
            ready.wait().await;
            let mut mine = 0_usize;
            while done.fetch_add(1, Ordering::Relaxed) < TOTAL {
                let work = async |connection: &mut Connection| {
                    connection.transaction(async |connection| one(connection).await).await
                };
                assert_eq!(cold.run(BACKGROUND_BUDGET, work).await.expect("an answer"), 1);
                mine += 1;
            }
            mine
        });
    }
    let shares = tasks.join_all().await;
    let (least, most) = (shares.iter().min().expect("tasks"), shares.iter().max().expect("tasks"));
    assert!(*least > 0 && *most <= least * 2, "{least} to {most}: {shares:?}");
    let sessions = number(&mut observer(&server).await, SESSIONS).await.expect("a count");
    assert_eq!(sessions, 4, "no more connections than asked for");
}

#[tokio::test]
async fn a_check_out_costs_no_round_trip_unless_there_is_doubt() {
    let server = Postgres::start().await;
    let wire = Wire::to(server.port()).await;
    let (user, password) = (postgres::USER, postgres::PASSWORD);
    let url = format!("postgres://{user}:{password}@127.0.0.1:{}/postgres?sslmode=disable", wire.port);
    let cold = Cold::with_connections(&SecretString::from(url), 2);
    let ask = async || cold.run(BACKGROUND_BUDGET, one).await.expect("an answer");
    ask().await;
    let before = wire.trips();
    for _ in 0..100 {
        ask().await;
    }
    assert_eq!(wire.trips() - before, 100);

    let failed: Result<(), _> =
        cold.run(BACKGROUND_BUDGET, async |connection| execute(connection, "SELECT 1/0").await).await;
    assert!(matches!(failed, Err(ColdError::Query(_))));
    ask().await;
    let before = wire.trips();
    ask().await;
    assert_eq!(wire.trips() - before, 1, "asked once, trusted again");
}

#[tokio::test]
async fn a_session_has_its_bounds_at_the_server_too() {
    let server = Postgres::start().await;
    let cold = Cold::new(&server.secret_url());
    for (setting, value) in [
        ("statement_timeout", 30_000),
        ("lock_timeout", 10_000),
        ("idle_in_transaction_session_timeout", 30_000),
    ] {
        let query = format!("SELECT setting FROM pg_settings WHERE name = '{setting}'");
        let set = cold.run(BACKGROUND_BUDGET, async |connection| number(connection, &query).await).await;
        assert_eq!(set.expect("a setting"), value, "{setting}");
    }
}

#[tokio::test]
async fn a_busy_pool_says_so_within_the_budget() {
    let server = Postgres::start().await;
    let cold = Cold::with_connections(&server.secret_url(), 1);
    let (held, holding) = oneshot::channel();
    let (release, released) = oneshot::channel::<()>();
    let holder = tokio::spawn({
        let cold = cold.clone();
        async move {
            cold.run(BACKGROUND_BUDGET, async move |connection| {
                held.send(()).expect("a listener");
                released.await.expect("a release");
                one(connection).await
            })
            .await
        }
    });
    holding.await.expect("a holder");
    let refused = cold.run(Duration::from_millis(50), one).await;
    assert!(matches!(refused, Err(ColdError::Busy)), "{refused:?}");
    assert!(ColdError::Busy.is_outage());
    release.send(()).expect("a holder");
    assert_eq!(holder.await.expect("no panic").expect("its answer"), 1);
    assert_eq!(cold.run(BACKGROUND_BUDGET, one).await.expect("free again"), 1);
}

#[tokio::test]
async fn work_that_is_cut_off_ends_at_the_server_and_its_connection_is_never_used_again() {
    let server = Postgres::start().await;
    let mut observer = observer(&server).await;
    let cold = Cold::with_connections(&server.secret_url(), 1);
    let first = cold.run(BACKGROUND_BUDGET, backend).await.expect("a backend");

    let slow = async |connection: &mut Connection| execute(connection, "SELECT pg_sleep(600)").await;
    let cut: Result<(), _> = cold.run(Duration::from_millis(200), slow).await;
    assert!(matches!(cut, Err(ColdError::CutOff)), "{cut:?}");
    let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'";
    wait_for(&mut observer, sleeping, 0).await;
    let second = cold.run(BACKGROUND_BUDGET, backend).await.expect("another backend");
    assert_ne!(first, second);

    let caller = tokio::spawn({
        let cold = cold.clone();
        async move { cold.run(BACKGROUND_BUDGET, slow).await }
    });
    wait_for(&mut observer, sleeping, 1).await;
    caller.abort();
    assert!(caller.await.expect_err("a caller that went away").is_cancelled());
    assert_ne!(cold.run(BACKGROUND_BUDGET, backend).await.expect("a third backend"), second);
    wait_for(&mut observer, sleeping, 0).await;
}

#[tokio::test]
async fn a_transaction_left_open_is_rolled_back_and_its_connection_closed() {
    let server = Postgres::start().await;
    let mut observer = observer(&server).await;
    execute(&mut observer, "CREATE TABLE written (n int)").await.expect("a table");
    let cold = Cold::with_connections(&server.secret_url(), 1);
    let left = cold.run(BACKGROUND_BUDGET, async |connection| {
        AnsiTransactionManager::begin_transaction(connection).await?;
        execute(connection, "INSERT INTO written VALUES (1)").await?;
        backend(connection).await
    });
    let left = left.await.expect("an open transaction");
    assert_ne!(cold.run(BACKGROUND_BUDGET, backend).await.expect("another backend"), left);
    wait_for(&mut observer, SESSIONS, 1).await;
    assert_eq!(number(&mut observer, "SELECT count(*) FROM written").await.expect("a count"), 0);
}

#[tokio::test]
async fn connections_that_died_idle_are_replaced_without_an_error() {
    let server = Postgres::start().await;
    let mut observer = observer(&server).await;
    let cold = Cold::with_connections(&server.secret_url(), 4);
    warm(&cold, 4).await;
    wait_for(&mut observer, SESSIONS, 4).await;
    let end = format!("SELECT count(pg_terminate_backend(pid)) {}", &SESSIONS["SELECT count(*)".len()..]);
    assert_eq!(number(&mut observer, &end).await.expect("a count"), 4);
    wait_for(&mut observer, SESSIONS, 0).await;
    for _ in 0..10 {
        cold.run(BACKGROUND_BUDGET, one).await.expect("a living connection");
    }
}

#[tokio::test]
async fn a_killed_server_that_comes_back_is_found_within_the_budget() {
    let mut server = Postgres::start().await;
    let cold = Cold::with_connections(&server.secret_url(), 2);
    warm(&cold, 2).await;
    server.kill_hard();
    // The first error may still be the old server's last words.
    let away = eventually("the loss is noticed", || async {
        cold.run(COMMAND_BUDGET, one).await.err().filter(|error| matches!(error, ColdError::Connect(_)))
    })
    .await;
    assert!(matches!(away, ColdError::Connect(ConnectError::Away(_))) && away.is_outage(), "{away:?}");
    let waiting = tokio::spawn({
        let cold = cold.clone();
        async move { cold.run(PATIENCE, one).await }
    });
    server.restart().await;
    assert_eq!(waiting.await.expect("no panic").expect("no error"), 1);
}

#[tokio::test]
async fn a_server_that_hangs_cuts_work_off_and_nothing_sticks_when_it_goes_on() {
    let server = Postgres::start().await;
    let cold = Cold::with_connections(&server.secret_url(), 2);
    warm(&cold, 2).await;
    server.signal("STOP");
    let cut = cold.run(Duration::from_millis(300), one).await;
    assert!(matches!(cut, Err(ColdError::CutOff)), "{cut:?}");
    let hanging = cold.run(Duration::from_secs(1), one).await;
    assert!(matches!(hanging, Err(ColdError::Connect(ConnectError::Deadline))), "{hanging:?}");
    server.signal("CONT");
    assert_eq!(cold.run(BACKGROUND_BUDGET, one).await.expect("it heals by itself"), 1);
}

#[tokio::test]
async fn a_server_that_takes_no_writes_any_more_is_left_for_one_that_does() {
    let (first, second) = (Postgres::start().await, Postgres::start().await);
    for server in [&first, &second] {
        execute(&mut observer(server).await, "CREATE TABLE written (n int)").await.expect("a table");
    }
    let hosts = format!("127.0.0.1:{},127.0.0.1:{}", first.port(), second.port());
    let url = format!("postgres://{}:{}@{hosts}/postgres", postgres::USER, postgres::PASSWORD);
    let cold = Cold::with_connections(&SecretString::from(url), 1);
    let port = async || {
        cold.run(BACKGROUND_BUDGET, async |connection| number(connection, "SELECT inet_server_port()").await)
            .await
    };
    let write = async || {
        cold.run(BACKGROUND_BUDGET, async |connection| {
            execute(connection, "INSERT INTO written VALUES (1)").await
        })
        .await
    };
    assert_eq!(port().await.expect("a port"), i64::from(first.port()));
    write().await.expect("a write");

    // What a failover looks like to a session: the same server, and no writes.
    let mut admin = observer(&first).await;
    execute(&mut admin, "ALTER SYSTEM SET default_transaction_read_only = on").await.expect("a setting");
    execute(&mut admin, "SELECT pg_reload_conf()").await.expect("a reload");
    let refused = eventually("writes are refused", || async { write().await.err() }).await;
    assert!(refused.is_outage(), "{refused:?}");
    assert_eq!(port().await.expect("the other server"), i64::from(second.port()));
    write().await.expect("a write");
}

#[tokio::test]
async fn nothing_shows_the_password() {
    let mut server = Postgres::start().await;
    let cold = Cold::new(&server.secret_url());
    cold.ping().await.expect("a sign of life");
    assert!(!format!("{cold:?}").contains(postgres::PASSWORD));
    server.kill();
    let away = eventually("it is noticed", || async { cold.ping().await.err() }).await;
    let line: Result<Line, _> = cold
        .run(Duration::from_millis(50), async |connection| {
            Ok::<_, ColdError>(diesel::sql_query("SELECT 'x' AS line").get_result(connection).await?)
        })
        .await;
    let refused = line.map(|line| line.line).expect_err("nobody there");
    for error in [away, refused] {
        assert!(!format!("{error} {error:?}").contains(postgres::PASSWORD));
    }
}
