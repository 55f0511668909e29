//! How all limits of a member and their place stand, without counting anything: for /limits.

use super::{
    Gates,
    order::{self, List, Policy, Rule, midnight},
};
use crate::{
    domain::{
        denial::{Denial, Limit},
        ids::{Place, UserId},
        oversight::SwitchTarget,
        policy::Tier,
        usage::Feature,
    },
    hot::limits::{Look, Spent, Standing as CheckStanding},
    warm::policies::{Unknown, Versioned},
};

/// How one limit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stands {
    /// Which.
    pub limit: Limit,
    /// What for; a window is for all features together, and told of the first.
    pub feature: Feature,
    /// What is used.
    pub used: u64,
    /// How much there is.
    pub of: u32,
    /// How long the window is, in seconds; 0 for days.
    pub seconds: u32,
    /// When some of it renews, in milliseconds since 1970; `None` while nothing is used.
    pub renews_at: Option<i64>,
}

impl Stands {
    /// What is left.
    pub fn left(&self) -> u64 {
        u64::from(self.of).saturating_sub(self.used)
    }
}

/// How all of them stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The member's tier there.
    pub tier: Tier,
    /// The limits, in the order of admission: windows, then for each feature its budgets.
    pub limits: Vec<Stands>,
    /// Until when the member is locked out, in milliseconds since 1970.
    pub penalty: Option<i64>,
    /// Calls under way at the place.
    pub slots_used: u64,
    /// Calls that may be under way there at once.
    pub slots: u32,
    /// Calls that wait there.
    pub waiting: u64,
    /// What refuses everybody there, whatever is left.
    pub off: Option<Denial>,
}

impl Gates {
    /// The member's tier there: the better of their own and the guild's.
    ///
    /// # Errors
    /// [`Denial::SettingsUnknown`].
    pub async fn tier(&self, place: Place, user: UserId) -> Result<Tier, Denial> {
        Ok(self.policy(place, user).await?.due(&self.0.parts.quotas, self.0.now_ms()).tier)
    }

    async fn policy(&self, place: Place, user: UserId) -> Result<Policy, Denial> {
        let policies = &self.0.parts.policies;
        let unknown = |error: Unknown| {
            tracing::warn!(%error, "limits can't be told: settings can't be read");
            Denial::SettingsUnknown
        };
        let user_policy = policies.user(user).await.map_err(unknown)?;
        let guild = match place.guild() {
            Some(guild) => Some(policies.guild(guild).await.map_err(unknown)?),
            None => None,
        };
        Ok(Policy {
            user: Versioned { version: 0, policy: user_policy },
            guild: guild.map(|policy| Versioned { version: 0, policy }),
        })
    }

    /// How that member's limits at that place stand. Counts nothing.
    ///
    /// # Errors
    /// [`Denial::SettingsUnknown`].
    pub async fn standing(&self, place: Place, user: UserId) -> Result<Standing, Denial> {
        let parts = &self.0.parts;
        let policy = self.policy(place, user).await?;
        let now_ms = self.0.now_ms();
        let (due, quotas) = (policy.due(&parts.quotas, now_ms), &parts.quotas);
        let mut list = List::default();
        order::windows(&mut list, place, user, Feature::Talk, &due);
        for feature in Feature::ALL {
            order::budgets(&mut list, place, user, *feature, quotas, &due, [1, 1, 1], now_ms);
        }
        order::slots(&mut list, place, quotas);
        let (standings, _) = parts.hot.ask(&Look { checks: list.checks }).await;
        let mut standing = Standing {
            tier: due.tier,
            limits: Vec::new(),
            penalty: None,
            slots_used: 0,
            slots: quotas.guild_slots,
            waiting: 0,
            off: self.off(place, now_ms),
        };
        for (rule, of_one) in list.rules.into_iter().zip(standings) {
            standing.take(&rule, of_one, now_ms);
        }
        Ok(standing)
    }

    fn off(&self, place: Place, now_ms: i64) -> Option<Denial> {
        if self.0.parts.live.ai_disabled() {
            return Some(Denial::AiDisabled);
        }
        let mut targets = vec![SwitchTarget::Global];
        targets.extend(place.guild().map(SwitchTarget::Guild));
        order::switched(&self.0.parts.switches.in_force(), &targets, now_ms)
    }
}

impl Standing {
    fn take(&mut self, rule: &Rule, of_one: CheckStanding, now_ms: i64) {
        match (rule, of_one) {
            (Rule::Penalty, CheckStanding::Notice(Some(notice))) => self.penalty = notice.ends_at,
            (Rule::Limit { limit, feature, of, seconds, .. }, of_one) => {
                let (used, renews_at) = match of_one {
                    CheckStanding::Window { used, renews_at, .. } => (used, renews_at),
                    CheckStanding::Budget(spent) => (spent.used(), renews_at(&spent, now_ms)),
                    _ => return,
                };
                let (limit, feature, of, seconds) = (*limit, *feature, *of, *seconds);
                self.limits.push(Stands { limit, feature, used, of, seconds, renews_at });
            }
            (Rule::GuildSlots, CheckStanding::Slot { used, waiting, .. }) => {
                (self.slots_used, self.waiting) = (used, waiting);
            }
            _ => {}
        }
    }
}

/// When the oldest day with any use leaves the budget.
fn renews_at(spent: &Spent, now_ms: i64) -> Option<i64> {
    let oldest = spent.by_day.iter().rposition(|used| *used > 0)?;
    let days = i64::try_from(spent.by_day.len() - oldest).ok()?;
    Some(midnight(now_ms, days))
}
