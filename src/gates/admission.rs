//! The proof that a call was admitted: the one way to the model.

use super::{
    call::{Call, CallError},
    lease::Lease,
    order::switched,
    warden::Warden,
};
use crate::{
    ai::{Avoid, Request, Terms, Unanswered},
    domain::{denial::Denial, oversight::SwitchTarget, policy::Tier},
    hot::memory::Turn,
};

/// What a member has left after this call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Calls today.
    pub user_day: u32,
    /// Calls in these 7 days.
    pub user_week: u32,
}

/// A call that was admitted: everything is reserved for it. Dropped without a call, it gives all back.
#[derive(Debug)]
#[must_use]
pub struct Admission {
    pub(super) lease: Lease,
    pub(super) targets: Vec<SwitchTarget>,
    pub(super) tier: Tier,
    pub(super) model: Option<String>,
    pub(super) reply_tokens: u32,
    pub(super) prompt_tokens: u32,
    pub(super) left: Left,
    pub(super) memory: Vec<Turn>,
}

impl Admission {
    /// The tier that counts.
    pub fn tier(&self) -> Tier {
        self.tier
    }

    /// Most tokens of the answer.
    pub fn reply_tokens(&self) -> u32 {
        self.reply_tokens
    }

    /// Tokens that the prompt may have: between what was asked for at least and at most.
    pub fn prompt_tokens(&self) -> u32 {
        self.prompt_tokens
    }

    /// What is left.
    pub fn left(&self) -> Left {
        self.left
    }

    /// The short memory, oldest first, where it was asked for. A second time it is empty.
    pub fn take_memory(&mut self) -> Vec<Turn> {
        std::mem::take(&mut self.memory)
    }

    /// Calls the model and waits for its first words.
    ///
    /// # Errors
    /// A [`CallError`]; everything was given back.
    pub async fn call(self, request: &Request) -> Result<Call, CallError> {
        let mut warden = Warden::over(&self.lease, self.targets.clone());
        let terms = self.terms();
        let opened = tokio::select! {
            biased;
            denial = warden.stopped() => Err(CallError::Stopped(denial)),
            opened = self.lease.shared().parts.ai.open(request, &terms) => opened.map_err(|error| self.unanswered(error)),
        };
        match opened {
            Ok(stream) => {
                warden.runs_on(stream.provider(), stream.model());
                Ok(Call::new(self.lease, stream, warden))
            }
            Err(error) => {
                self.lease.give_back().await;
                Err(error)
            }
        }
    }

    /// Gives everything back.
    pub async fn give_back(self) {
        self.lease.give_back().await;
    }

    fn terms(&self) -> Terms {
        let parts = &self.lease.shared().parts;
        let now = self.lease.shared().now();
        let mut avoid = Avoid::default();
        for switch in &parts.switches.in_force().switches {
            if switch.until.is_some_and(|until| until <= now) {
                continue;
            }
            match &switch.target {
                SwitchTarget::Provider(name) => avoid.providers.push(name.clone()),
                SwitchTarget::Model(name) => avoid.models.push(name.clone()),
                _ => {}
            }
        }
        let deadline = tokio::time::Instant::now() + parts.ai.answer_time();
        Terms { max_tokens: self.reply_tokens, model: self.model.clone(), avoid, deadline }
    }

    /// A provider that was switched off is told as what it is, with the operator's reason.
    fn unanswered(&self, error: Unanswered) -> CallError {
        let Unanswered::SwitchedOff { provider, model } = &error else { return error.into() };
        let targets = [SwitchTarget::Provider(provider.clone()), SwitchTarget::Model(model.clone())];
        let shared = self.lease.shared();
        let known = switched(&shared.parts.switches.in_force(), &targets, shared.now_ms());
        let [target, _] = targets;
        CallError::Stopped(known.unwrap_or(Denial::Switched { target, reason: None, until: None }))
    }
}
