//! Limits: everything that the hot store decides before a call, as one list of checks, all or nothing, in one trip.
//!
//! [`Reserve`] goes through the list in its order. The first check that refuses answers, and leaves no trace but
//! an overrun window's strike. Where none refuses, the call counts on every window and budget and holds every
//! slot, under a lease, and its short memory comes along. [`Settle`] turns what was reserved into what was used and
//! remembers the turn, [`GiveBack`] takes it all back, [`Renew`] keeps the slots while the call runs, [`Look`] reads
//! without counting.
//!
//! - **Once.** The lease's record makes each of them happen once: the same holder asking again (its first answer
//!   got lost) is told the same, another one asking for the same lease (an interaction delivered twice) is told
//!   that it is a repetition. The record outlives the lease's end by its slots' life and 15 minutes.
//! - **Exact.** A window is a log of its calls: in no stretch of its length are there more than its limit. Slots are
//!   leases by when they run out: a crash frees its own slot at its own time, whatever else goes on.
//! - **A crash costs nothing.** The record says what its call counts for. Whoever reserves at a place first takes back
//!   what the leases there count for whose slots ran out, exactly once; so long as a day after. A holder that was only
//!   slow has lost its lease ([`Renew`] says so) and can still settle: before it was taken back as if nothing were,
//!   after that what it used is counted anew, all but the windows.
//! - **In line.** A call with [`Wait`] that lacks nothing but a slot waits for it (see `line`): first come first served
//!   at a place, the places in turn where all of them share. It is counted nowhere, and its other limits are decided
//!   anew each time it asks. Nobody overtakes: a slot is free for who comes when more are free than wait before them.
//!   Who ends, leaves or moves up tells the others ([`Freed`]).
//! - **One slot of a cluster.** All keys of a place share one hash tag. In a Redis Cluster, checks on other keys
//!   (a user's policy, the slots of all places together) come before or after the place's, one more trip each, and a
//!   refusal there undoes the place's part (see `parts`); a crash between the two leaves a call counted until it is
//!   taken back.

mod check;
mod freed;
mod line;
mod local;
mod look;
mod parts;
mod record;
mod renew;
mod reserve;
mod settle;
mod standing;
mod wire;

use std::{fmt, str::FromStr, time::Duration};

use uuid::Uuid;

pub use self::{
    check::{Budget, Check, Penalty, Window},
    freed::Freed,
    line::{Leave, Wait},
    look::Look,
    parts::InParts,
    renew::Renew,
    reserve::{Granted, Reserve, Reserved},
    settle::{GiveBack, Settle, Settled},
    standing::{Confirmed, Notice, Refusal, Spent, Standing},
};
use super::{
    key::{Lifetime, RawKey},
    keys, millis,
};
use crate::domain::ids::{InteractionId, NotAnId, Place};

/// How much longer than its slots the record of a lease that has ended lives.
const KNOWN_FOR: Duration = Duration::from_secs(15 * 60);
/// How much longer than its slots that of an abandoned one lives: so long it can be taken back.
const HEALS_FOR: Duration = Duration::from_secs(24 * 60 * 60);
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

impl FromStr for LeaseId {
    type Err = NotAnId;

    /// Reads what `Display` writes.
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let (interaction, call) = text.rsplit_once('-').ok_or(NotAnId)?;
        Ok(Self { interaction: interaction.parse()?, call: call.parse().map_err(|_| NotAnId)? })
    }
}

/// What a granted [`Reserve`] holds: with it the holder renews, settles or gives back.
#[derive(Debug, Clone)]
pub struct Held {
    lease: LeaseId,
    place: Place,
    holder: Uuid,
    life: Duration,
    /// Budgets' keys, each once, with what was charged to them.
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

    /// How long the record of a lease lives that nobody ends.
    fn record_life(&self) -> Duration {
        self.life + HEALS_FOR
    }

    /// How long it lives once the lease has ended.
    fn done_life(&self) -> Duration {
        self.life + KNOWN_FOR
    }

    /// How long a slots' key lives at least: the place's as long as what can be taken back is found by it.
    fn slots_life(&self, slots: &RawKey) -> Duration {
        if line::is_fair(slots) { self.life } else { self.record_life() }
    }
}

/// How long a budget's key lives, from its first use on.
fn budget_life(key: &RawKey) -> Duration {
    match key.family().lifetime {
        Lifetime::Fixed(life) => life,
        _ => panic!("a budget's family has a fixed lifetime"),
    }
}
