//! The breakers as one process uses them: a look into its memory before a call, a word after it.
//!
//! A healthy call costs no trip. A failure is reported at once, together with what went well since the last report;
//! what only went well is reported every 5 s. Openings and closings are heard as they happen; one that was missed is
//! learned from the answer to the next report, or by asking when the pause is over.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use metrics::{counter, gauge};
use tokio::{
    sync::Notify,
    time::{Instant, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{CHANNEL, FIRST_PAUSE, Probed, ReportCalls, ReportProbe, State, TakeProbe};
use crate::hot::{
    Hot,
    pubsub::{Heard, Subscription},
};

/// How often calls that went well are reported.
const REPORT_EVERY: Duration = Duration::from_secs(5);
/// While somebody else tries a provider, this process asks that often whether it works again.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// Whether a provider may be called.
#[derive(Debug)]
pub enum Admit {
    /// It may.
    Yes,
    /// It may, to find out whether it works again: how that ends decides for all.
    Probe(Probe),
    /// It may not.
    No {
        /// Before then there is no point in asking again.
        until: Instant,
    },
}

/// How a call ended, as far as the provider is to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It answered.
    Ok,
    /// It did not: no connection, a fault of its own, nothing in time. One that is merely asked too often is not ill.
    Failed,
}

/// All breakers, as this process knows them. Clones share them.
#[derive(Debug, Clone)]
pub struct Breakers(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    hot: Hot,
    /// As many as the settings name.
    providers: Mutex<BTreeMap<String, Known>>,
    /// There is something to report at once.
    urgent: Notify,
}

#[derive(Debug, Default)]
struct Known {
    ok: u32,
    failed: u32,
    /// When the breaker is to be asked again; `None`: it is closed.
    open_until: Option<Instant>,
    /// Probes that have ended, with their verdicts; one at a time, but for those that were given back.
    verdicts: Vec<(Uuid, Option<bool>)>,
}

/// Which reports are due.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    /// Failures and verdicts.
    Urgent,
    /// Whatever has been counted.
    Counted,
    /// All, to learn how every breaker stands.
    All,
}

impl Breakers {
    /// The breakers of these providers, all closed until [`Breakers::keep`] hears otherwise.
    pub fn new(hot: Hot, providers: impl IntoIterator<Item = String>) -> Self {
        let providers = providers.into_iter().map(|name| (name, Known::default())).collect();
        Self(Arc::new(Shared { hot, providers: Mutex::new(providers), urgent: Notify::new() }))
    }

    /// Whether that provider may be called now. Asks the hot store only when a pause has just ended.
    pub async fn may_call(&self, provider: &str) -> Admit {
        let asks = {
            let mut providers = self.0.providers();
            match providers.get_mut(provider) {
                None | Some(Known { open_until: None, .. }) => return Admit::Yes,
                Some(known) => {
                    let until = known.open_until.expect("matched above");
                    let now = Instant::now();
                    if now < until {
                        return Admit::No { until };
                    }
                    // One asks; who comes meanwhile is told to wait for the answer.
                    known.open_until = Some(now + ASK_AGAIN);
                    Uuid::new_v4()
                }
            }
        };
        let (probed, _) = self.0.hot.ask(&TakeProbe { provider: provider.to_owned(), holder: asks }).await;
        match probed {
            Probed::Yours => Admit::Probe(Probe {
                shared: Arc::clone(&self.0),
                provider: provider.to_owned(),
                holder: asks,
                verdict: None,
            }),
            Probed::Not(state) => match self.0.learn(provider, state) {
                None => Admit::Yes,
                Some(until) => Admit::No { until },
            },
        }
    }

    /// Counts a call that has ended; never waits. A call that says nothing of the provider, such as one that the
    /// member stopped, is not reported.
    pub fn report(&self, provider: &str, outcome: Outcome) {
        let mut providers = self.0.providers();
        let Some(known) = providers.get_mut(provider) else { return };
        match outcome {
            Outcome::Ok => known.ok = known.ok.saturating_add(1),
            Outcome::Failed => {
                known.failed = known.failed.saturating_add(1);
                self.0.urgent.notify_one();
            }
        }
    }

    /// Reports and listens until `stop`. One a process.
    pub async fn keep(self, stop: CancellationToken) {
        let mut heard = self.0.hot.redis().map(|redis| redis.subscribe(CHANNEL, &stop));
        let mut tick = tokio::time::interval(REPORT_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let due = tokio::select! {
                () = stop.cancelled() => break,
                () = self.0.urgent.notified() => Due::Urgent,
                _ = tick.tick() => Due::Counted,
                heard = Subscription::next_of(&mut heard) => match heard {
                    Heard::Message(text) => {
                        self.0.hear(&text);
                        continue;
                    }
                    Heard::Missed => Due::All,
                },
            };
            self.0.send(due).await;
        }
        // A probe that ended with the process is another's at once, and not only after a minute.
        self.0.send(Due::Counted).await;
    }
}

/// The right to make the one call that tries a provider again. Dropped without a report, it is given back.
#[derive(Debug)]
pub struct Probe {
    shared: Arc<Shared>,
    provider: String,
    holder: Uuid,
    verdict: Option<bool>,
}

impl Probe {
    /// How the call ended; never waits.
    pub fn report(mut self, outcome: Outcome) {
        self.verdict = Some(outcome == Outcome::Ok);
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        if let Some(known) = self.shared.providers().get_mut(&self.provider) {
            known.verdicts.push((self.holder, self.verdict));
        }
        // This process need not wait for the store's answer, which corrects it.
        let state = match self.verdict {
            Some(true) => State::Closed,
            Some(false) => State::Open { left: FIRST_PAUSE },
            None => State::HalfOpen { left: Duration::ZERO },
        };
        self.shared.learn(&self.provider, state);
        self.shared.urgent.notify_one();
    }
}

impl Shared {
    fn providers(&self) -> MutexGuard<'_, BTreeMap<String, Known>> {
        self.providers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers how a breaker stands: when to ask again, `None` when it is closed.
    fn learn(&self, provider: &str, state: State) -> Option<Instant> {
        let now = Instant::now();
        let until = match state {
            State::Closed => None,
            State::Open { left } => Some(now + left),
            State::HalfOpen { left } => Some(now + left.min(ASK_AGAIN)),
        };
        let mut providers = self.providers();
        let known = providers.get_mut(provider)?;
        if known.open_until.is_some() != until.is_some() {
            let to = if until.is_some() { "open" } else { "closed" };
            counter!("troupe_ai_breaker_changes_total", "provider" => provider.to_owned(), "to" => to)
                .increment(1);
            tracing::warn!(provider, to, "a provider's breaker changed");
        }
        gauge!("troupe_ai_breaker_open", "provider" => provider.to_owned()).set(if until.is_some() {
            1.0
        } else {
            0.0
        });
        known.open_until = until;
        until
    }

    fn hear(&self, message: &str) {
        let Some((left, provider)) = message.split_once(' ') else { return };
        let Ok(left) = left.parse().map(Duration::from_millis) else { return };
        let state = if left.is_zero() { State::Closed } else { State::Open { left } };
        self.learn(provider, state);
    }

    async fn send(&self, due: Due) {
        let names: Vec<_> = self.providers().keys().cloned().collect();
        for provider in names {
            let (report, verdicts) = self.take(&provider, due);
            for (holder, ok) in verdicts {
                let (state, _) = self.hot.ask(&ReportProbe { provider: provider.clone(), holder, ok }).await;
                self.learn(&provider, state);
            }
            if let Some(report) = report {
                let (state, _) = self.hot.ask(&report).await;
                self.learn(&provider, state);
            }
        }
    }

    /// Takes what is to be said of a provider.
    fn take(&self, provider: &str, due: Due) -> (Option<ReportCalls>, Vec<(Uuid, Option<bool>)>) {
        let mut providers = self.providers();
        let Some(known) = providers.get_mut(provider) else { return (None, Vec::new()) };
        let is_due = match due {
            Due::Urgent => known.failed > 0,
            Due::Counted => known.failed > 0 || known.ok > 0,
            Due::All => true,
        };
        let report = is_due.then(|| ReportCalls {
            provider: provider.to_owned(),
            ok: std::mem::take(&mut known.ok),
            failed: std::mem::take(&mut known.failed),
        });
        (report, std::mem::take(&mut known.verdicts))
    }
}
