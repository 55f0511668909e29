//! Messages between processes: whoever listens hears what any process publishes, and when it may have missed some.
//!
//! Redis keeps no message for those who are not there. A listener is therefore told [`Heard::Missed`] whenever it
//! has (re)connected or fallen behind, and must then look at the source of truth itself.

use std::time::Duration;

use futures::StreamExt;
use redis::Msg;
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{HotError, pause::Backoff, redis::Redis};

/// Messages that wait for a slow listener; more are dropped, and it is told.
const QUEUE: usize = 1_024;
/// How often a quiet connection is asked whether it still stands.
const PING_EVERY: Duration = Duration::from_secs(5);
/// Longest wait for the answers of the messages' connection.
const ANSWER_DEADLINE: Duration = Duration::from_secs(1);

/// What a listener hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A message.
    Message(String),
    /// From now on messages are heard; some before this may have been missed. Comes after each connect, the first
    /// included, and after messages were dropped because the listener was slow.
    Missed,
}

/// A channel being listened to. Dropping it ends that.
#[derive(Debug)]
pub struct Subscription {
    heard: mpsc::Receiver<Heard>,
    _stop: DropGuard,
}

impl Subscription {
    /// The next that is heard; `None` after the stop. Safe to cancel.
    pub async fn next(&mut self) -> Option<Heard> {
        self.heard.recv().await
    }

    /// The next that is heard; without Redis, or after the stop, nothing ever is. Safe to cancel.
    pub async fn next_of(subscription: &mut Option<Self>) -> Heard {
        if let Some(listening) = subscription {
            if let Some(heard) = listening.next().await {
                return heard;
            }
            *subscription = None;
        }
        std::future::pending().await
    }
}

impl Redis {
    /// Hands a message to whoever listens at this moment. Answers nothing: in a cluster nobody can count them.
    ///
    /// # Errors
    /// [`HotError::Redis`] or [`HotError::Deadline`].
    pub async fn publish(&self, channel: &'static str, message: &str) -> Result<(), HotError> {
        let _listeners: i64 = self.command("PUBLISH").arg(self.channel(channel)).arg(message).ask().await?;
        Ok(())
    }

    /// Listens until `stop`, or until the subscription is dropped, on a connection of its own that comes back by
    /// itself. Needs a tokio runtime.
    pub fn subscribe(&self, channel: &'static str, stop: &CancellationToken) -> Subscription {
        let (sender, heard) = mpsc::channel(QUEUE);
        let stop = stop.child_token();
        let listener =
            Listener { redis: self.clone(), channel: self.channel(channel), sender, missed: false };
        tokio::spawn(stop.clone().run_until_cancelled_owned(listener.run()));
        Subscription { heard, _stop: stop.drop_guard() }
    }

    /// A channel's whole name, for scripts that publish.
    pub(super) fn channel(&self, channel: &str) -> String {
        format!("{}{channel}", self.prefix())
    }
}

struct Listener {
    redis: Redis,
    channel: String,
    sender: mpsc::Sender<Heard>,
    missed: bool,
}

impl Listener {
    async fn run(mut self) {
        let mut backoff = Backoff::new();
        loop {
            let broke = match self.listen(&mut backoff).await {
                Ok(()) => "the connection was closed".to_owned(),
                Err(error) => error.to_string(),
            };
            tracing::debug!(channel = self.channel, broke, "not listening to Redis");
            backoff.pause().await;
        }
    }

    /// One connection, until it breaks.
    async fn listen(&mut self, backoff: &mut Backoff) -> Result<(), HotError> {
        let (mut sink, mut messages) = self.redis.address().listen().await?.split();
        within(sink.subscribe(&self.channel)).await?;
        backoff.reset();
        self.missed = true;
        let mut ping = tokio::time::interval(PING_EVERY);
        let sender = self.sender.clone();
        loop {
            tokio::select! {
                message = messages.next() => match message {
                    Some(message) => self.pass_on(&message),
                    None => return Ok(()),
                },
                permit = sender.reserve(), if self.missed => match permit {
                    Ok(permit) => {
                        permit.send(Heard::Missed);
                        self.missed = false;
                    }
                    // Nobody listens: the subscription's stop ends this task.
                    Err(_) => return Ok(()),
                },
                _ = ping.tick() => {
                    let _pong: redis::Value = within(sink.ping()).await?;
                }
            }
        }
    }

    fn pass_on(&mut self, message: &Msg) {
        // While something is missed, a message adds nothing: the listener will look for itself.
        if self.missed {
            return;
        }
        let sent = match message.get_payload() {
            Ok(text) => self.sender.try_send(Heard::Message(text)),
            Err(_) => return tracing::warn!(channel = self.channel, "a message is not text: not passed on"),
        };
        if let Err(TrySendError::Full(_)) = sent {
            self.missed = true;
        }
    }
}

async fn within<T>(answer: impl Future<Output = redis::RedisResult<T>>) -> Result<T, HotError> {
    Ok(tokio::time::timeout(ANSWER_DEADLINE, answer).await.map_err(|_| HotError::Deadline)??)
}
