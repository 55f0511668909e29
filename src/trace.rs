//! Spans: what a trace of the bot is made of, and how it is carried along. `ops::traces` sends them.
//!
//! A trace begins with a root (`root!`): an interaction, or a message that addresses the bot. Everything below is a
//! `child!`, which is made only inside of a trace that is recorded: what happens outside of one (probes, jobs, polls)
//! makes no span, and where no traces are kept all of this costs a look at a cached flag.
//!
//! A task that is spawned in the middle of a trace carries it along: by a child of its own where it may outlive the span
//! around (`.instrument(child!(…))`), else within that (`.in_current_span()`), whose time it then counts to.
//!
//! No span ever holds what members say, names, prompts or secrets. Members', servers' and keys' ids stand there only where
//! [`Shown::Values`] allows them; the interaction's or message's own is what a trace is found by.

use opentelemetry::{
    Array, StringValue, Value,
    trace::{SpanContext, Status, TraceContextExt as _},
};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The target of every span that is exported: filters tell them from all others by it.
pub const TARGET: &str = "troupe::traced";

/// Longest text of an attribute, in bytes.
const LONGEST: usize = 16 * 1024;

/// How much of what a request touched stands in its spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shown {
    /// Statements with their placeholders, and the patterns of keys: no id of anybody.
    #[default]
    Patterns,
    /// Keys as they are, and bound ids and numbers; never words.
    Values,
}

/// A span that begins a trace: `root!("name", field = value, …)`.
macro_rules! root {
    ($name:literal $(, $($fields:tt)*)?) => {
        ::tracing::info_span!(target: $crate::trace::TARGET, parent: None, $name $(, $($fields)*)?)
    };
}

/// A span below the current one, where that is recorded: `child!("name", field = value, …)`.
macro_rules! child {
    ($name:literal $(, $($fields:tt)*)?) => {
        if $crate::trace::is_recorded() {
            ::tracing::info_span!(target: $crate::trace::TARGET, $name $(, $($fields)*)?)
        } else {
            ::tracing::Span::none()
        }
    };
}

pub(crate) use {child, root};

/// Whether traces are kept at all.
pub fn is_kept() -> bool {
    tracing::span_enabled!(target: TARGET, tracing::Level::INFO)
}

/// Whether this happens inside of a trace that is kept.
pub fn is_recorded() -> bool {
    is_kept() && of(&Span::current()).is_sampled()
}

/// What tells a peer to which span its work belongs, as the `traceparent` header of W3C Trace Context; `None` outside of
/// a trace that is kept.
pub fn parent() -> Option<String> {
    if !is_kept() {
        return None;
    }
    let here = of(&Span::current());
    (here.is_valid() && here.is_sampled()).then(|| format!("00-{}-{}-01", here.trace_id(), here.span_id()))
}

fn of(span: &Span) -> SpanContext {
    span.context().span().span_context().clone()
}

/// Notes something of a span: a number, a switch or a short text of our own.
pub fn note(span: &Span, name: &'static str, value: impl Into<Value>) {
    if !span.is_disabled() {
        span.set_attribute(name, value);
    }
}

/// Notes a text, cut where it is too long.
pub fn note_text(span: &Span, name: &'static str, mut text: String) {
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        text.truncate(end);
        text.push('…');
    }
    note(span, name, text);
}

/// Notes a list.
pub fn note_list(span: &Span, name: &'static str, texts: impl IntoIterator<Item = String>) {
    let texts: Vec<StringValue> = texts.into_iter().map(StringValue::from).collect();
    note(span, name, Value::Array(Array::String(texts)));
}

/// Says that a span's work failed, by a name of ours: an error's text may hold anything.
pub fn fail(span: &Span, why: &'static str) {
    if !span.is_disabled() {
        span.set_attribute("error.type", why);
        span.set_status(Status::error(why));
    }
}

/// Ends a span now that is held by something that lives on: its end is when it was last entered.
pub fn end(span: &Span) {
    span.in_scope(|| {});
}

/// Milliseconds, as spans tell them.
pub fn millis(time: std::time::Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
