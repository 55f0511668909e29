//! How a check stands: what is used and what is left, and what a refusal says.

use super::check::{Budget, Check};

/// A reason to refuse that someone left in the store: `END TEXT`, where END is when it ends in milliseconds since
/// 1970, 0 for never. A text without an END never ends by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The field of the hash that it lay in.
    pub field: Option<String>,
    /// When it ends, in milliseconds since 1970.
    pub ends_at: Option<i64>,
    /// What it says.
    pub text: String,
}

impl Notice {
    /// The text to leave in the store.
    pub fn text_of(ends_at: Option<i64>, text: &str) -> String {
        format!("{} {text}", ends_at.unwrap_or(0))
    }

    pub(in crate::hot) fn read(field: Option<&str>, stored: &str) -> Self {
        let parts = stored.split_once(' ').and_then(|(end, text)| Some((digits(end)?, text)));
        let (end, text) = parts.unwrap_or((0, stored));
        Self { field: field.map(str::to_owned), ends_at: (end > 0).then_some(end), text: text.to_owned() }
    }

    pub(super) fn holds(&self, now: i64) -> bool {
        self.ends_at.is_none_or(|end| end > now)
    }
}

fn digits(text: &str) -> Option<i64> {
    // `parse` alone would take a sign.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// What was used of a budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spent {
    /// By day, in the order of the check: today first.
    pub by_day: Vec<u64>,
    /// What there is over all these days.
    pub limit: u32,
}

impl Spent {
    /// What was used on all the days together.
    pub fn used(&self) -> u64 {
        self.by_day.iter().sum()
    }

    /// What is left.
    pub fn left(&self) -> u32 {
        u32::try_from(u64::from(self.limit).saturating_sub(self.used())).unwrap_or(u32::MAX)
    }

    /// After how many midnights, if nothing else is used, `amount` fits: 0 for now, `None` for never.
    pub fn days_until(&self, amount: u32) -> Option<usize> {
        let fits = |passed: &usize| {
            let still = self.by_day.len() - passed;
            let used: u64 = self.by_day[..still].iter().sum();
            used + u64::from(amount) <= u64::from(self.limit)
        };
        (0..=self.by_day.len()).find(fits)
    }
}

/// What the shared copy says of a policy's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// It is the newest.
    Same,
    /// There is no copy, and no newer version on its way.
    Unknown,
    /// There is another, or a newer one is on its way.
    Stale,
}

/// How a check stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Of [`Check::Absent`] and [`Check::Off`]: the notice in force.
    Notice(Option<Notice>),
    /// Of [`Check::Version`].
    Version(Confirmed),
    /// Of [`Check::Never`].
    Never,
    /// Of a window.
    Window {
        /// Calls in it.
        used: u64,
        /// Calls that fit.
        limit: u32,
        /// When the next place becomes free, in milliseconds since 1970: `None` when all are, or there is none.
        renews_at: Option<i64>,
    },
    /// Of a budget.
    Budget(Spent),
    /// Of slots.
    Slot {
        /// Slots held.
        used: u64,
        /// Calls in line for one.
        waiting: u64,
        /// Slots there are.
        cap: u32,
        /// When the next lease runs out unless renewed, in milliseconds since 1970: `None` when there is none, or
        /// no slot at all.
        free_at: Option<i64>,
    },
}

impl Standing {
    /// What the check has left; `None` where it counts nothing.
    pub fn left(&self) -> Option<u32> {
        match self {
            Self::Notice(_) | Self::Version(_) | Self::Never => None,
            Self::Window { used, limit, .. } => Some(less(*limit, *used)),
            Self::Slot { used, waiting, cap, .. } => Some(less(*cap, used + waiting)),
            Self::Budget(spent) => Some(spent.left()),
        }
    }

    /// What `check`, standing so, says to one more call.
    pub(super) fn refusal(self, check: &Check) -> Option<Refusal> {
        match self {
            Self::Notice(notice) => notice.map(Refusal::Notice),
            Self::Version(confirmed) => (confirmed == Confirmed::Stale).then_some(Refusal::Stale),
            Self::Never => Some(Refusal::Never),
            Self::Window { used, limit, renews_at } => {
                (used >= u64::from(limit)).then_some(Refusal::Window { fits_at: renews_at })
            }
            Self::Budget(spent) => {
                let amount = if let Check::Budget(Budget { amount, .. }) = check { *amount } else { 0 };
                (spent.used() + u64::from(amount) > u64::from(spent.limit)).then_some(Refusal::Budget(spent))
            }
            Self::Slot { used, waiting, cap, free_at } => {
                (used + waiting >= u64::from(cap)).then_some(Refusal::Slot { free_at })
            }
        }
    }
}

fn less(limit: u32, used: u64) -> u32 {
    limit.saturating_sub(u32::try_from(used).unwrap_or(u32::MAX))
}

/// Why a check refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Someone switched this off, or blocked or locked the member.
    Notice(Notice),
    /// The caller's policy is not the newest: to be read again.
    Stale,
    /// What the caller knew already.
    Never,
    /// The window is full.
    Window {
        /// When the next call fits, in milliseconds since 1970: `None` for never.
        fits_at: Option<i64>,
    },
    /// The window is full, and that once too often.
    Penalty {
        /// When the penalty ends, in milliseconds since 1970.
        ends_at: i64,
    },
    /// The budget does not hold the call.
    Budget(Spent),
    /// No slot is free, or those who wait in line have all that are.
    Slot {
        /// When the next lease runs out unless renewed, in milliseconds since 1970: `None` when none does.
        free_at: Option<i64>,
    },
}
