//! What can go wrong with Redis, and which of it means that Redis is no help at present.

use std::fmt;

use redis::{ErrorKind, RedisError, ServerErrorKind};

/// What can go wrong with Redis. No variant shows an address or a password.
#[derive(Debug, thiserror::Error)]
pub enum HotError {
    /// The address is none, or several don't belong together.
    #[error("REDIS_URL is not a Redis address")]
    Address,
    /// The certificate authorities can't be read.
    #[error("REDIS_CA_FILE can't be used: {0}")]
    Authorities(String),
    /// No connection or no answer in time. The command may still have been executed.
    #[error("no answer in time")]
    Deadline,
    /// Redis is known to be away: nothing was asked.
    #[error("Redis is away")]
    Away,
    /// Redis or the network refused.
    #[error("{0}")]
    Redis(#[from] RedisError),
    /// Redis answered, and not what the command promises.
    #[error("{0}")]
    Unexpected(&'static str),
    /// More keys than a walk may bring back.
    #[error("more than {0} keys match")]
    TooMany(usize),
}

/// Why Redis is no help at present. Its text is for an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The settings name none.
    NotConfigured,
    /// No connection, or it broke.
    Unreachable,
    /// No answer in time.
    Silent,
    /// It wants another password, or its user may not do what the bot does.
    Refused,
    /// It has just started and reads its data.
    Loading,
    /// It is a replica: a failover is under way, or the address is the wrong one.
    ReadOnly,
    /// Its memory is full.
    OutOfMemory,
    /// It can't save to its disk, or reach its replicas, and takes no writes until it can.
    NoWrites,
    /// The cluster, or the master behind a replica, is down.
    ClusterDown,
    /// The server is one of a cluster, and the setting says otherwise, or the reverse.
    WrongTopology,
    /// It is busy with something that keeps it from answering.
    Busy,
    /// It fails the probe in another way.
    Unfit,
}

impl Reason {
    /// A name for metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotConfigured => "not_configured",
            Self::Unreachable => "unreachable",
            Self::Silent => "silent",
            Self::Refused => "refused",
            Self::Loading => "loading",
            Self::ReadOnly => "read_only",
            Self::OutOfMemory => "out_of_memory",
            Self::NoWrites => "no_writes",
            Self::ClusterDown => "cluster_down",
            Self::WrongTopology => "wrong_topology",
            Self::Busy => "busy",
            Self::Unfit => "unfit",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotConfigured => "is not configured",
            Self::Unreachable => "can't be reached",
            Self::Silent => "does not answer in time",
            Self::Refused => "refuses the user, the password or a command of the bot",
            Self::Loading => "has just started and still loads its data",
            Self::ReadOnly => "is a read-only replica",
            Self::OutOfMemory => "is out of memory",
            Self::NoWrites => "takes no writes: it can't save to its disk or lacks replicas",
            Self::ClusterDown => "says that the cluster or its master is down",
            Self::WrongTopology => "and REDIS_CLUSTER don't agree on whether this is a cluster",
            Self::Busy => "is busy",
            Self::Unfit => "does not run the bot's scripts; `troupe doctor` tells more",
        })
    }
}

impl HotError {
    /// Why Redis as a whole is no help at present; `None` for an error of this one operation, which is a bug.
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self::Deadline => Some(Reason::Silent),
            Self::Redis(error) => reason(error),
            Self::Address | Self::Authorities(_) | Self::Away | Self::Unexpected(_) | Self::TooMany(_) => {
                None
            }
        }
    }

    /// Whether the connection was closed: the next one may be sound.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self, Self::Redis(error) if error.is_connection_dropped())
    }
}

fn reason(error: &RedisError) -> Option<Reason> {
    if error.is_timeout() {
        return Some(Reason::Silent);
    }
    match error.kind() {
        ErrorKind::Io | ErrorKind::Parse | ErrorKind::ClusterConnectionNotFound => Some(Reason::Unreachable),
        ErrorKind::AuthenticationFailed | ErrorKind::Server(ServerErrorKind::NoPerm) => Some(Reason::Refused),
        // A transaction is refused as a whole, for what was wrong with its commands.
        ErrorKind::Server(ServerErrorKind::ExecAbort) => {
            let errors = error.clone().into_server_errors()?;
            errors.iter().find_map(|(_, error)| by_code(error.code()))
        }
        // Before Redis 7 an error inside a script is told as ERR, with its own code after a dash.
        ErrorKind::Server(ServerErrorKind::ResponseError) => {
            let detail = error.detail().unwrap_or_default();
            let inner = detail.split_whitespace().filter_map(|word| word.strip_prefix('-')).find_map(by_code);
            inner.or_else(|| by_detail(detail))
        }
        _ => error.code().and_then(by_code),
    }
}

/// Source: Redis's `server.c`, the shared error replies.
fn by_code(code: &str) -> Option<Reason> {
    match code {
        "NOAUTH" | "WRONGPASS" | "NOPERM" | "DENIED" => Some(Reason::Refused),
        "LOADING" => Some(Reason::Loading),
        "READONLY" => Some(Reason::ReadOnly),
        "OOM" => Some(Reason::OutOfMemory),
        "MISCONF" | "NOREPLICAS" => Some(Reason::NoWrites),
        "CLUSTERDOWN" | "MASTERDOWN" | "TRYAGAIN" => Some(Reason::ClusterDown),
        "MOVED" | "ASK" => Some(Reason::WrongTopology),
        "BUSY" => Some(Reason::Busy),
        _ => None,
    }
}

fn by_detail(detail: &str) -> Option<Reason> {
    // A command that the user may not run, met inside a script, has no code of its own.
    if detail.contains("max number of clients") || detail.contains("user executing the script") {
        Some(Reason::Refused)
    } else if detail.contains("cluster support disabled") {
        Some(Reason::WrongTopology)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: ErrorKind, detail: &str) -> Option<Reason> {
        HotError::Redis(RedisError::from((kind, "told", detail.to_owned()))).reason()
    }

    #[test]
    fn an_old_servers_script_errors_keep_their_meaning() {
        let kind = ErrorKind::Server(ServerErrorKind::ResponseError);
        let detail =
            "Error running script (call to f_1): @user_script:1: @user_script: 1: -OOM command not allowed";
        assert_eq!(told(kind, detail), Some(Reason::OutOfMemory));
        assert_eq!(told(kind, "Error running script: user_script:1: attempt to index a nil value"), None);
        assert_eq!(told(kind, "max number of clients reached"), Some(Reason::Refused));
    }

    #[test]
    fn a_bug_of_one_operation_is_no_reason_to_leave_redis() {
        assert_eq!(told(ErrorKind::UnexpectedReturnType, "not a number"), None);
        assert_eq!(told(ErrorKind::Server(ServerErrorKind::CrossSlot), "keys"), None);
        assert_eq!(HotError::Unexpected("other").reason(), None);
    }
}
