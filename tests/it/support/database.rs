//! A migrated database for each test, cloned in a moment from one template on a server that all tests share.

use std::{
    collections::BTreeMap,
    process::Child,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use diesel::{
    QueryableByName,
    sql_types::{BigInt, Text},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::OnceCell;
use troupe::cold::{
    Connection, connect,
    migrations::{Direction, migrate},
};

use super::{
    eventually,
    postgres::{PASSWORD, Postgres, USER},
};

const TEMPLATE: &str = "template_troupe";

struct Shared {
    server: Postgres,
    /// Databases whose tests have ended; dropping one needs a connection, which a destructor can't wait for.
    ended: Mutex<Vec<String>>,
    _guard: Child,
}

static SHARED: OnceCell<Shared> = OnceCell::const_new();
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A database of the test's own, with all tables and this month's partitions. Dropped some time after the test.
#[derive(Debug)]
pub struct Database {
    /// Its address, as [`USER`], who owns it.
    pub url: SecretString,
    name: String,
}

impl Database {
    /// Where its server listens.
    pub fn port(&self) -> u16 {
        let (_, place) = self.url.expose_secret().rsplit_once(':').expect("an address");
        let (port, _) = place.split_once('/').expect("an address");
        port.parse().expect("a port")
    }

    /// Its address at another port of this machine, without TLS.
    pub fn url_at(&self, port: u16) -> SecretString {
        let address = format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{port}/{}?sslmode=disable", self.name);
        SecretString::from(address)
    }

    /// A connection to it, without a bound on statements.
    pub async fn connect(&self) -> Connection {
        // On a busy machine one attempt may run out of its time.
        eventually("a connection", || async { connect(&self.url, Duration::ZERO).await.ok() }).await
    }

    /// How many statements clients have sent to it so far; what functions and triggers run does not count.
    pub async fn statements(&self) -> i64 {
        self.statements_by_text().await.values().sum()
    }

    /// The same for each statement, with `$1` and so on for what is given.
    pub async fn statements_by_text(&self) -> BTreeMap<String, i64> {
        let shared = SHARED.get().expect("the server that made it");
        let mut server = connect(&shared.server.secret_url(), Duration::ZERO).await.expect("a connection");
        let query = "SELECT query AS text, sum(calls)::bigint AS count FROM pg_stat_statements JOIN pg_database ON oid = dbid
                     WHERE datname = $1 GROUP BY query";
        let rows: Vec<Count> = diesel::sql_query(query)
            .bind::<Text, _>(&self.name)
            .get_results(&mut server)
            .await
            .expect("counts");
        rows.into_iter().map(|row| (row.text, row.count)).collect()
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = Text)]
    text: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(shared) = SHARED.get() {
            let name = std::mem::take(&mut self.name);
            shared.ended.lock().unwrap_or_else(PoisonError::into_inner).push(name);
        }
    }
}

/// A fresh, migrated database on the shared server.
pub async fn migrated() -> Database {
    let shared = SHARED.get_or_init(start).await;
    let ended = std::mem::take(&mut *shared.ended.lock().unwrap_or_else(PoisonError::into_inner));
    let mut server = connect(&shared.server.secret_url(), Duration::ZERO).await.expect("a connection");
    for name in ended {
        let drop = format!("DROP DATABASE {name} WITH (FORCE)");
        server.batch_execute(&drop).await.expect("the database of an ended test goes");
    }
    let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let create = format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}");
    server.batch_execute(&create).await.expect("a database");
    Database { url: SecretString::from(shared.server.url_as(USER, PASSWORD, &name)), name }
}

async fn start() -> Shared {
    let options = ["max_connections=400", "shared_preload_libraries=pg_stat_statements"];
    let server = Postgres::start_with(&[], &options).await;
    let guard = server.guard();
    let mut connection = connect(&server.secret_url(), Duration::ZERO).await.expect("a connection");
    connection.batch_execute("CREATE EXTENSION pg_stat_statements").await.expect("an extension");
    connection.batch_execute(&format!("CREATE DATABASE {TEMPLATE}")).await.expect("a template");
    let url = SecretString::from(server.url_as(USER, PASSWORD, TEMPLATE));
    migrate(&url, Direction::Up).await.expect("migrations");
    let mut template = connect(&url, Duration::ZERO).await.expect("a connection");
    let make = "SELECT troupe_ensure_partitions(1)";
    template.batch_execute(make).await.expect("partitions");
    drop(template);
    // A template that nobody can connect to can always be copied.
    let close = format!("ALTER DATABASE {TEMPLATE} ALLOW_CONNECTIONS false");
    connection.batch_execute(&close).await.expect("a closed template");
    Shared { server, ended: Mutex::default(), _guard: guard }
}
