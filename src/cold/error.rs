//! What can go wrong with the cold store. No variant shows an address or a password.

use std::error::Error;

use diesel::result::DatabaseErrorKind;
use tokio_postgres::error::SqlState;

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// The address is none.
    #[error("DATABASE_URL {0}")]
    Address(&'static str),
    /// The trusted authorities can't be read.
    #[error("can't set up TLS: {0}")]
    Tls(String),
    /// No answer in time.
    #[error("no connection in time: the server does not answer")]
    Deadline,
    /// The server is away, full, starting or stopping: it may take us in a moment.
    #[error("can't connect: {0}")]
    Away(String),
    /// The server or its certificate turned us away: trying again changes nothing.
    #[error("can't connect: {0}")]
    Refused(String),
}

impl ConnectError {
    /// Whether the same attempt may succeed in a moment.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Deadline | Self::Away(_))
    }

    /// Sorts an error of the driver while connecting.
    pub(super) fn from_driver(error: &tokio_postgres::Error) -> Self {
        if let Some(answer) = error.as_db_error() {
            let reason = answer.message().to_owned();
            return if is_away(answer.code()) { Self::Away(reason) } else { Self::Refused(reason) };
        }
        let mut reason = error.to_string();
        // The driver's own deadline has no cause below it.
        let mut passing = error.is_closed() || error.source().is_none();
        let mut cause = error.source();
        while let Some(inner) = cause {
            reason = inner.to_string();
            if let Some(io) = inner.downcast_ref::<std::io::Error>() {
                let tls = io.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
                passing = tls.is_none();
            }
            cause = inner.source();
        }
        if passing { Self::Away(reason) } else { Self::Refused(reason) }
    }
}

/// States of a server that is coming, going, full or not reached, by the first two of five characters or by all.
fn is_away(code: &SqlState) -> bool {
    let full_or_lost = ["08", "53"].iter().any(|class| code.code().starts_with(class));
    let moving = [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW];
    full_or_lost || moving.contains(code)
}

/// What can go wrong with the cold store.
#[derive(Debug, thiserror::Error)]
pub enum ColdError {
    /// There is no connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// All connections were in use for the whole budget. Nothing was done.
    #[error("all connections to PostgreSQL are in use, and none became free in time")]
    Busy,
    /// The budget ended in the middle of the work: the statement was cancelled, and its connection closed. What it
    /// wrote outside a transaction may have been kept, and so may a transaction that was committing.
    #[error("PostgreSQL did not answer in time; the work was cut off")]
    CutOff,
    /// A statement failed.
    #[error("a statement failed: {0}")]
    Query(#[from] diesel::result::Error),
}

impl ColdError {
    /// Whether the store was away or busy, rather than the statement wrong: the same work may succeed later, and
    /// is safe to repeat only where it is idempotent. A server that stops in the middle of a statement says so in
    /// words of its own language, which end as [`ColdError::Query`] and are not seen here.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Connect(error) => error.is_passing(),
            Self::Busy | Self::CutOff => true,
            Self::Query(diesel::result::Error::DatabaseError(kind, _)) => matches!(
                kind,
                DatabaseErrorKind::UnableToSendCommand
                    | DatabaseErrorKind::ClosedConnection
                    | DatabaseErrorKind::ReadOnlyTransaction
            ),
            Self::Query(_) => false,
        }
    }

    /// Whether a constraint refused what was to be written: it will never be taken.
    pub fn is_refused(&self) -> bool {
        use DatabaseErrorKind as Kind;
        let refusals = |kind: &Kind| {
            matches!(
                kind,
                Kind::CheckViolation
                    | Kind::NotNullViolation
                    | Kind::ForeignKeyViolation
                    | Kind::UniqueViolation
            )
        };
        matches!(self, Self::Query(diesel::result::Error::DatabaseError(kind, _)) if refusals(kind))
    }
}
