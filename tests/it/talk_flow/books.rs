//! What talks leave in the stores: rows of the ledger, budgets, leases, waiting writes.

use diesel::sql_types::{BigInt, Integer, SmallInt, Text};
use diesel_async::RunQueryDsl as _;
use secrecy::SecretString;
use troupe::cold::Connection;
use troupe_sandbox::ids::Id;

use super::stage::Stage;
use crate::support::eventually;
use crate::support::program::get;

/// A row of the ledger, with what was kept beside it.
#[derive(Debug, Clone, PartialEq, Eq, diesel::QueryableByName)]
pub struct Charge {
    #[diesel(sql_type = SmallInt)]
    pub ordinal: i16,
    #[diesel(sql_type = Text)]
    pub outcome: String,
    #[diesel(sql_type = Integer)]
    pub prompt_tokens: i32,
    #[diesel(sql_type = Integer)]
    pub completion_tokens: i32,
    /// The kept answer; empty where none is.
    #[diesel(sql_type = Text)]
    pub answer: String,
    /// Messages that are known to show it.
    #[diesel(sql_type = Integer)]
    pub messages: i32,
}

impl Charge {
    pub fn tokens(&self) -> i64 {
        i64::from(self.prompt_tokens) + i64::from(self.completion_tokens)
    }
}

const CHARGES: &str = "SELECT ordinal, outcome, prompt_tokens, completion_tokens, coalesce(answers[1], '') AS answer,
    coalesce(cardinality(message_ids), 0) AS messages
    FROM usage_ledger LEFT JOIN talk_replies USING (interaction_id) WHERE interaction_id = $1 ORDER BY ordinal";

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Stage {
    pub async fn connect(&self) -> Connection {
        let url = SecretString::from(self.setting("DATABASE_URL").to_owned());
        eventually("a connection", async || {
            troupe::cold::connect(&url, std::time::Duration::from_secs(10)).await.ok()
        })
        .await
    }

    /// The rows of one interaction so far.
    pub async fn charges(&self, interaction: Id) -> Vec<Charge> {
        let id = i64::try_from(interaction.0).expect("an id");
        let mut connection = self.connect().await;
        let rows = diesel::sql_query(CHARGES).bind::<BigInt, _>(id).load(&mut connection).await;
        rows.expect("rows of the ledger")
    }

    /// The one row of that interaction, once it is there.
    pub async fn charge(&self, interaction: Id) -> Charge {
        let mut rows = eventually("a row of the ledger", async || {
            Some(self.charges(interaction).await).filter(|rows| !rows.is_empty())
        })
        .await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        rows.remove(0)
    }

    /// A count by SQL.
    pub async fn number(&self, query: &str) -> i64 {
        let mut connection = self.connect().await;
        let asked = diesel::sql_query(format!("SELECT ({query})::bigint AS number"));
        let number: Number = asked.get_result(&mut connection).await.expect("a number");
        number.number
    }

    /// The sum of all counters in Redis whose key contains this: `talk:count:user:`.
    pub async fn counted(&self, family: &str) -> i64 {
        let redis = self.redis();
        let keys: Vec<String> = redis.run(redis::cmd("KEYS").arg(format!("*{family}*"))).await;
        let mut sum = 0;
        for key in keys {
            let count: Option<i64> = redis.run(redis::cmd("GET").arg(key)).await;
            sum += count.unwrap_or_default();
        }
        sum
    }

    /// Slots that are held now, and places in line.
    pub async fn held(&self) -> i64 {
        let redis = self.redis();
        let now = chrono::Utc::now().timestamp_millis();
        let keys: Vec<String> = redis.run(redis::cmd("KEYS").arg("*ai:conc:*")).await;
        let mut held = 0;
        for key in keys {
            let count = async |from: String, to: &str| -> i64 {
                redis.run(redis::cmd("ZCOUNT").arg(&key).arg(from).arg(to)).await
            };
            held += count(now.to_string(), "+inf").await + count("-inf".to_owned(), "(0").await;
        }
        held
    }

    /// Writes that wait for PostgreSQL, as the bot's metrics have it.
    pub async fn queued(&self) -> u64 {
        let (_, metrics) = get(&format!("http://{}/metrics", self.ops)).await;
        let waiting = metrics.lines().filter(|line| line.starts_with("troupe_queue_waiting"));
        let counts = waiting.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
        counts.max().unwrap_or_default()
    }

    /// Waits until no slot is held, nobody is in line, and no write waits.
    pub async fn left_nothing(&self) {
        eventually("no slot is held", async || (self.held().await == 0).then_some(())).await;
        eventually("no write waits", async || (self.queued().await == 0).then_some(())).await;
        eventually("no write waits in Redis", async || (self.mirrored().await == 0).then_some(())).await;
    }

    /// Writes that wait for PostgreSQL, as Redis has them.
    pub async fn mirrored(&self) -> i64 {
        let mut writes = 0;
        let keys: Vec<String> = self.redis().run(redis::cmd("KEYS").arg("*queue:*items")).await;
        for key in keys {
            let here: i64 = self.redis().run(redis::cmd("HLEN").arg(key)).await;
            writes += here;
        }
        writes
    }
}
