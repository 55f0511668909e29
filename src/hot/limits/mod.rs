//! Limits: everything that the hot store decides before a call, as one list of checks, all or nothing, in one trip.
//!
//! [`Reserve`] goes through the list in its order. The first check that refuses answers, and leaves no trace but
//! an overrun window's strike. Where none refuses, the call counts on every window and budget and holds every
//! slot, under a lease. [`Settle`] turns what was reserved into what was used, [`GiveBack`] takes it all back,
//! [`Renew`] keeps the slots while the call runs, [`Look`] reads without counting.
//!
//! - **Once.** The lease's record makes each of them happen once: the same holder asking again (its first answer
//!   got lost) is told the same, another one asking for the same lease (an interaction delivered twice) is told
//!   that it is a repetition. The record outlives the slots by 15 minutes, so that a call that lost its slots can
//!   still settle.
//! - **Exact.** A window is a log of its calls: in no stretch of its length are there more than its limit. Slots are
//!   leases by when they run out: a crash frees its own slot at its own time, whatever else goes on.
//! - **One slot of a cluster.** All keys of a place share one hash tag. In a Redis Cluster, checks on other keys
//!   (the slots of all places together) come after the place's, one more trip each, and a refusal there undoes
//!   the place's part (see `parts`); a crash between the two leaves a call counted.

mod check;
mod local;
mod look;
mod parts;
mod renew;
mod reserve;
mod settle;
mod standing;
mod wire;

use std::{fmt, time::Duration};

use uuid::Uuid;

pub use self::{
    check::{Budget, Check, Penalty, Window},
    look::Look,
    parts::InParts,
    renew::Renew,
    reserve::{Reserve, Reserved},
    settle::{GiveBack, Settle, Settled},
    standing::{Notice, Refusal, Spent, Standing},
};
use super::{
    key::{Lifetime, RawKey},
    keys,
};
use crate::domain::ids::{InteractionId, Place};

/// How much longer than its slots a lease's record lives.
const SETTLE_GRACE: Duration = Duration::from_secs(15 * 60);
/// What a record says of a lease that was settled or given back.
const DONE: &str = "done";

/// Which call of which interaction: the idempotency key of everything that is reserved for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeaseId {
    /// The interaction that the call is for.
    pub interaction: InteractionId,
    /// Which of its calls, from 0.
    pub call: u32,
}

impl fmt::Display for LeaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.interaction, self.call)
    }
}

/// What a granted [`Reserve`] holds: with it the holder renews, settles or gives back.
#[derive(Debug, Clone)]
pub struct Held {
    lease: LeaseId,
    place: Place,
    holder: Uuid,
    life: Duration,
    /// Budgets' keys, each once, with what was reserved of them.
    charges: Vec<(RawKey, u32)>,
    windows: Vec<RawKey>,
    slots: Vec<RawKey>,
}

impl Held {
    /// Its lease.
    pub fn lease(&self) -> LeaseId {
        self.lease
    }

    /// How long its slots are held without a renewal.
    pub fn life(&self) -> Duration {
        self.life
    }

    fn record(&self) -> RawKey {
        keys::Lease::of(self.place, self.lease).into_raw()
    }

    fn record_life(&self) -> Duration {
        self.life + SETTLE_GRACE
    }
}

/// A length of time in milliseconds, as scripts and scores count.
fn millis(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

/// How long a budget's key lives, from its first use on.
fn budget_life(key: &RawKey) -> Duration {
    match key.family().lifetime {
        Lifetime::Fixed(life) => life,
        _ => panic!("a budget's family has a fixed lifetime"),
    }
}
