//! Along the chain: each provider in its order, tried again where that may help, all within one deadline.

use std::{sync::Arc, time::Duration};

use futures::FutureExt as _;
use tokio::time::{Instant, sleep};
use tracing::Instrument as _;

use super::{
    fault::{Fault, Kind},
    observed,
    provider::Provider,
    stream::{Call, Stream},
    traced,
    types::{Request, Terms, Unanswered},
};
use crate::hot::breaker::{Admit, Breakers, Outcome, Probe};

/// How often one provider is asked again.
const RETRIES: u32 = 2;
/// Before the first of these, at most; before the second twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// Longest wait at a provider while another one may answer at once.
const PATIENCE: Duration = Duration::from_secs(2);
/// With less time left no call is begun.
const LEAST_TIME: Duration = Duration::from_millis(50);

/// One walk along the chain.
pub(super) struct Walk<'a> {
    pub(super) chain: &'a [Arc<Provider>],
    pub(super) breakers: &'a Breakers,
    pub(super) request: &'a Request,
    pub(super) terms: &'a Terms,
}

impl Walk<'_> {
    pub(super) async fn run(&self) -> Result<Stream, Unanswered> {
        let begun = Instant::now();
        let mut open: Vec<_> = self.chain.iter().enumerate().map(|(at, one)| (one, self.model(at))).collect();
        let first = open[0];
        open.retain(|(provider, model)| !self.is_off(provider, model));
        if open.is_empty() {
            let (provider, model) = (first.0.name.clone(), first.1.to_owned());
            return Err(Unanswered::SwitchedOff { provider, model });
        }
        let mut faults = Vec::new();
        for (at, (provider, model)) in open.iter().enumerate() {
            let is_last = at + 1 == open.len();
            let span = traced::call(&provider.name, model, self.request, self.terms);
            let asked = self.ask(provider, model, begun, is_last).boxed();
            match asked.instrument(span.clone()).await {
                Ok(stream) => return Ok(stream.traced_by(span)),
                Err(fault) => {
                    traced::failed(&span, &fault);
                    provider.log(model, &fault);
                    observed::failed(&provider.name, &fault);
                    if fault.kind == Kind::Refused {
                        return Err(Unanswered::Refused);
                    }
                    faults.push((provider.name.as_str(), fault));
                }
            }
            if !self.has_time(Duration::ZERO) {
                break;
            }
        }
        Err(sum_up(&faults))
    }

    /// The model asked for at that place of the chain: the one that the terms name is the first provider's.
    fn model(&self, at: usize) -> &str {
        let named = self.terms.model.as_deref().filter(|_| at == 0);
        named.unwrap_or(&self.chain[at].model)
    }

    fn is_off(&self, provider: &Provider, model: &str) -> bool {
        let avoid = &self.terms.avoid;
        avoid.providers.contains(&provider.name) || avoid.models.iter().any(|off| off == model)
    }

    fn has_time(&self, pause: Duration) -> bool {
        Instant::now() + pause + LEAST_TIME < self.terms.deadline
    }

    async fn ask(
        &self,
        provider: &Arc<Provider>,
        model: &str,
        begun: Instant,
        is_last: bool,
    ) -> Result<Stream, Fault> {
        let Self { breakers, request, terms, .. } = *self;
        let prompt = provider.counter.prompt(&request.messages);
        let call = Call { provider, breakers, model, request, terms, begun, prompt };
        let mut tries = 0;
        loop {
            self.wait_for_pace(provider, prompt.saturating_add(terms.max_tokens), is_last).await?;
            let probe = self.pass_breaker(provider).await?;
            let outcome = Stream::open(&call).await;
            self.tell_breaker(provider, probe, &outcome);
            let fault = match outcome {
                Ok(stream) => return Ok(stream),
                // Forms get stricter twice at most.
                Err(fault) if fault.kind == Kind::Form && self.has_time(Duration::ZERO) => continue,
                Err(fault) => fault,
            };
            let jitter = (FIRST_PAUSE * 2_u32.pow(tries)).mul_f64(rand::random());
            let pause = fault.after.unwrap_or_default().max(jitter);
            let patience = if is_last { Duration::MAX } else { PATIENCE };
            if tries == RETRIES || !fault.may_pass() || pause > patience || !self.has_time(pause) {
                return Err(fault);
            }
            observed::retried(&provider.name);
            sleep(pause).await;
            tries += 1;
        }
    }

    /// Waits where the wait is short, or nobody else is left to ask.
    async fn wait_for_pace(&self, provider: &Provider, mut tokens: u32, is_last: bool) -> Result<(), Fault> {
        let patience = if is_last { Duration::MAX } else { PATIENCE };
        // Many may wait for the same moment, and not all of them get it.
        for _ in 0..10 {
            let Err(wait) = provider.pace.take(&mut tokens) else { return Ok(()) };
            if wait > patience || !self.has_time(wait) {
                return Err(Fault {
                    kind: Kind::NotAsked,
                    what: "its pace is used up, or it wants to be left alone".to_owned(),
                    after: Some(wait),
                });
            }
            sleep(wait.max(Duration::from_millis(1))).await;
        }
        Err(Fault::new(Kind::NotAsked, "others were faster to use its pace"))
    }

    async fn pass_breaker(&self, provider: &Provider) -> Result<Option<Probe>, Fault> {
        match self.breakers.may_call(&provider.name).await {
            Admit::Yes => Ok(None),
            Admit::Probe(probe) => Ok(Some(probe)),
            Admit::No { until } => Err(Fault {
                kind: Kind::NotAsked,
                what: "its breaker is open".to_owned(),
                after: Some(until.saturating_duration_since(Instant::now())),
            }),
        }
    }

    fn tell_breaker(&self, provider: &Provider, probe: Option<Probe>, outcome: &Result<Stream, Fault>) {
        let verdict = match outcome {
            Ok(_) => Some(Outcome::Ok),
            Err(fault) if fault.is_illness() => {
                // Where the time was short already, slowness says nothing.
                let is_late = fault.kind == Kind::Slow && Instant::now() >= self.terms.deadline;
                (!is_late).then_some(Outcome::Failed)
            }
            // It answers: whatever is wrong, it is not away.
            Err(fault) if matches!(fault.kind, Kind::Rejected | Kind::Refused | Kind::Silent) => {
                Some(Outcome::Ok)
            }
            Err(_) => None,
        };
        match (probe, verdict) {
            (Some(probe), Some(verdict)) => probe.report(verdict),
            (None, Some(verdict)) => self.breakers.report(&provider.name, verdict),
            (_, None) => {}
        }
    }
}

fn sum_up(faults: &[(&str, Fault)]) -> Unanswered {
    let why: Vec<_> = faults.iter().map(|(provider, fault)| format!("{provider}: {}", fault.what)).collect();
    let why = why.join("; ");
    if faults.iter().all(|(_, fault)| fault.kind == Kind::Rejected) {
        return Unanswered::Rejected { why };
    }
    Unanswered::Away { retry_after: faults.iter().filter_map(|(_, fault)| fault.after).min(), why }
}
