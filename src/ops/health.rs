//! Health: what state each part is in and since when, kept by those who know and read by the HTTP server.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};
use tokio::sync::watch;

/// State of one component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Left out by the configuration; nothing waits for it.
    NotConfigured,
    /// Works.
    Ready,
    /// Works with limits, or a stand-in works in its place.
    Degraded,
    /// Does not work.
    Down,
}

/// State of one component, the reason, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The state.
    pub state: State,
    /// When this state began. A changed reason does not restart it.
    #[serde(serialize_with = "seconds")]
    pub since: DateTime<Utc>,
    /// Why, for an operator; never a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

fn seconds<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// One component. Clones share its state.
#[derive(Debug, Clone)]
pub struct Component {
    name: &'static str,
    status: Arc<watch::Sender<Status>>,
}

impl Component {
    fn new(name: &'static str, state: State, reason: Option<&str>) -> Self {
        let status = Status { state, since: Utc::now(), reason: reason.map(str::to_owned) };
        Self { name, status: Arc::new(watch::Sender::new(status)) }
    }

    /// Name in the readiness answer and in metrics.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// It works.
    pub fn ready(&self) {
        self.set(State::Ready, None);
    }

    /// It works with limits.
    pub fn degraded(&self, reason: &str) {
        self.set(State::Degraded, Some(reason));
    }

    /// It does not work.
    pub fn down(&self, reason: &str) {
        self.set(State::Down, Some(reason));
    }

    /// The present status.
    pub fn status(&self) -> Status {
        self.status.borrow().clone()
    }

    /// Told of every change of state or reason.
    pub fn subscribe(&self) -> watch::Receiver<Status> {
        self.status.subscribe()
    }

    fn set(&self, state: State, reason: Option<&str>) {
        let mut before = None;
        self.status.send_if_modified(|status| {
            let moved = status.state != state;
            let changed = moved || status.reason.as_deref() != reason;
            if moved {
                before = Some(status.state);
                *status = Status { state, since: Utc::now(), reason: reason.map(str::to_owned) };
            } else if changed {
                status.reason = reason.map(str::to_owned);
            }
            changed
        });
        // A change of state is worth a line; a probe that says the same again is not.
        if let Some(before) = before {
            let component = self.name;
            match state {
                State::Ready | State::NotConfigured => {
                    tracing::info!(component, ?before, ?state, "component changed state");
                }
                State::Degraded | State::Down => {
                    tracing::warn!(component, ?before, ?state, reason, "component changed state");
                }
            }
        }
    }
}

/// Health of the whole process. Clones share it.
#[derive(Debug, Clone)]
pub struct Health {
    /// Connection to Discord's gateway.
    pub gateway: Component,
    /// The cold store.
    pub postgres: Component,
    /// The hot store.
    pub redis: Component,
    /// Durable writes that wait for the cold store.
    pub queue: Component,
    /// The models behind the characters.
    pub model: Component,
    stopping: Arc<watch::Sender<bool>>,
}

impl Health {
    /// Starts with everything that is configured down, until someone has seen it work.
    pub fn new(postgres_configured: bool, redis_configured: bool) -> Self {
        let store = |name, configured, at_start| {
            if configured {
                Component::new(name, at_start, Some("not reached yet"))
            } else {
                Component::new(name, State::NotConfigured, None)
            }
        };
        Self {
            gateway: Component::new("gateway", State::Down, Some("not connected yet")),
            postgres: store("postgres", postgres_configured, State::Down),
            redis: store("redis", redis_configured, State::Degraded),
            queue: Component::new(
                "queue",
                if postgres_configured { State::Ready } else { State::NotConfigured },
                None,
            ),
            model: Component::new("model", State::Ready, None),
            stopping: Arc::new(watch::Sender::new(false)),
        }
    }

    /// The process is on its way out: it is not ready any more, whatever its parts say.
    pub fn stopping(&self) {
        self.stopping.send_replace(true);
    }

    /// All components, in the order of the readiness answer.
    pub fn components(&self) -> [&Component; 5] {
        [&self.gateway, &self.postgres, &self.redis, &self.queue, &self.model]
    }

    /// The readiness answer. The bot may serve when its gateway works and Postgres works or is not configured;
    /// without Redis it serves with limits of its own.
    pub fn readiness(&self) -> Readiness {
        let (gateway, postgres, redis) = (self.gateway.status(), self.postgres.status(), self.redis.status());
        let (queue, model) = (self.queue.status(), self.model.status());
        let serves = |status: &Status| matches!(status.state, State::Ready | State::Degraded);
        let overall = if *self.stopping.borrow() {
            Overall::Stopping
        } else if !serves(&gateway) || !(serves(&postgres) || postgres.state == State::NotConfigured) {
            Overall::NotReady
        } else if [&gateway, &postgres, &redis, &queue, &model]
            .iter()
            .any(|status| matches!(status.state, State::Degraded | State::Down))
        {
            Overall::Degraded
        } else {
            Overall::Ready
        };
        Readiness { status: overall, components: Components { gateway, postgres, redis, queue, model } }
    }
}

/// The verdict over all components.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Overall {
    /// Serves.
    Ready,
    /// Serves, with something amiss.
    Degraded,
    /// Can't serve.
    NotReady,
    /// Shutting down; takes nothing new.
    Stopping,
}

impl Overall {
    /// Whether traffic may come.
    pub fn may_serve(self) -> bool {
        matches!(self, Self::Ready | Self::Degraded)
    }
}

/// The readiness answer, as JSON.
#[derive(Debug, Clone, Serialize)]
pub struct Readiness {
    /// The verdict.
    pub status: Overall,
    /// Each component's status.
    pub components: Components,
}

/// Status of each component by name.
#[derive(Debug, Clone, Serialize)]
pub struct Components {
    /// Connection to Discord's gateway.
    pub gateway: Status,
    /// The cold store.
    pub postgres: Status,
    /// The hot store.
    pub redis: Status,
    /// Durable writes that wait for the cold store.
    pub queue: Status,
    /// The models behind the characters.
    pub model: Status,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_needs_the_gateway_and_a_configured_postgres_but_not_redis() {
        let health = Health::new(true, true);
        assert_eq!(health.readiness().status, Overall::NotReady);
        health.gateway.ready();
        assert_eq!(health.readiness().status, Overall::NotReady);
        health.postgres.ready();
        assert_eq!(health.readiness().status, Overall::Degraded, "Redis has not been reached yet");
        health.redis.ready();
        assert_eq!(health.readiness().status, Overall::Ready);
        health.model.degraded("nobody answers");
        assert_eq!(health.readiness().status, Overall::Degraded, "everything but talking works");
        health.model.ready();
        health.redis.down("gone");
        assert_eq!(health.readiness().status, Overall::Degraded);
        health.postgres.down("gone");
        assert_eq!(health.readiness().status, Overall::NotReady);
    }

    #[test]
    fn what_is_not_configured_does_not_count() {
        let health = Health::new(false, false);
        health.gateway.ready();
        assert_eq!(health.readiness().status, Overall::Ready);
        health.stopping();
        assert!(!health.readiness().status.may_serve());
    }

    #[test]
    fn since_moves_with_the_state_only() {
        let health = Health::new(true, false);
        let first = health.postgres.status();
        health.postgres.down("another reason");
        let second = health.postgres.status();
        assert_eq!((first.since, second.reason.as_deref()), (second.since, Some("another reason")));
        health.postgres.ready();
        assert!(health.postgres.status().since >= first.since);
        assert_eq!(health.postgres.status().reason, None);
    }
}
