//! The model gateway: a chain of OpenAI-compatible providers behind one stream of clean text.

mod bpe;
mod chain;
mod clean;
mod cost;
mod counted;
mod fault;
mod observed;
mod pace;
mod provider;
mod stream;
mod tokens;
mod traced;
mod types;
mod wire;

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use self::{
    bpe::Bpe,
    chain::Walk,
    provider::Provider,
    tokens::{Tokenizer, has_tokenizer},
};
pub use self::{
    stream::Stream,
    tokens::{PER_ANSWER, PER_MESSAGE},
    types::{Avoid, Ending, Finished, Message, Provided, Request, Role, Terms, Unanswered, Usage, Words},
};
use crate::{
    config::AiSettings,
    hot::{Hot, breaker::Breakers},
};

/// All providers, in their order. Clones share pools, pace and breakers.
#[derive(Debug, Clone)]
pub struct Gateway(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    chain: Vec<Arc<Provider>>,
    breakers: Breakers,
    tokenizer: Tokenizer,
    pro_model: Option<String>,
    answer_time: Duration,
    trouble: watch::Sender<Option<String>>,
}

/// The client that speaks HTTP could not be made: most often, this machine has no certificate authorities.
#[derive(Debug, thiserror::Error)]
#[error("can't make the client for the language models: {0}")]
pub struct GatewayError(#[from] reqwest::Error);

impl Gateway {
    /// A gateway to the chain of these settings; its breakers are shared through the hot store once
    /// [`Gateway::keep`] runs.
    ///
    /// # Errors
    /// When the HTTP client can't be made.
    pub fn new(settings: &AiSettings, hot: Hot) -> Result<Self, GatewayError> {
        let tokenizer = Tokenizer::default();
        let chain = Provider::chain(settings, &tokenizer)?;
        let breakers = Breakers::new(hot, chain.iter().map(|provider| provider.name.clone()));
        Ok(Self(Arc::new(Shared {
            chain,
            breakers,
            tokenizer,
            pro_model: settings.pro_model.clone(),
            answer_time: settings.times.answer,
            trouble: watch::Sender::new(None),
        })))
    }

    /// Asks the first provider that can, and waits for the first words; falls back along the chain within the
    /// deadline. Cancelled, it closes its connection.
    ///
    /// # Errors
    /// [`Unanswered`]: nothing was said, and nothing is to be charged.
    pub async fn open(&self, request: &Request, terms: &Terms) -> Result<Stream, Unanswered> {
        let Shared { chain, breakers, trouble, .. } = &*self.0;
        let opened = Walk { chain, breakers, request, terms }.run().await;
        let now = match &opened {
            Ok(_) | Err(Unanswered::Refused) => None,
            Err(Unanswered::SwitchedOff { .. }) => return opened,
            Err(Unanswered::Away { why, .. } | Unanswered::Rejected { why }) => Some(why.clone()),
        };
        trouble.send_if_modified(|trouble| {
            let is_new = *trouble != now;
            *trouble = now;
            is_new
        });
        opened
    }

    /// Tokens of a text, by the first provider's tokenizer: exact where it is known, else a calibrated estimate.
    pub fn count(&self, text: &str) -> u32 {
        self.0.chain[0].counter.count(text)
    }

    /// The first provider's model for the pro tier, where there is one of its own.
    pub fn pro_model(&self) -> Option<&str> {
        self.0.pro_model.as_deref()
    }

    /// Longest time of a whole answer: [`Terms::deadline`] is that far off when a call begins.
    pub fn answer_time(&self) -> Duration {
        self.0.answer_time
    }

    /// All providers and their models, in the order in which they are asked.
    pub fn providers(&self) -> Vec<Provided> {
        let provided =
            |one: &Arc<Provider>| Provided { provider: one.name.clone(), model: one.model.clone() };
        self.0.chain.iter().map(provided).collect()
    }

    /// What kept the last call from an answer, for the operator; `None` as long as calls are answered.
    pub fn trouble(&self) -> watch::Receiver<Option<String>> {
        self.0.trouble.subscribe()
    }

    /// Loads the tokenizer, if a model has a known one, and shares the breakers with other processes until `stop`.
    /// One a process.
    pub async fn keep(self, stop: CancellationToken) {
        if self.0.chain.iter().any(|provider| has_tokenizer(&provider.model)) {
            let tokenizer = Arc::clone(&self.0.tokenizer);
            // Milliseconds of work; until it is done, tokens are estimated.
            let load = move || {
                tokenizer.get_or_init(Bpe::load);
            };
            let loaded = tokio::task::spawn_blocking(load).await;
            if let Err(error) = loaded {
                tracing::error!(%error, "the tokenizer can't be loaded: tokens are estimated");
            }
        }
        self.0.breakers.clone().keep(stop).await;
    }
}
