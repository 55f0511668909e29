//! Admission: what happens before any call of a model, in one order and one round trip, and what settles it.
//!
//! [`Gates::admit`] makes one list of rules (`order`) and asks the hot store to pass it, all or nothing. What this
//! process knows by itself (blocks, access rules) stands in that list at its place, so that the first rule that
//! refuses answers, whoever knows it. Policies come from memory; their versions are checked in the same trip.
//!
//! An [`Admission`] is the one way to the model. It ends once, on every path: dropped, it gives everything back; a
//! [`Call`] that began to speak is settled by what it used. Both happen in tasks that the process waits for at its end.

mod admission;
mod attempt;
mod call;
mod denied;
mod lease;
mod line;
mod order;
mod standing;
#[cfg(test)]
mod tests;
mod warden;

use std::{sync::Arc, time::Duration};

use metrics::counter;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

pub use self::{
    admission::{Admission, Left},
    call::{Call, CallError},
    line::{Line, Step},
    standing::{Standing, Stands},
};
use self::{
    attempt::{Seat, Tried},
    line::Ears,
};
pub use crate::hot::memory::Change as Memory;
use crate::{
    ai::Gateway,
    config::Live,
    domain::{
        character::CharacterId,
        denial::Denial,
        ids::{ChannelId, InteractionId, Place, RoleId, UserId},
        quota::Quotas,
        usage::Feature,
    },
    hot::{
        Hot,
        limits::{Freed, LeaseId},
    },
    warm::{policies::Policies, switches::Switches},
};

/// Tokens that a call's prompt needs: its answer's are added by the tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromptTokens {
    /// Without any memory.
    pub least: u32,
    /// With as much memory as makes sense.
    pub most: u32,
}

/// Who asks for what.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The interaction, or the message: the idempotency key.
    pub interaction: InteractionId,
    /// The member.
    pub user: UserId,
    /// Where their limits are kept.
    pub place: Place,
    /// The channel, or the thread.
    pub channel: ChannelId,
    /// The thread's channel.
    pub parent: Option<ChannelId>,
    /// The member's roles.
    pub roles: Vec<RoleId>,
    /// What for.
    pub feature: Feature,
    /// Who is to answer.
    pub character: CharacterId,
    /// How long the prompt is.
    pub tokens: PromptTokens,
    /// Whether the short memory between the two comes along.
    pub recall: bool,
}

/// What comes of asking.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "made once a call, and moved on at once")]
pub enum Gate {
    /// Admitted: everything is reserved.
    Open(Admission),
    /// Everything but a slot is to be had, and the member may wait for one.
    Line(Line),
}

/// What admission is made from.
#[derive(Debug, Clone)]
pub struct Parts {
    /// The hot store.
    pub hot: Hot,
    /// Policies.
    pub policies: Policies,
    /// Kill switches.
    pub switches: Switches,
    /// The environment's kill switch.
    pub live: Live,
    /// The model.
    pub ai: Gateway,
    /// What each tier has.
    pub quotas: Quotas,
    /// How long a call's slots are held without a renewal.
    pub lease_life: Duration,
    /// What ends behind a call; the process waits for it.
    pub tracker: TaskTracker,
    /// When calls under way are to stop.
    pub stop: CancellationToken,
}

/// Admission. Clones share it.
#[derive(Debug, Clone)]
pub struct Gates(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    parts: Parts,
    /// One ear for all who wait.
    freed: Freed,
}

impl Gates {
    /// Admission over these parts. Needs a tokio runtime.
    pub fn new(parts: Parts) -> Self {
        let freed = Freed::over(&parts.hot, &parts.stop);
        Self(Arc::new(Shared { parts, freed }))
    }

    /// What each tier has.
    pub fn quotas(&self) -> &Quotas {
        &self.0.parts.quotas
    }

    /// Decides and reserves, all or nothing. Cancelled, it leaves nothing behind.
    ///
    /// # Errors
    /// The first [`Denial`] in the order of admission.
    pub async fn admit(&self, ask: &Ask) -> Result<Gate, Denial> {
        let lease = LeaseId { interaction: ask.interaction, call: 0 };
        let seat = Seat { ask: Arc::new(ask.clone()), lease, holder: Uuid::new_v4(), until: None };
        // From before the first try on, so that no slot is freed unheard.
        let ears = Ears::new(&self.0);
        let tried = self.0.spawn_try(seat.clone()).await.unwrap_or(Err(Denial::Stopped));
        count(ask.feature, attempt::outcome(&tried));
        Ok(match tried? {
            Tried::Admitted(admission) => Gate::Open(*admission),
            Tried::Waiting(standing) => Gate::Line(Line::new(Arc::clone(&self.0), seat, ears, standing)),
        })
    }
}

/// One admission's outcome; one that waits in line has another when the wait ends.
fn count(feature: Feature, outcome: &'static str) {
    counter!("troupe_admissions_total", "feature" => feature.name(), "outcome" => outcome).increment(1);
}
