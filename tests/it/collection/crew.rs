//! One of several processes that all act for the same few members at once, at random, until they are killed.

use std::time::{Duration, Instant};

use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl as _;
use futures::FutureExt as _;
use rand::Rng as _;
use secrecy::SecretString;
use troupe::{
    cold::{self, rolls::Choice},
    config::{CollectionSettings, collection::Allowance},
    domain::{
        denial::Denial,
        ids::{InteractionId, UserId},
        trade::Terms,
    },
    error::{Error, Refusal},
    features::collection::Collection,
};

use super::process;
use crate::cold_stores::{character, guild, user};

/// Members: 1 to so many.
pub const MEMBERS: u64 = 4;
/// Rolls that each has in all.
pub const ROLLS: u32 = 30;
/// Slots that each has.
pub const SLOTS: u32 = 4;
/// Where the database is, for a process of the crew.
pub const ADDRESS: &str = "TROUPE_TEST_COLLECTION";
/// What acts at once in one process.
const HANDS: u64 = 4;
/// Interactions of one member and kind: few, so that processes are given the same ones.
const INTERACTIONS: u64 = 150;
/// Longer than any test lets it live.
const LIFE: Duration = Duration::from_secs(120);

pub fn settings() -> CollectionSettings {
    let allowance = Allowance { rolls: ROLLS, slots: SLOTS };
    CollectionSettings { free: allowance, pro: allowance, ..CollectionSettings::default() }
}

/// Not a test: a test starts it as a process of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a process of another test"]
async fn a_process_of_the_crew() {
    let Some(address) = std::env::var_os(ADDRESS) else { return };
    let url = SecretString::from(address.into_string().expect("an address"));
    let collection = process(&url, settings());
    let hands = (0..HANDS).map(|_| tokio::spawn(act(collection.clone(), url.clone())));
    futures::future::join_all(hands).await;
}

async fn act(collection: Collection, url: SecretString) {
    let begun = Instant::now();
    while begun.elapsed() < LIFE {
        if let Err(fault) = step(&collection, &url).boxed().await {
            note(&url, &fault).boxed().await;
        }
    }
}

/// Something at random; what is no refusal is a fault.
async fn step(collection: &Collection, url: &SecretString) -> Result<(), String> {
    let (kind, who, other, number, which) = {
        let mut random = rand::rng();
        let who = random.random_range(1..=MEMBERS);
        let other = (who + random.random_range(1..MEMBERS) - 1) % MEMBERS + 1;
        (
            random.random_range(0..10),
            user(who),
            user(other),
            random.random_range(0..INTERACTIONS),
            random.random_range(0..INTERACTIONS),
        )
    };
    let cast = collection.cast().all();
    let id = |kind: u64| InteractionId::new((kind * 1_000 + who.get()) * 1_000 + number + 1).expect("an id");
    let pick = |number: u64| cast[usize::try_from(number).expect("small") % cast.len()].persona.id.clone();
    // What everybody begins with, so that offers often have what they take.
    let common = |number: u64| {
        character(
            ["shipped:mira", "shipped:ogga", "shipped:quoin"][usize::try_from(number % 3).expect("small")],
        )
    };
    let of_all = pick(which);
    match kind {
        0 | 1 => {
            let drawn = told(collection.roll(id(1), who, Some(guild(5))).await)?;
            let Some(drawn) = drawn else { return Ok(()) };
            let choice = match which % 3 {
                0 => Choice::Release,
                1 => Choice::Replace(&of_all),
                _ => Choice::Add,
            };
            told(collection.decide(drawn.roll.id, who, None, choice).await).map(drop)
        }
        2 => told(collection.turn_lock(who, &of_all).await).map(drop),
        3 if which % 2 == 0 => {
            let Some(held) = told(collection.releasable(who, &of_all).await)? else { return Ok(()) };
            told(collection.release(who, &of_all, held.copies).await).map(drop)
        }
        4 | 5 => {
            let gets = (which % 2 == 0).then(|| common(number));
            let gives = common(which / 2);
            let terms = Terms { id: id(2), guild: guild(5), proposer: who, receiver: other, gives, gets };
            let Some(trade) = told(collection.propose(&terms).await)? else { return Ok(()) };
            told(collection.confirm(trade.terms.id, who).await).map(drop)
        }
        _ => {
            let Some((id, proposer, receiver)) = open_trade(url).await else { return Ok(()) };
            match which % 8 {
                0 => told(collection.withdraw(id, proposer).await).map(drop),
                1 => told(collection.decline(id, receiver).await).map(drop),
                // Who is neither, or is the wrong one of the two, gets nowhere.
                2 => told(collection.accept(id, who).await).map(drop),
                _ => told(collection.accept(id, receiver).await).map(drop),
            }
        }
    }
}

fn told<T>(answer: Result<T, Error>) -> Result<Option<T>, String> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(Error::Refused(Refusal::Denied(Denial::Collection(_) | Denial::SettingsUnknown))) => Ok(None),
        Err(Error::Refused(refusal)) => Err(format!("{refusal:?}")),
        Err(Error::Failed(cause)) => Err(cause.to_string()),
    }
}

#[derive(diesel::QueryableByName)]
struct Open {
    #[diesel(sql_type = BigInt)]
    trade: i64,
    #[diesel(sql_type = BigInt)]
    proposer: i64,
    #[diesel(sql_type = BigInt)]
    receiver: i64,
}

/// Any of the latest trades, ended ones too.
async fn open_trade(url: &SecretString) -> Option<(InteractionId, UserId, UserId)> {
    let mut connection = cold::connect(url, Duration::from_secs(10)).await.ok()?;
    let any = "SELECT trade_id::bigint AS trade, proposer_id::bigint AS proposer, receiver_id::bigint AS receiver FROM trades
        ORDER BY ended_at IS NOT NULL, random() LIMIT 1";
    let row: Open = diesel::sql_query(any).get_result(&mut connection).await.ok()?;
    let ids = (row.trade.try_into(), row.proposer.try_into(), row.receiver.try_into());
    Some((ids.0.ok()?, ids.1.ok()?, ids.2.ok()?))
}

async fn note(url: &SecretString, fault: &str) {
    let Ok(mut connection) = cold::connect(url, Duration::from_secs(10)).await else { return };
    let insert = diesel::sql_query("INSERT INTO faults (what) VALUES ($1)").bind::<Text, _>(fault);
    insert.execute(&mut connection).await.expect("noted");
}
