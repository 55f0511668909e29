//! Metrics: the recorder, what the process says about itself, and the Prometheus text.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;

use super::health::{Health, State};

/// How often the recorder folds fresh samples, so that nobody's scrape has to and none pile up unscraped.
const UPKEEP: Duration = Duration::from_secs(5);

/// Upper bounds, in seconds, of every histogram whose name ends in `_seconds`.
const SECONDS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0];

/// The same for what takes microseconds.
const SHORT_SECONDS: &[f64] = &[
    0.000_001,
    0.000_002_5,
    0.000_005,
    0.000_01,
    0.000_025,
    0.000_05,
    0.000_1,
    0.000_15,
    0.000_25,
    0.000_5,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
];

/// The metrics of this process.
#[derive(Debug, Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
    started: Instant,
}

/// Why metrics could not start: most often, because they already had.
#[derive(Debug, thiserror::Error)]
#[error("metrics can't be started: {0}")]
pub struct MetricsError(#[from] BuildError);

impl Metrics {
    /// Installs the recorder for the whole process.
    ///
    /// # Errors
    /// When one is installed already.
    pub fn install() -> Result<Self, MetricsError> {
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
            .set_buckets_for_metric(Matcher::Full("troupe_hot_seconds".to_owned()), SHORT_SECONDS)?
            .install_recorder()?;
        describe();
        let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        gauge!("process_start_time_seconds").set(started.as_secs_f64());
        gauge!("troupe_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        Ok(Self { handle, started: Instant::now() })
    }

    /// All metrics as Prometheus text, with the process's own brought up to date.
    pub fn render(&self, health: &Health) -> String {
        gauge!("troupe_uptime_seconds").set(self.started.elapsed().as_secs_f64());
        if let Some(bytes) = resident_bytes() {
            gauge!("process_resident_memory_bytes").set(bytes);
        }
        let runtime = tokio::runtime::Handle::current().metrics();
        gauge!("tokio_workers").set(count(runtime.num_workers()));
        gauge!("tokio_alive_tasks").set(count(runtime.num_alive_tasks()));
        gauge!("tokio_global_queue_depth").set(count(runtime.global_queue_depth()));
        for component in health.components() {
            let present = component.status().state;
            for (state, label) in STATES {
                let on = if state == present { 1.0 } else { 0.0 };
                gauge!("troupe_component_state", "component" => component.name(), "state" => label).set(on);
            }
        }
        self.handle.render()
    }

    /// Does the recorder's regular work until `stop`.
    pub async fn upkeep(self, stop: CancellationToken) {
        let mut tick = tokio::time::interval(UPKEEP);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = tick.tick() => self.handle.run_upkeep(),
            }
        }
    }
}

const STATES: [(State, &str); 4] = [
    (State::NotConfigured, "not_configured"),
    (State::Ready, "ready"),
    (State::Degraded, "degraded"),
    (State::Down, "down"),
];

fn describe() {
    describe_gauge!("troupe_build_info", "Always 1; the labels say which build this is.");
    describe_gauge!("troupe_uptime_seconds", Unit::Seconds, "Time since this process started.");
    describe_gauge!("troupe_component_state", "1 for the state that a component is in, 0 for the others.");
    describe_gauge!(
        "troupe_queue_waiting",
        "Durable writes that wait for PostgreSQL, by where; most stand in both."
    );
    describe_gauge!("troupe_queue_dead", "Durable writes that failed for good and wait for an operator.");
    describe_gauge!(
        "troupe_queue_oldest_age",
        Unit::Seconds,
        "How long the oldest waiting write has waited."
    );
    describe_counter!(
        "troupe_queue_kept_total",
        "Durable writes that met an outage, by where they were kept."
    );
    describe_counter!(
        "troupe_queue_landed_total",
        "Durable writes in PostgreSQL: at once, before, or after a wait."
    );
    describe_counter!("troupe_queue_died_total", "Durable writes that failed for good.");
    describe_gauge!("process_start_time_seconds", Unit::Seconds, "When this process started, as Unix time.");
    describe_gauge!("process_resident_memory_bytes", Unit::Bytes, "Memory held in RAM (Linux only).");
    describe_gauge!("tokio_workers", "Worker threads of the runtime.");
    describe_gauge!("tokio_alive_tasks", "Tasks that have not ended.");
    describe_gauge!("tokio_global_queue_depth", "Tasks waiting in the runtime's shared queue.");
    describe_gauge!("troupe_cold_connections_in_use", "Connections to PostgreSQL that are at work.");
    describe_gauge!("troupe_cold_waiting", "Callers that wait for a connection to PostgreSQL.");
    describe_histogram!("troupe_cold_wait_seconds", Unit::Seconds, "Wait for a connection to PostgreSQL.");
    describe_counter!(
        "troupe_cold_timeouts_total",
        "Work on PostgreSQL that got no connection, or was cut off."
    );
    describe_gauge!(
        "troupe_hot_redis",
        "1 while Redis is in charge of limits and caches, 0 while this process is alone."
    );
    describe_counter!("troupe_policy_reads_total", "Policies read, by who answered: memory to stale.");
    describe_counter!("troupe_policy_copies_unreadable_total", "Copies in Redis that this build can't read.");
    describe_counter!("troupe_policy_notices_lost_total", "Changes that other processes were not told of.");
    describe_counter!("troupe_policy_notices_unreadable_total", "Notices that this build can't read.");
    describe_histogram!(
        "troupe_policy_notice_seconds",
        Unit::Seconds,
        "From a change to when it was heard of."
    );
    describe_histogram!(
        "troupe_policy_stale_seconds",
        Unit::Seconds,
        "Age of a policy used while no store answers."
    );
    describe_models();
    describe_counter!(
        "troupe_trace_spans_total",
        "Spans of traces: sent, lost on their way, or dropped before."
    );
    describe_counter!("troupe_hot_switches_total", "Changes between Redis and this process alone, and why.");
    describe_counter!("troupe_hot_operations_total", "Operations of the hot store, by side and outcome.");
    describe_histogram!("troupe_hot_seconds", Unit::Seconds, "Time of an operation of the hot store.");
}

fn describe_models() {
    describe_counter!("troupe_ai_calls_total", "Calls of models, by provider and how they ended.");
    describe_counter!("troupe_ai_retries_total", "Calls of models that were made once more, by provider.");
    describe_counter!("troupe_ai_tokens_total", "Tokens by provider: of prompts, from caches, of answers.");
    describe_counter!("troupe_ai_cost_micros_total", "Cost by provider, in millionths of a US dollar.");
    describe_histogram!(
        "troupe_ai_first_words_seconds",
        Unit::Seconds,
        "From a call to its first words, by provider."
    );
    describe_histogram!("troupe_ai_answer_seconds", Unit::Seconds, "Time of a whole answer, by provider.");
}

/// Resident memory from the kernel's text file; a read from memory, so it does not block. `None` off Linux.
fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024.0)
}

/// A count as a gauge's value.
#[expect(clippy::cast_precision_loss, reason = "counts of tasks and threads stay far below 2^52")]
fn count(value: usize) -> f64 {
    value as f64
}
