//! The task that posts spans: what has come in a fifth of a second at once, each request with a deadline.

use std::time::Duration;

use metrics::counter;
use opentelemetry_proto::{
    tonic::collector::trace::v1::ExportTraceServiceRequest,
    transform::{
        common::tonic::ResourceAttributesWithSchema, trace::tonic::group_spans_by_resource_and_scope,
    },
};
use opentelemetry_sdk::trace::SpanData;
use reqwest::{
    Client, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
    redirect::Policy,
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{sync::mpsc, time::timeout};
use tokio_util::sync::CancellationToken;

use super::TracesError;
use crate::{config::BaseUrl, error::Chain};

/// How long spans are gathered: people watch traces live.
const GATHERED: Duration = Duration::from_millis(200);
/// Most spans of one request, which stays well below the bodies that collectors take.
const MOST: usize = 256;
/// Time of one request.
const DEADLINE: Duration = Duration::from_secs(3);
/// Before a request that a busy collector has not taken is made once more.
const PAUSE: Duration = Duration::from_millis(500);

/// Posts spans to one address.
pub(super) struct Sender {
    client: Client,
    url: String,
    resource: ResourceAttributesWithSchema,
    /// Whether the log says already that they don't arrive.
    in_trouble: bool,
}

/// Why a request was not taken.
struct Untaken {
    why: String,
    /// Whether the same may be taken a moment later.
    may_pass: bool,
}

impl Sender {
    pub(super) fn new(
        endpoint: &BaseUrl,
        headers: &[(String, SecretString)],
        resource: ResourceAttributesWithSchema,
    ) -> Result<Self, TracesError> {
        let mut sent = HeaderMap::new();
        for (name, value) in headers {
            let bad = || TracesError::Header(name.clone());
            let key = HeaderName::try_from(name).map_err(|_| bad())?;
            let mut value = HeaderValue::try_from(value.expose_secret()).map_err(|_| bad())?;
            value.set_sensitive(true);
            sent.insert(key, value);
        }
        let client = Client::builder()
            .default_headers(sent)
            .timeout(DEADLINE)
            .redirect(Policy::none())
            .pool_max_idle_per_host(1)
            .user_agent(concat!("troupe/", env!("CARGO_PKG_VERSION")));
        let client = if endpoint.is_loopback() { client.no_proxy() } else { client };
        Ok(Self {
            client: client.build()?,
            url: format!("{endpoint}/v1/traces"),
            resource,
            in_trouble: false,
        })
    }

    /// Posts what comes until `stop`, and then what is left.
    pub(super) async fn run(mut self, mut ended: mpsc::Receiver<SpanData>, stop: CancellationToken) {
        let mut batch = Vec::with_capacity(MOST);
        while let Some(Some(first)) = stop.run_until_cancelled(ended.recv()).await {
            batch.push(first);
            let gather = async { while batch.len() < MOST && ended.recv_many(&mut batch, MOST).await > 0 {} };
            let _either = timeout(GATHERED, stop.run_until_cancelled(gather)).await;
            self.send_all(&mut batch, &stop).await;
        }
        ended.close();
        while ended.recv_many(&mut batch, MOST).await > 0 {
            self.send_all(&mut batch, &stop).await;
        }
    }

    async fn send_all(&mut self, batch: &mut Vec<SpanData>, stop: &CancellationToken) {
        while !batch.is_empty() {
            let spans: Vec<_> = batch.drain(..batch.len().min(MOST)).collect();
            self.send(spans, stop).await;
        }
    }

    async fn send(&mut self, spans: Vec<SpanData>, stop: &CancellationToken) {
        let count = u64::try_from(spans.len()).unwrap_or(u64::MAX);
        let resource_spans = group_spans_by_resource_and_scope(spans, &self.resource);
        let body = match serde_json::to_vec(&ExportTraceServiceRequest { resource_spans }) {
            Ok(body) => bytes::Bytes::from(body),
            Err(error) => return self.lost(count, &error.to_string()),
        };
        let mut posted = self.post(body.clone()).await;
        if let Err(Untaken { may_pass: true, .. }) = &posted
            && stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some()
        {
            posted = self.post(body).await;
        }
        match posted {
            Ok(()) => {
                counter!("troupe_trace_spans_total", "outcome" => "sent").increment(count);
                if std::mem::take(&mut self.in_trouble) {
                    tracing::info!("traces arrive again");
                }
            }
            Err(Untaken { why, .. }) => self.lost(count, &why),
        }
    }

    async fn post(&self, body: bytes::Bytes) -> Result<(), Untaken> {
        let request = self.client.post(&self.url).header(CONTENT_TYPE, "application/json").body(body);
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => {
                let status = answer.status();
                // Source: OTLP specification, "OTLP/HTTP Response", retryable codes.
                let may_pass = matches!(
                    status,
                    StatusCode::TOO_MANY_REQUESTS
                        | StatusCode::BAD_GATEWAY
                        | StatusCode::SERVICE_UNAVAILABLE
                        | StatusCode::GATEWAY_TIMEOUT
                );
                Err(Untaken { why: format!("it answers {status}"), may_pass })
            }
            // One that is away is not waited for: the next spans come soon enough.
            Err(error) => Err(Untaken { why: Chain(&error.without_url()).to_string(), may_pass: false }),
        }
    }

    /// Counts spans that are lost, and says so once, until some arrive again.
    fn lost(&mut self, count: u64, why: &str) {
        counter!("troupe_trace_spans_total", "outcome" => "lost").increment(count);
        if !std::mem::replace(&mut self.in_trouble, true) {
            tracing::warn!(why, "traces do not arrive: they are left out until they do");
        }
    }
}
