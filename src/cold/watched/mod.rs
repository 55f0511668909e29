//! Statements in traces: one span each, with what it touches, and its bound values where they may be shown.

mod binds;
mod sql;

use std::fmt::{self, Write as _};

use diesel::{
    connection::{Instrumentation, InstrumentationEvent},
    result::{DatabaseErrorKind, Error},
};
use tracing::Span;

use crate::trace::{self, Shown};

/// What diesel puts between a statement and its bound values.
const BINDS: &str = " -- binds: ";

/// Follows the statements of one connection.
pub(super) struct Watched {
    shown: Shown,
    /// The statement under way, where it is traced.
    span: Option<Span>,
}

impl Watched {
    pub(super) fn new(shown: Shown) -> Self {
        Self { shown, span: None }
    }

    fn start(&self, query: &dyn fmt::Display) -> Option<Span> {
        if !trace::is_recorded() {
            return None;
        }
        let mut text = Text { text: String::new(), whole: self.shown == Shown::Values };
        // It says no more where it is stopped, before the values.
        let _stopped = write!(text, "{query}");
        let (statement, values) = text.text.split_once(BINDS).unwrap_or((&text.text, ""));
        let statement = sql::in_one_line(statement);
        let about = sql::About::of(&statement);
        // A transaction's beginning takes no time; its end does.
        if about.verb == "BEGIN" {
            return None;
        }
        let name = about.touched.first().map_or("", |(_, table)| *table);
        let span = trace::child!(
            "cold",
            otel.name = format!("{} {name}", about.verb).trim_end(),
            otel.kind = "client",
            db.system.name = "postgresql",
            db.operation.name = about.verb,
        );
        if !name.is_empty() {
            trace::note(&span, "db.collection.name", name);
            let touched = about.touched.iter().map(|(verb, table)| format!("{verb} {table}"));
            trace::note_list(&span, "troupe.cold.tables", touched);
        }
        trace::note_text(&span, "db.query.text", statement);
        if self.shown == Shown::Values && !values.is_empty() {
            trace::note_list(&span, "troupe.cold.binds", binds::safe(values));
        }
        Some(span)
    }
}

impl Instrumentation for Watched {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { query, .. } => self.span = self.start(query),
            InstrumentationEvent::FinishQuery { error, .. } => {
                if let (Some(span), Some(error)) = (self.span.take(), error) {
                    trace::fail(&span, name(error));
                }
            }
            _ => {}
        }
    }
}

impl Drop for Watched {
    /// With its connection, in the middle of a statement that was cut off.
    fn drop(&mut self) {
        if let Some(span) = self.span.take() {
            trace::fail(&span, "cut_off");
        }
    }
}

/// A statement as it is written out; without its values no more of it is kept.
struct Text {
    text: String,
    whole: bool,
}

impl fmt::Write for Text {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        self.text.push_str(more);
        if !self.whole
            && let Some(end) = self.text.find(BINDS)
        {
            self.text.truncate(end);
            return Err(fmt::Error);
        }
        Ok(())
    }
}

/// An error's name: its text may hold values.
fn name(error: &Error) -> &'static str {
    match error {
        Error::DatabaseError(kind, _) => match kind {
            DatabaseErrorKind::UniqueViolation => "unique_violation",
            DatabaseErrorKind::ForeignKeyViolation => "foreign_key_violation",
            DatabaseErrorKind::NotNullViolation => "not_null_violation",
            DatabaseErrorKind::CheckViolation => "check_violation",
            DatabaseErrorKind::SerializationFailure => "serialization_failure",
            DatabaseErrorKind::ReadOnlyTransaction => "read_only_transaction",
            DatabaseErrorKind::ClosedConnection => "closed_connection",
            _ => "database_error",
        },
        _ => "statement_failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_may_not_be_shown_are_not_even_kept() {
        let mut text = Text { text: String::new(), whole: false };
        assert!(
            text.write_str("SELECT $1").and_then(|()| text.write_str(" -- binds: [\"secret\"]")).is_err()
        );
        assert_eq!(text.text, "SELECT $1");
        let mut text = Text { text: String::new(), whole: true };
        assert!(write!(text, "SELECT $1 -- binds: [7]").is_ok());
        assert_eq!(text.text, "SELECT $1 -- binds: [7]");
    }
}
