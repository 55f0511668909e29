//! Spans that bots told, by trace, and which interaction a trace is about.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::ids::Id;
use crate::world::id_of;

/// How many traces are kept; the oldest go first.
pub(super) const TRACES: usize = 1_000;
/// How many spans of one trace are kept; later ones are counted.
pub(super) const SPANS: usize = 2_000;
/// How many interactions and messages a trace may be about; more are not found by it.
const SUBJECTS: usize = 1_000;

/// The attributes by which a span says what it is about.
const ABOUT: [&str; 2] = ["discord.interaction.id", "discord.message.id"];

/// A trace's id: 16 bytes, as 32 digits in hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TraceId(pub u128);

impl TraceId {
    /// The trace of a `traceparent` header: `00-<trace>-<parent>-<flags>`.
    pub fn of_header(header: &str) -> Option<Self> {
        Some(Self::and_parent(header)?.0)
    }

    /// The same, with the id of the span that made the request, in hex.
    pub(crate) fn and_parent(header: &str) -> Option<(Self, &str)> {
        let mut parts = header.trim().split('-');
        let (version, trace, parent) = (parts.next()?, parts.next()?, parts.next()?);
        if version.len() != 2 || version == "ff" || parent.len() != 16 {
            return None;
        }
        Some((trace.parse().ok()?, parent))
    }
}

impl FromStr for TraceId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(());
        }
        // All zeroes is no trace, says the standard.
        u128::from_str_radix(text, 16).ok().filter(|id| *id != 0).map(Self).ok_or(())
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Serialize for TraceId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A piece of work, as its bot told it.
#[derive(Clone, Debug, Serialize)]
pub struct Span {
    /// Its trace.
    pub trace: TraceId,
    /// Its id, in hex.
    pub id: String,
    /// The span that it is a part of, in hex; empty for a root.
    pub parent: String,
    /// What it is called.
    pub name: String,
    /// When it began, in microseconds since the Unix epoch, on the sandbox's clock.
    pub start_us: u64,
    /// How long it took, in microseconds.
    pub took_us: u64,
    /// Whether it says that it failed.
    pub failed: bool,
    /// Its attributes by name.
    pub attributes: Map<String, Value>,
}

#[derive(Debug, Default)]
pub(super) struct Trace {
    pub(super) spans: Vec<Span>,
    /// How many more there were than are kept.
    pub(super) dropped: u64,
    about: Vec<Id>,
}

/// Traces in the order they were first heard of.
#[derive(Debug, Default)]
pub(super) struct Spans {
    traces: HashMap<TraceId, Trace>,
    order: VecDeque<TraceId>,
    /// The trace of an interaction or message.
    by_subject: HashMap<Id, TraceId>,
}

impl Spans {
    pub(super) fn link(&mut self, trace: TraceId, subject: Id) {
        let kept = self.trace(trace);
        if kept.about.len() < SUBJECTS && !kept.about.contains(&subject) {
            kept.about.push(subject);
            self.by_subject.insert(subject, trace);
        }
    }

    pub(super) fn take(&mut self, spans: Vec<Span>) {
        for span in spans {
            let subjects = ABOUT.iter().filter_map(|name| id_of(span.attributes.get(*name)?));
            for subject in subjects.collect::<Vec<_>>() {
                self.link(span.trace, subject);
            }
            let trace = self.trace(span.trace);
            if trace.spans.len() < SPANS {
                trace.spans.push(span);
            } else {
                trace.dropped += 1;
            }
        }
    }

    /// The trace about an interaction or message.
    pub(super) fn about(&self, subject: Id) -> Option<(TraceId, &Trace)> {
        let id = *self.by_subject.get(&subject)?;
        Some((id, self.traces.get(&id)?))
    }

    fn trace(&mut self, id: TraceId) -> &mut Trace {
        if !self.traces.contains_key(&id) {
            self.order.push_back(id);
            if self.order.len() > TRACES
                && let Some(oldest) = self.order.pop_front()
                && let Some(gone) = self.traces.remove(&oldest)
            {
                for subject in gone.about {
                    // A newer trace may be about it too.
                    if self.by_subject.get(&subject) == Some(&oldest) {
                        self.by_subject.remove(&subject);
                    }
                }
            }
        }
        self.traces.entry(id).or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn span(trace: u128, attributes: &Value) -> Span {
        Span {
            trace: TraceId(trace),
            id: "1".into(),
            parent: String::new(),
            name: "work".into(),
            start_us: 0,
            took_us: 0,
            failed: false,
            attributes: attributes.as_object().cloned().unwrap_or_default(),
        }
    }

    #[test]
    fn a_header_names_its_trace() {
        let trace = TraceId(0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c);
        let header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(TraceId::of_header(header), Some(trace));
        assert_eq!(TraceId::and_parent(header), Some((trace, "b7ad6b7169203331")));
        assert_eq!(trace.to_string().parse(), Ok(trace));
        for wrong in [
            "",
            "00",
            "00-0af7-b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319é-b7ad6b7169203331-01",
            "00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ] {
            assert_eq!(TraceId::of_header(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_trace_is_found_by_what_it_is_about() {
        let mut spans = Spans::default();
        spans.take(vec![span(1, &json!({})), span(1, &json!({ "discord.interaction.id": "41" }))]);
        spans.link(TraceId(1), Id(42));
        for subject in [41, 42] {
            let (id, trace) = spans.about(Id(subject)).expect("known");
            assert_eq!((id, trace.spans.len()), (TraceId(1), 2));
        }
        assert!(spans.about(Id(43)).is_none());
    }

    #[test]
    fn bounds_hold_and_forgotten_traces_leave_nothing() {
        let mut spans = Spans::default();
        spans.take((0..SPANS + 3).map(|_| span(1, &json!({ "discord.message.id": 7 }))).collect());
        let (_, trace) = spans.about(Id(7)).expect("known");
        assert_eq!((trace.spans.len(), trace.dropped), (SPANS, 3));
        spans.take((2..=TRACES as u128 + 1).map(|trace| span(trace, &json!({}))).collect());
        assert!(spans.about(Id(7)).is_none());
        for trace in [2, 3] {
            spans.link(TraceId(trace), Id(9));
        }
        spans.take(vec![span(TRACES as u128 + 2, &json!({}))]);
        assert_eq!(spans.about(Id(9)).map(|(id, _)| id), Some(TraceId(3)), "the older of its traces is gone");
        for subject in 0..=SUBJECTS as u64 {
            spans.link(TraceId(4), Id(100 + subject));
        }
        assert_eq!(spans.traces[&TraceId(4)].about.len(), SUBJECTS);
        spans.by_subject.clear();
        assert_eq!((spans.traces.len(), spans.order.len(), spans.by_subject.len()), (TRACES, TRACES, 0));
    }
}
