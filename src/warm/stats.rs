//! Counters flushed to PostgreSQL: found, claimed, added up once, dropped.
//!
//! A claim takes the counters out of counting under an id of its own, and PostgreSQL adds them up together with that id.
//! Whoever crashes or is cut off in between leaves the claim behind; after a minute anybody takes it up, and the id
//! tells whether it was added already. So nothing is lost and nothing doubled, however often and by however many this
//! is done. (What Redis itself loses is lost: statistics only.)
//!
//! Each process flushes what it counted itself while Redis was away; what lies in Redis needs one process only, and
//! bears several.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    cold::{
        BACKGROUND_BUDGET, Cold, ColdError,
        analytics::{self, Addition},
    },
    hot::{
        Hot, HotError, Side,
        stats::{Claim, Counters, DropClaim, FindStats, ReadClaim},
    },
};

/// Claims written by one statement.
const CHUNK: usize = 100;
/// Age from which a claim counts as left behind. It saves work only: a claim taken up too early is added once as well.
const LEFT_BEHIND: Duration = Duration::from_secs(60);

/// What a flush did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flushed {
    /// Claims that were added up by this flush.
    pub added: usize,
    /// Claims that had been added up before, by someone who could not drop them.
    pub known: usize,
}

/// Why a flush ended early. What it claimed is taken up by a later one.
#[derive(Debug, thiserror::Error)]
pub enum FlushError {
    /// The side that counts can't be asked.
    #[error("the counters can't be read: {0}")]
    Hot(#[from] HotError),
    /// The sums can't be written.
    #[error("the counters can't be added up: {0}")]
    Cold(#[from] ColdError),
}

/// Flushes the counters of one side.
///
/// # Errors
/// A [`FlushError`]; nothing is lost by it.
pub async fn flush(hot: &Hot, cold: &Cold, side: Side) -> Result<Flushed, FlushError> {
    let found = hot.walk(side, &FindStats).await?;
    let mut flushed = Flushed::default();
    let left: Vec<_> = found.claims.into_iter().filter(|claim| is_left_behind(claim.batch)).collect();
    for claims in left.chunks(CHUNK) {
        let mut taken = Vec::with_capacity(claims.len());
        for claim in claims {
            taken.push((*claim, hot.ask_at(side, &ReadClaim(*claim)).await?));
        }
        settle(hot, cold, side, taken, &mut flushed).await?;
    }
    for counters in found.counters.chunks(CHUNK) {
        let mut taken = Vec::with_capacity(counters.len());
        for (place, day) in counters {
            // Each claim has its id once and for all: one that was used before would be dropped as known.
            let claim = Claim { place: *place, day: *day, batch: Uuid::now_v7() };
            taken.push((claim, hot.ask_at(side, &claim).await?));
        }
        settle(hot, cold, side, taken, &mut flushed).await?;
    }
    Ok(flushed)
}

/// Adds claims up and drops them.
async fn settle(
    hot: &Hot,
    cold: &Cold,
    side: Side,
    taken: Vec<(Claim, Counters)>,
    flushed: &mut Flushed,
) -> Result<(), FlushError> {
    // An empty one was flushed by someone else meanwhile.
    let taken: Vec<_> = taken.into_iter().filter(|(_, counters)| !counters.is_empty()).collect();
    let claims: Vec<_> = taken.iter().map(|(claim, _)| *claim).collect();
    let additions: Vec<_> =
        taken.into_iter().filter_map(|(claim, counters)| addition(claim, counters)).collect();
    if !additions.is_empty() {
        let add = async |connection: &mut _| analytics::add(connection, &additions).await;
        let added = cold.run(BACKGROUND_BUDGET, add).await?.len();
        flushed.added += added;
        flushed.known += additions.len() - added;
    }
    for claim in claims {
        hot.ask_at(side, &DropClaim(claim)).await?;
    }
    Ok(())
}

/// `None` for a day that is none: nothing of ours.
fn addition(claim: Claim, counters: Counters) -> Option<Addition> {
    let (year, month, day) = (claim.day / 10_000, claim.day / 100 % 100, claim.day % 100);
    let day = NaiveDate::from_ymd_opt(year.try_into().ok()?, month, day)?;
    Some(Addition { key: format!("stats:{}", claim.batch), day, guild: claim.place.guild(), counters })
}

fn is_left_behind(batch: Uuid) -> bool {
    let Some(made) = batch.get_timestamp() else { return true };
    let (seconds, nanos) = made.to_unix();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.saturating_sub(Duration::new(seconds, nanos)) >= LEFT_BEHIND
}
