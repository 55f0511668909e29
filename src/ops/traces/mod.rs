//! Sends traces: the spans of [`crate::trace`], to a collector, by OTLP over HTTP in JSON.
//!
//! A span that has ended goes into a bounded queue; one task takes what has come in a fifth of a second and posts it. A
//! collector that is away costs spans, which are counted, and nothing else: no request of a member ever waits for it.
//!
//! The model of spans and their wire form are OpenTelemetry's. Its exporter (`opentelemetry-otlp`) and batching are not
//! used: they read further variables behind the settings' back, block a thread of their own for each request, and tell
//! nobody how many spans were dropped.

mod queue;
mod sender;

use std::time::Duration;

use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracerProvider, SpanLimits, Tracer},
};
use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::{
    Layer,
    filter::{FilterExt as _, LevelFilter, filter_fn},
    layer::Filter,
    registry::LookupSpan,
};

use self::{queue::Queue, sender::Sender};
use crate::{config::traces::TraceSettings, trace::TARGET};

/// Spans that may wait to be sent.
const QUEUE: usize = 4_096;
/// How long the last spans may take at the end, whether the collector answers or not.
const STOP_DEADLINE: Duration = Duration::from_secs(2);

/// The traces of this process, being sent.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
    stop: CancellationToken,
    task: AbortOnDropHandle<()>,
}

/// Traces can't be sent.
#[derive(Debug, thiserror::Error)]
pub enum TracesError {
    /// The client that speaks HTTP could not be made.
    #[error("can't make the client for traces: {0}")]
    Client(#[from] reqwest::Error),
    /// A header of the settings.
    #[error("OTEL_EXPORTER_OTLP_HEADERS: {0:?} is no header that can be sent")]
    Header(String),
}

impl Traces {
    /// Begins to send, where the settings say where to. Needs a tokio runtime.
    ///
    /// # Errors
    /// A [`TracesError`].
    pub fn start(settings: &TraceSettings, environment: &'static str) -> Result<Option<Self>, TracesError> {
        let Some(endpoint) = &settings.endpoint else { return Ok(None) };
        let resource = Resource::builder_empty()
            .with_service_name(settings.service.clone())
            .with_attributes([
                KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
                KeyValue::new("service.instance.id", uuid::Uuid::new_v4().to_string()),
                KeyValue::new("deployment.environment.name", environment),
            ])
            .build();
        let (queue, ended) = mpsc::channel(QUEUE);
        let sender = Sender::new(endpoint, &settings.headers, ResourceAttributesWithSchema::from(&resource))?;
        let provider = SdkTracerProvider::builder()
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.ratio))))
            .with_span_limits(SpanLimits::default())
            .with_resource(resource)
            .with_span_processor(Queue::new(queue))
            .build();
        let stop = CancellationToken::new();
        let task = AbortOnDropHandle::new(tokio::spawn(sender.run(ended, stop.clone())));
        Ok(Some(Self { provider, stop, task }))
    }

    /// What takes the spans of the process: to be put beside the log.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'s> LookupSpan<'s> + Send + Sync,
    {
        let tracer: Tracer = self.provider.tracer(env!("CARGO_PKG_NAME"));
        let wanted = |about: &Metadata<'_>| about.is_span() && about.target() == TARGET;
        tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            // The parent is the span around, which tracing knows.
            .with_context_activation(false)
            .with_filter(filter_fn(wanted).with_max_level_hint(LevelFilter::INFO))
    }

    /// Sends what is left, and ends within two seconds.
    pub async fn stop(self) {
        self.stop.cancel();
        if tokio::time::timeout(STOP_DEADLINE, self.task).await.is_err() {
            tracing::warn!("the last traces could not be sent in time");
        }
    }
}

/// A filter of the log that leaves these spans out: what they hold belongs in no line.
pub fn but_spans<S>(filter: impl Filter<S>) -> impl Filter<S> {
    let other = |about: &Metadata<'_>| !(about.is_span() && about.target() == TARGET);
    filter.and(filter_fn(other).with_max_level_hint(LevelFilter::TRACE))
}
