//! Where a span goes when it has ended: into a queue that never makes anyone wait.

use std::time::Duration;

use metrics::counter;
use opentelemetry::Context;
use opentelemetry_sdk::{
    error::OTelSdkResult,
    trace::{Span, SpanData, SpanProcessor},
};
use tokio::sync::mpsc;

/// The queue's end at which spans come in.
#[derive(Debug)]
pub(super) struct Queue(mpsc::Sender<SpanData>);

impl Queue {
    pub(super) fn new(spans: mpsc::Sender<SpanData>) -> Self {
        Self(spans)
    }
}

impl SpanProcessor for Queue {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        // Full, or at the end of the process.
        if span.span_context.is_sampled() && self.0.try_send(span).is_err() {
            counter!("troupe_trace_spans_total", "outcome" => "dropped").increment(1);
        }
    }

    /// `Traces::stop` sends what is left, with a deadline of its own.
    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}
