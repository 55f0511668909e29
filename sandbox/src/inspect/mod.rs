//! The inspector: what a bot did about an interaction, put together from all sides.
//!
//! The sandbox itself sees the gateway event, the requests to its API and to its model server. What a
//! bot does inside (which keys and rows it touched) it may tell as OpenTelemetry traces: the sandbox
//! takes them at `POST /v1/traces`, as a collector does. A request belongs to an interaction by that
//! one's token, or by the `traceparent` header (<https://www.w3.org/TR/trace-context/>).

mod events;
mod otlp;
mod spans;
mod timeline;

use axum::Router;
use axum::routing::{get, post};
use parking_lot::Mutex;
use tokio::sync::watch;

pub use spans::{Span, TraceId};

use crate::gateway::Event;
use crate::ids::Id;
use crate::instance::Sandbox;
use events::Events;
use spans::Spans;

/// What was seen and told; each part within its bound.
#[derive(Debug, Default)]
pub struct Inspector {
    events: Mutex<Events>,
    spans: Mutex<Spans>,
    changed: watch::Sender<u64>,
}

impl Inspector {
    /// Notes an event that went to the gateway.
    pub(crate) fn heard(&self, event: &Event, at_ms: u64) {
        self.events.lock().note(event, at_ms);
    }

    /// Notes that a request of this trace was about this interaction.
    pub(crate) fn link(&self, trace: TraceId, interaction: Id) {
        self.spans.lock().link(trace, interaction);
    }

    /// Takes spans in.
    pub(crate) fn take(&self, spans: Vec<Span>) {
        self.spans.lock().take(spans);
        self.changed.send_modify(|count| *count += 1);
    }

    /// Changes when spans have come.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}

/// The inspector's own endpoints, below `/_sandbox`.
pub(crate) fn routes() -> Router<Sandbox> {
    Router::new().route("/inspect", get(timeline::list)).route("/inspect/{id}", get(timeline::one))
}

/// Where traces are taken: OTLP over HTTP, as JSON.
pub(crate) fn receiver() -> Router<Sandbox> {
    Router::new().route("/v1/traces", post(otlp::traces)).layer(otlp::limit())
}
