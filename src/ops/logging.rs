//! Logs: human in a terminal, JSON otherwise, with a filter that can be changed while the bot runs.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    io::{self, IsTerminal},
};

use tracing_subscriber::{EnvFilter, Layer, Registry, layer::SubscriberExt, reload, util::SubscriberInitExt};

use super::traces::{Traces, but_spans};
use crate::config::LogFormat;

/// Libraries whose `info` and `debug` drown the bot's own lines. Naming one in RUST_LOG lifts its limit.
const CHATTY: &[&str] =
    &["serenity", "h2", "hyper", "hyper_util", "reqwest", "rustls", "tungstenite", "tokio_postgres", "poise"];

/// Changes the filter of the running log.
#[derive(Debug, Clone)]
pub struct LogControl {
    handle: reload::Handle<EnvFilter, Registry>,
}

/// Why logging could not start.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// A second start in one process.
    #[error("logging has already been started in this process")]
    AlreadyStarted,
    /// The log is gone.
    #[error("the log no longer takes a new filter")]
    Gone,
}

/// Starts logging to standard error for the whole process, panics included; standard output stays free for
/// answers. `traces` get their spans beside it, whatever the filter of the log.
///
/// # Errors
/// [`LogError::AlreadyStarted`] on a second call.
pub fn start(format: LogFormat, filter: &str, traces: Option<&Traces>) -> Result<LogControl, LogError> {
    let (filter, handle) = reload::Layer::new(build_filter(filter));
    let terminal = io::stderr().is_terminal();
    let human = match format {
        LogFormat::Auto => terminal,
        LogFormat::Human => true,
        LogFormat::Json => false,
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let lines = if human {
        lines.with_ansi(terminal).boxed()
    } else {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
    };
    let log = tracing_subscriber::registry().with(lines.with_filter(but_spans(filter)));
    let started = match traces {
        Some(traces) => log.with(traces.layer()).try_init(),
        None => log.try_init(),
    };
    started.map_err(|_| LogError::AlreadyStarted)?;
    log_panics();
    Ok(LogControl { handle })
}

/// Sends panics to the log, so that it stays one record a line and they are not lost beside it.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let backtrace = Backtrace::capture();
        let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string());
        let location = panic.location().map(ToString::to_string);
        let payload = panic.payload();
        let message = payload.downcast_ref::<&str>().copied();
        let message =
            message.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("not text");
        tracing::error!(panic = message, location, backtrace, "a task panicked");
    }));
}

impl LogControl {
    /// Applies a new filter, in the notation of RUST_LOG.
    ///
    /// # Errors
    /// [`LogError::Gone`] when the log has been dropped.
    pub fn set_filter(&self, filter: &str) -> Result<(), LogError> {
        self.handle.reload(build_filter(filter)).map_err(|_| LogError::Gone)
    }
}

/// The filter given, after limits for chatty libraries that it does not name. It was checked with the other
/// settings; what does not parse all the same is left out.
fn build_filter(given: &str) -> EnvFilter {
    let limits =
        CHATTY.iter().filter(|library| !given.contains(*library)).map(|library| format!("{library}=warn"));
    let directives: Vec<String> = limits.chain([given.to_owned()]).collect();
    EnvFilter::builder().parse_lossy(directives.join(","))
}

#[cfg(test)]
mod tests {
    use super::build_filter;

    #[test]
    fn chatty_libraries_are_quiet_unless_named() {
        let debug = build_filter("debug").to_string();
        assert!(debug.contains("serenity=warn") && debug.contains("hyper=warn"), "{debug}");
        assert!(debug.split(',').any(|directive| directive == "debug"), "{debug}");
        let named = build_filter("info,serenity=trace").to_string();
        assert!(named.contains("serenity=trace") && !named.contains("serenity=warn"), "{named}");
    }
}
