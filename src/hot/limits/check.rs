//! What a call must pass: the checks that a list is made of.

use std::time::Duration;

use crate::hot::key::RawKey;

/// One check of a list.
#[derive(Debug, Clone)]
pub enum Check {
    /// No notice lies in this key, which holds one text: a penalty, a block.
    Absent(RawKey),
    /// No notice lies in these fields of this key, which is a hash: runtime switches.
    Off {
        /// The hash.
        key: RawKey,
        /// Its fields; the first one with a notice refuses.
        fields: Vec<String>,
    },
    /// The caller's policy is the newest: the shared copy, where there is one, has its version, and no change to a
    /// newer one is on its way.
    Version {
        /// The copy: see [`crate::hot::policy::guild_key`] and [`crate::hot::policy::user_key`].
        key: RawKey,
        /// What the caller goes by.
        version: i64,
    },
    /// Always refuses: what the caller knows already, at its place in the order.
    Never,
    /// No more than so many calls in any stretch of time.
    Window(Window),
    /// No more than so much on a day or a few.
    Budget(Budget),
    /// No more than so many calls at once.
    Slot {
        /// The leases that hold a slot.
        key: RawKey,
        /// Slots there are.
        cap: u32,
    },
}

/// A log of the latest calls: at most `limit` in any stretch of `period`.
#[derive(Debug, Clone)]
pub struct Window {
    /// The log. No other window of the list has the same.
    pub key: RawKey,
    /// Calls that fit.
    pub limit: u32,
    /// The stretch, in whole milliseconds. A call leaves the window when exactly this long has passed.
    pub period: Duration,
    /// What a refusal by this window leads to, if anything.
    pub penalty: Option<Penalty>,
}

/// Who runs over a window again and again is locked out for a while, and longer each time.
#[derive(Debug, Clone)]
pub struct Penalty {
    /// The latest overruns.
    pub strikes: RawKey,
    /// How many penalties there were lately.
    pub level: RawKey,
    /// The notice that is left while the penalty lasts; an earlier [`Check::Absent`] should look for it.
    pub lock: RawKey,
    /// Overruns within `within` that lead to a penalty.
    pub most: u32,
    /// How long an overrun counts.
    pub within: Duration,
    /// The first penalty; each further one is twice as long as the one before.
    pub first: Duration,
    /// No penalty is longer.
    pub longest: Duration,
    /// The level is forgotten so long after the latest penalty began.
    pub quiet: Duration,
}

impl Penalty {
    /// How long the penalty of that level lasts, from 1.
    pub(super) fn length(&self, level: i64) -> Duration {
        let doublings = u32::try_from(level - 1).unwrap_or(0).min(31);
        self.first.saturating_mul(1 << doublings).min(self.longest)
    }
}

/// A sum over days: what was used on them, with `amount` more, is at most `limit`.
#[derive(Debug, Clone)]
pub struct Budget {
    /// The days that count, today first, all of a family with a fixed lifetime. The call is charged to today, once,
    /// however many checks of a list name it.
    pub days: Vec<RawKey>,
    /// What the call takes at least: 1 for a call, an estimate for tokens. The same in every check of today's key.
    pub amount: u32,
    /// What it takes where all budgets of today's key hold so much, and else as much as they hold: at least `amount`,
    /// and the same in every check of today's key.
    pub most: u32,
    /// What there is.
    pub limit: u32,
}

/// What a list takes of one key of today.
pub(super) struct Charge {
    pub(super) key: RawKey,
    pub(super) amount: u32,
    pub(super) most: u32,
}

/// The budgets' keys that a list charges, each once.
pub(super) fn charges<'a>(checks: impl Iterator<Item = &'a Check>) -> Vec<Charge> {
    let mut charges: Vec<Charge> = Vec::new();
    for check in checks {
        if let Check::Budget(Budget { days, amount, most, .. }) = check
            && let Some(today) = days.first()
        {
            match charges.iter_mut().find(|charge| charge.key.name() == today.name()) {
                Some(charge) => {
                    charge.amount = charge.amount.max(*amount);
                    charge.most = charge.most.max(*most);
                }
                None => charges.push(Charge { key: today.clone(), amount: *amount, most: *most }),
            }
        }
    }
    for charge in &mut charges {
        charge.most = charge.most.max(charge.amount);
    }
    charges
}

/// The budgets' keys that a check looks at.
pub(super) fn days(check: &Check) -> &[RawKey] {
    if let Check::Budget(Budget { days, .. }) = check { days } else { &[] }
}

/// The part of a check's keys that decides their slot in a cluster; `None` for one without keys.
pub(super) fn tag(check: &Check) -> Option<&str> {
    match check {
        Check::Absent(key)
        | Check::Off { key, .. }
        | Check::Version { key, .. }
        | Check::Window(Window { key, .. })
        | Check::Slot { key, .. } => Some(key.tag()),
        Check::Budget(Budget { days, .. }) => days.first().map(RawKey::tag),
        Check::Never => None,
    }
}
