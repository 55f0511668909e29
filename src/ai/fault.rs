//! Why a provider gave no words.

use std::time::Duration;

use reqwest::StatusCode;

use super::wire::Said;

/// What kind of fault it is, which decides what happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// No connection, a broken one, an answer that is none, a server's own fault. Trying again may help.
    Broken,
    /// Nothing came in time. There is no time to try again.
    Slow,
    /// It has too much to do, and says so.
    Limited,
    /// Our own pace, its wish to be left alone, or its breaker: it was not asked.
    NotAsked,
    /// It answered with nothing that can be shown.
    Silent,
    /// It wants the request in another form, which is known now: to be asked again at once.
    Form,
    /// It does not take the request: the operator's to mend.
    Rejected,
    /// Its filter or the model would not answer.
    Refused,
}

/// A fault of one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) kind: Kind,
    /// In words, for the log: never a member's or a model's.
    pub(super) what: String,
    /// How long it is to be left alone.
    pub(super) after: Option<Duration>,
}

impl Fault {
    pub(super) fn new(kind: Kind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), after: None }
    }

    /// A request that got no answer, or an answer that broke.
    pub(super) fn of_wire(error: reqwest::Error) -> Self {
        let is_timeout = error.is_timeout();
        let doing = if error.is_connect() { "no connection" } else { "the connection broke" };
        let what = format!("{doing}: {}", innermost(&error.without_url()));
        Self::new(if is_timeout { Kind::Slow } else { Kind::Broken }, what)
    }

    /// An answer that is an error.
    pub(super) fn of_status(status: StatusCode, said: &Said, after: Option<Duration>) -> Self {
        let kind = match status.as_u16() {
            _ if said.is_filter() => Kind::Refused,
            429 if said.is_unpaid() => Kind::Rejected,
            429 => Kind::Limited,
            408 | 409 | 425 | 500.. => Kind::Broken,
            _ => Kind::Rejected,
        };
        let message = if said.message.is_empty() { String::new() } else { format!(": {}", said.message) };
        Self { kind, what: format!("it answers {}{message}", status.as_u16()), after }
    }

    /// An error in place of words, within a stream that began well.
    pub(super) fn of_event(said: &Said) -> Self {
        let status = said.status.and_then(|status| StatusCode::from_u16(status).ok());
        let status = status.unwrap_or(if said.is_overload() {
            StatusCode::TOO_MANY_REQUESTS
        } else {
            StatusCode::INTERNAL_SERVER_ERROR
        });
        Self::of_status(status, said, None)
    }

    /// Whether the same request may do better after a moment.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self.kind, Kind::Broken | Kind::Limited)
    }

    /// Whether the provider is ill, which its breaker should know.
    pub(super) fn is_illness(&self) -> bool {
        matches!(self.kind, Kind::Broken | Kind::Slow)
    }

    /// Its name in metrics.
    pub(super) fn name(&self) -> &'static str {
        match self.kind {
            Kind::Broken => "broken",
            Kind::Slow => "slow",
            Kind::Limited => "limited",
            Kind::NotAsked => "not_asked",
            Kind::Silent => "silent",
            Kind::Form => "form",
            Kind::Rejected => "rejected",
            Kind::Refused => "refused",
        }
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(cause) = error.source() {
        error = cause;
    }
    error.to_string()
}
