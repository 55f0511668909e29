//! One try at the gates: policies, the list, one trip, and what it means.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::task::JoinHandle;
use tracing::Instrument as _;
use uuid::Uuid;

use super::{
    Admission, Ask, Left, Shared, denied,
    lease::Lease,
    order::{self, Due, List, Policy, Rule},
};
use crate::{
    domain::{
        denial::{Denial, Limit},
        policy::Tier,
    },
    hot::{
        Side,
        limits::{Granted, LeaseId, Refusal, Reserve, Reserved, Wait},
        memory::Between,
    },
    trace,
};

/// How often old policies are read anew for one call; after that what PostgreSQL has just said holds.
const RELOADS: u32 = 2;
/// Most who wait in a line.
const LINE: u32 = 50;

/// One call's place before the gates: the same in each of its tries.
#[derive(Debug, Clone)]
pub(super) struct Seat {
    pub(super) ask: Arc<Ask>,
    pub(super) lease: LeaseId,
    pub(super) holder: Uuid,
    /// Until when it waits, in milliseconds since 1970; known once it does.
    pub(super) until: Option<i64>,
}

/// What comes of one try.
#[derive(Debug)]
pub(super) enum Tried {
    Admitted(Box<Admission>),
    Waiting(InLine),
}

/// What came of a try, in metrics and traces: a refusal by what refuses.
pub(super) fn outcome(tried: &Result<Tried, Denial>) -> &'static str {
    match tried {
        Ok(Tried::Admitted(_)) => "admitted",
        Ok(Tried::Waiting(_)) => "waiting",
        Err(denial) => denied::name(denial),
    }
}

/// Where a call stands in line.
#[derive(Debug, Clone, Copy)]
pub(super) struct InLine {
    /// From 1.
    pub(super) place: u32,
    /// When to try again at the latest, in milliseconds since 1970.
    pub(super) retry_at: Option<i64>,
    /// When it gives up.
    pub(super) until: i64,
}

/// What one try goes by.
struct Basis {
    policy: Option<Policy>,
    due: Option<Due>,
    list: List,
    now_ms: i64,
}

impl Shared {
    pub(super) fn now_ms(&self) -> i64 {
        self.parts.hot.clock().now_ms()
    }

    /// Tries in a task of its own: what is granted to one who no longer waits for it is dropped, and so given back.
    pub(super) fn spawn_try(self: &Arc<Self>, seat: Seat) -> JoinHandle<Result<Tried, Denial>> {
        let shared = Arc::clone(self);
        let span = trace::child!("admission", troupe.feature = seat.ask.feature.name());
        let within = span.clone();
        let attempt = async move {
            let tried = shared.attempt(&seat).await;
            let outcome = outcome(&tried);
            trace::note(&within, "troupe.outcome", outcome);
            if let Ok(Tried::Waiting(standing)) = &tried {
                trace::note(&within, "troupe.line.place", i64::from(standing.place));
            }
            tried
        };
        self.parts.tracker.spawn(attempt.instrument(span))
    }

    async fn attempt(self: &Arc<Self>, seat: &Seat) -> Result<Tried, Denial> {
        for round in 0..=RELOADS {
            if self.parts.live.ai_disabled() {
                return Err(Denial::AiDisabled);
            }
            let basis = self.basis(&seat.ask, round < RELOADS).await;
            let reserve = self.reserve(seat, &basis);
            let (answer, side) = self.parts.hot.ask(&reserve).await;
            match answer {
                Reserved::Granted(granted) => {
                    let admission = self.admission(&seat.ask, &basis, &reserve, granted, side);
                    return Ok(Tried::Admitted(Box::new(admission)));
                }
                Reserved::Waiting { place, retry_at, .. } => {
                    let until = reserve.wait.map_or(basis.now_ms, |wait| wait.until_ms);
                    return Ok(Tried::Waiting(InLine { place, retry_at, until }));
                }
                Reserved::LineFull { .. } => return Err(Denial::LineFull),
                Reserved::Repeated => return Err(Denial::Repeated),
                Reserved::Refused { refusal: Refusal::Stale, .. } => self.doubt(&seat.ask, &basis).await,
                Reserved::Refused { index, refusal } => {
                    let rule = basis.list.rules.get(index).ok_or(Denial::Stopped)?;
                    return Err(denied::denial(rule, refusal, basis.now_ms));
                }
            }
        }
        // The last round asks for no version.
        Err(Denial::SettingsUnknown)
    }

    async fn basis(&self, ask: &Ask, checked: bool) -> Basis {
        let policy = self.policy(ask).await;
        // One reading of the clock for days, tiers and blocks.
        let now_ms = self.now_ms();
        let quotas = &self.parts.quotas;
        let in_force = self.parts.switches.in_force();
        let list = order::list(ask, policy.as_ref(), checked, quotas, &in_force, now_ms);
        let due = policy.as_ref().map(|policy| policy.due(quotas, now_ms));
        Basis { policy, due, list, now_ms }
    }

    async fn policy(&self, ask: &Ask) -> Option<Policy> {
        let policies = &self.parts.policies;
        let guild = async {
            match ask.place.guild() {
                Some(guild) => policies.held_guild(guild).await.map(Some),
                None => Ok(None),
            }
        };
        match tokio::join!(policies.held_user(ask.user), guild) {
            (Ok(user), Ok(guild)) => Some(Policy { user, guild }),
            (Err(error), _) | (_, Err(error)) => {
                tracing::warn!(%error, "a call is refused: its settings were never read");
                None
            }
        }
    }

    async fn doubt(&self, ask: &Ask, basis: &Basis) {
        let Some(policy) = &basis.policy else { return };
        self.parts.policies.doubt_user(ask.user, policy.user.version).await;
        if let (Some(guild), Some(held)) = (ask.place.guild(), &policy.guild) {
            self.parts.policies.doubt_guild(guild, held.version).await;
        }
    }

    fn reserve(&self, seat: &Seat, basis: &Basis) -> Reserve {
        let ask = &seat.ask;
        let between = || Between { place: ask.place, user: ask.user, character: ask.character.clone() };
        let wait = basis.due.map(|due| due.wait).filter(|wait| !wait.is_zero());
        let until = |wait: std::time::Duration| {
            basis.now_ms.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
        };
        Reserve {
            lease: seat.lease,
            place: ask.place,
            holder: seat.holder,
            checks: basis.list.checks.clone(),
            life: self.parts.lease_life,
            recall: ask.recall.then(between),
            wait: wait.map(|wait| Wait { until_ms: seat.until.unwrap_or_else(|| until(wait)), most: LINE }),
        }
    }

    fn admission(
        self: &Arc<Self>,
        ask: &Arc<Ask>,
        basis: &Basis,
        reserve: &Reserve,
        granted: Granted,
        side: Side,
    ) -> Admission {
        let today = order::days(basis.now_ms)[0];
        let tokens = order::tokens_key(ask.place, ask.user, ask.feature, today);
        let charged = granted.charged_to(&tokens);
        let lease = Lease::new(Arc::clone(self), reserve.held(&granted), side, tokens);
        if side == Side::Redis && !granted.unconfirmed.is_empty() {
            self.read_behind(ask);
        }
        let left = |limit| {
            let is = |rule: &Rule| matches!(rule, Rule::Limit { limit: its, .. } if *its == limit);
            let index = basis.list.rules.iter().position(is);
            index.and_then(|index| *granted.left.get(index)?).unwrap_or(0)
        };
        let left = Left { user_day: left(Limit::UserDay), user_week: left(Limit::UserWeek) };
        let tier = basis.due.map(|due| due.tier).unwrap_or_default();
        let reply_tokens = self.parts.quotas.of(tier).of(ask.feature).reply_tokens;
        let guild = basis.policy.as_ref().and_then(|policy| policy.guild.as_ref());
        let by_tier = || self.parts.ai.pro_model().filter(|_| tier == Tier::Pro).map(str::to_owned);
        Admission {
            lease,
            targets: order::targets(ask),
            tier,
            model: guild.and_then(|guild| guild.policy.model.clone()).or_else(by_tier),
            reply_tokens,
            prompt_tokens: charged.saturating_sub(reply_tokens).max(ask.tokens.least),
            left,
            memory: granted.turns,
        }
    }

    /// Nothing in Redis spoke for or against what memory holds: it is read anew, off the member's path.
    fn read_behind(&self, ask: &Arc<Ask>) {
        let (policies, ask, stop) = (self.parts.policies.clone(), Arc::clone(ask), self.parts.stop.clone());
        let read = async move {
            if let Some(guild) = ask.place.guild() {
                drop(policies.guild(guild).await);
            }
            drop(policies.user(ask.user).await);
        };
        self.parts
            .tracker
            .spawn(stop.run_until_cancelled_owned(read.instrument(trace::child!("read behind"))));
    }

    /// The moment, as switches count it.
    pub(super) fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.now_ms()).unwrap_or_default()
    }
}
