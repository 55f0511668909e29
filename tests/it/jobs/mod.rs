//! Jobs, their leaders and what they flush, over real stores.

mod counters;
mod leaders;
mod runs;

use std::time::Duration;

use diesel::sql_types::Text;
use secrecy::SecretString;
use troupe::{
    cold::{
        Cold, Connection, connect,
        migrations::{Direction, migrate},
    },
    domain::ids::Place,
    hot::{Clock, Hot, Redis as HotRedis},
};

use crate::support::{postgres::Postgres, redis::Redis};

const DAY: u32 = 20_260_101;

async fn migrated() -> (Postgres, Cold) {
    let postgres = Postgres::start().await;
    migrate(&postgres.secret_url(), Direction::Up).await.expect("migrated");
    let cold = Cold::new(&postgres.secret_url());
    (postgres, cold)
}

/// The hot store as one process has it.
fn process(redis: Option<&Redis>) -> Hot {
    let redis = redis.map(|server| {
        HotRedis::new(&SecretString::from(server.url()), "test:", Clock::System).expect("an address")
    });
    Hot::new(redis, Clock::System)
}

async fn connection(postgres: &Postgres) -> Connection {
    connect(&postgres.secret_url(), Duration::ZERO).await.expect("a connection")
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

async fn lines(connection: &mut Connection, query: &str) -> Vec<String> {
    // Not for the whole file: it has a `load` for every type, atomic numbers too.
    use diesel_async::RunQueryDsl;
    let rows: Vec<Line> = diesel::sql_query(query).load(connection).await.expect("rows");
    rows.into_iter().map(|row| row.line).collect()
}

fn guild(number: u64) -> Place {
    Place::Guild(number.to_string().parse().expect("an id"))
}
