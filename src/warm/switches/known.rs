//! What one process knows of the kill switches, and how it learns: PostgreSQL's word, Redis's copy, what is pending.

use std::time::Duration;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use tokio::time::Instant;

use super::InForce;
use crate::{
    cold::{
        COMMAND_BUDGET,
        switches::{Standing, Switch},
    },
    domain::oversight::{Reason, SwitchTarget},
    hot::switches::{Copy, Kept},
};

/// Looks after which a pending switch that another process should have written is written by this one.
const PATIENCE: u32 = 3;
/// Longer than a command may take to write a switch.
const WRITING: Duration = COMMAND_BUDGET.saturating_mul(2);

/// What one process knows.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// PostgreSQL's version of `switches`; `None` before anything was read.
    pub(super) version: Option<i64>,
    switches: Vec<Switch>,
    /// What PostgreSQL has yet to be told of.
    pub(super) pending: Vec<Pending>,
    /// When a look at PostgreSQL last ended well.
    pub(super) confirmed: Option<Instant>,
    /// When the look began that `switches` are from.
    learned: Option<Instant>,
}

/// A switch that PostgreSQL has yet to be told of.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) switch: Switch,
    /// Since when Redis has it.
    pub(super) shared: Option<Instant>,
    /// Whether this process was told by the operator: it writes it as soon as it can.
    own: bool,
    /// Until when the command that set it is taken to be writing it.
    written_until: Option<Instant>,
    /// How often it was found pending still.
    looks: u32,
}

impl Pending {
    pub(super) fn being_written(switch: Switch) -> Self {
        Self { switch, shared: None, own: true, written_until: Some(Instant::now() + WRITING), looks: 0 }
    }

    fn is_being_written(&self) -> bool {
        self.written_until.is_some_and(|until| Instant::now() < until)
    }
}

impl Known {
    /// Takes PostgreSQL's word from a look that began then. It is older than what is known when another change was
    /// learned meanwhile; a smaller version alone may also be one of a backup.
    pub(super) fn learn(&mut self, standing: Standing, begun: Instant) {
        let older = self.version.is_some_and(|version| standing.version < version);
        if older && self.learned.is_some_and(|learned| begun <= learned) {
            return;
        }
        self.version = Some(standing.version);
        self.switches = standing.switches;
        let now = Instant::now();
        (self.confirmed, self.learned) = (Some(now), Some(now));
        let switches = &self.switches;
        self.pending.retain(|pending| {
            let written = |switch: &Switch| {
                switch.target == pending.switch.target
                    && switch.since.timestamp_millis() >= pending.switch.since.timestamp_millis()
            };
            !switches.iter().any(written)
        });
    }

    /// Takes Redis's copy for PostgreSQL's word, where that is newer and PostgreSQL away.
    pub(super) fn believe(&mut self, copy: &Copy, now: DateTime<Utc>) {
        let Some(version) = copy.version.filter(|version| self.version.is_none_or(|known| *version > known))
        else {
            return;
        };
        let pending = copy.pending_fields();
        let written = copy.notices.iter().filter_map(|notice| {
            let field = notice.field.as_deref().filter(|field| !pending.contains(field))?;
            let target = target(field)?;
            let before = self.switches.iter().find(|switch| switch.target == target);
            Some(Switch {
                reason: Reason::new(&notice.text).ok(),
                by: before.and_then(|switch| switch.by),
                // The copy does not say; it was before now.
                since: before.map_or(now, |switch| switch.since),
                until: notice.ends_at.and_then(DateTime::from_timestamp_millis),
                target,
            })
        });
        self.switches = written.collect();
        self.version = Some(version);
        self.learned = Some(Instant::now());
    }

    /// Learns from Redis, read at that moment, what others hold pending, and what was cleared meanwhile. A copy without
    /// a version is one that was lost: it says nothing of what was cleared.
    pub(super) fn heed(&mut self, copy: &Copy, begun: Instant) {
        let there = copy.pending_fields();
        if copy.version.is_some() {
            self.pending.retain(|pending| {
                let was_there = pending.shared.is_some_and(|shared| shared < begun);
                !was_there
                    || pending.is_being_written()
                    || there.contains(pending.switch.target.field().as_str())
            });
        }
        for kept in &copy.pending {
            let (Some(target), Some(since)) =
                (target(&kept.field), DateTime::from_timestamp_millis(kept.since))
            else {
                continue;
            };
            let switch = Switch {
                target,
                reason: Reason::new(&kept.reason).ok(),
                by: None,
                since,
                until: kept.ends_at.and_then(DateTime::from_timestamp_millis),
            };
            if self.pending_of(&switch.target).is_none_or(|known| known.switch.since < since) {
                self.hold(Pending { switch, shared: Some(begun), own: false, written_until: None, looks: 0 });
            }
        }
    }

    /// Holds a switch, in place of an earlier one of its target.
    pub(super) fn hold(&mut self, pending: Pending) {
        self.pending.retain(|known| known.switch.target != pending.switch.target);
        self.pending.push(pending);
    }

    /// Lets a pending switch go; whether there was one.
    pub(super) fn let_go(&mut self, target: &SwitchTarget) -> bool {
        let before = self.pending.len();
        self.pending.retain(|known| known.switch.target != *target);
        self.pending.len() < before
    }

    /// That pending switch could not be written: [`Known::due`] gives it from now on.
    pub(super) fn leave_to_be_written(&mut self, target: &SwitchTarget) {
        self.pending
            .iter_mut()
            .filter(|pending| pending.switch.target == *target)
            .for_each(|pending| pending.written_until = None);
    }

    /// That pending switch is in Redis.
    pub(super) fn shared(&mut self, switch: &Switch) {
        self.pending
            .iter_mut()
            .filter(|pending| pending.switch == *switch)
            .for_each(|pending| pending.shared = Some(Instant::now()));
    }

    pub(super) fn pending_of(&self, target: &SwitchTarget) -> Option<&Pending> {
        self.pending.iter().find(|pending| pending.switch.target == *target)
    }

    /// The pending switches that this process is to write now: its own, and those that have waited for too long.
    pub(super) fn due(&mut self) -> Vec<Switch> {
        let due = self.pending.iter_mut().filter_map(|pending| {
            pending.looks += 1;
            let mine = pending.own || pending.looks > PATIENCE;
            (mine && !pending.is_being_written()).then(|| pending.switch.clone())
        });
        due.collect()
    }

    /// What PostgreSQL has in force at that moment.
    pub(super) fn written(&self, at: DateTime<Utc>) -> impl Iterator<Item = &Switch> {
        self.switches.iter().filter(move |switch| holds(switch, at))
    }

    /// All that is in force at that moment, newest first.
    pub(super) fn in_force(&self, at: DateTime<Utc>) -> InForce {
        let pending: Vec<_> = self.pending.iter().map(|pending| &pending.switch).collect();
        let overridden = |switch: &&Switch| pending.iter().any(|other| other.target == switch.target);
        let written = self.written(at).filter(|switch| !overridden(switch));
        let held = pending.iter().copied().filter(|switch| holds(switch, at));
        let mut switches: Vec<_> = written.chain(held).cloned().collect();
        switches.sort_by(|a, b| b.since.cmp(&a.since).then_with(|| a.target.cmp(&b.target)));
        InForce { version: self.version.unwrap_or(0), switches }
    }

    /// When the next switch ends by itself.
    pub(super) fn next_end(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.in_force(now).switches.iter().filter_map(|switch| switch.until).min()
    }
}

fn holds(switch: &Switch, at: DateTime<Utc>) -> bool {
    switch.until.is_none_or(|until| until > at)
}

/// A switch as the hot store keeps it.
pub(super) fn kept(switch: &Switch) -> Kept {
    Kept {
        field: switch.target.field(),
        since: switch.since.timestamp_millis(),
        ends_at: switch.until.map(|until| until.timestamp_millis()),
        reason: switch.reason.as_ref().map_or_else(String::new, |reason| reason.as_str().to_owned()),
    }
}

/// The same with a beginning that all three places keep alike.
pub(super) fn to_the_millisecond(switch: Switch) -> Switch {
    let since = switch.since.duration_trunc(TimeDelta::milliseconds(1)).unwrap_or(switch.since);
    Switch { since, ..switch }
}

fn target(field: &str) -> Option<SwitchTarget> {
    let (scope, target) = field.split_once(':').unwrap_or((field, ""));
    SwitchTarget::new(scope.parse().ok()?, target).ok()
}
