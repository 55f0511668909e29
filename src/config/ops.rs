//! Settings of operation: environment, HTTP, logs, shutdown and files.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use tracing_subscriber::EnvFilter;

use super::{
    reader::{Parsed, Reader},
    url::BaseUrl,
    variable::{Section, Variable},
};

/// Which installation this is.
pub const ENVIRONMENT: Variable = Variable {
    name: "ENVIRONMENT",
    doc: "Which installation this is. It names the Redis keys (`app:`, `stg:`, `prod:`), and production refuses \
          to send its token in the clear.",
    accepted: "development, staging or production",
    default: Some("development"),
    example: "production",
    ..Variable::PLAIN
};

/// Where health and metrics are served.
pub const HTTP_ADDR: Variable = Variable {
    name: "HTTP_ADDR",
    doc: "Where `/healthz`, `/readyz`, `/metrics` and the characters' pictures are served. They need no password: keep \
          them off the public internet, but for `/avatars/`. Port 0 takes a free one and logs it; `off` serves nothing.",
    accepted: "address:port, such as 127.0.0.1:8080, or off",
    default: Some("127.0.0.1:8080"),
    example: "0.0.0.0:8080",
    ..Variable::PLAIN
};

/// Where Discord finds the characters' pictures.
pub const AVATAR_BASE_URL: Variable = Variable {
    name: "AVATAR_BASE_URL",
    doc: "Address under which Discord finds the characters' pictures, as `<address>/mira.png`: a proxy of yours to \
          `/avatars` at HTTP_ADDR, or any host of the folder `assets/characters`. Not set: characters speak under their \
          names, with the bot's own picture.",
    accepted: "an http:// or https:// address that Discord can reach",
    example: "https://example.org/avatars",
    ..Variable::PLAIN
};

/// What is logged.
pub const RUST_LOG: Variable = Variable {
    name: "RUST_LOG",
    doc: "What is logged: a level, or levels by module as `tracing` filters write them. Chatty libraries stay at \
          `warn` unless they are named.",
    accepted: "a level (error, warn, info, debug, trace, off) or a list such as info,troupe=debug",
    default: Some("info"),
    example: "info,troupe=debug",
    reread: true,
    ..Variable::PLAIN
};

/// How logs look.
pub const LOG_FORMAT: Variable = Variable {
    name: "LOG_FORMAT",
    doc: "How logs look. `auto` is `human` in a terminal and `json` elsewhere.",
    accepted: "auto, human or json",
    default: Some("auto"),
    example: "json",
    ..Variable::PLAIN
};

/// Time to finish at shutdown.
pub const SHUTDOWN_GRACE_S: Variable = Variable {
    name: "SHUTDOWN_GRACE_S",
    doc: "Seconds that commands under way get to finish after SIGTERM. Closing the rest takes up to 30 s more: \
          let your supervisor wait longer than both together.",
    accepted: "a whole number from 0 to 600",
    default: Some("10"),
    example: "10",
    ..Variable::PLAIN
};

/// Where local files are kept.
pub const DATA_DIR: Variable = Variable {
    name: "DATA_DIR",
    doc: "Folder for files that Troupe keeps on this machine, the private database among them. Started as root, \
          where the database's user can't reach the default folder, Troupe keeps the database below \
          `/var/lib/troupe` and leaves a link to it.",
    accepted: "a path",
    default: Some("data"),
    example: "/var/lib/troupe",
    ..Variable::PLAIN
};

/// Bound of a process's file of waiting writes.
pub const QUEUE_FILE_BYTES: Variable = Variable {
    name: "QUEUE_FILE_BYTES",
    doc: "Most bytes of the file in `DATA_DIR/queue` in which each process keeps durable writes while PostgreSQL is away. \
          When it is full and Redis is away too, members are told that their change is not saved.",
    accepted: "a whole number from 1048576 (1 MiB) to 1073741824 (1 GiB)",
    default: Some("67108864"),
    example: "67108864",
    ..Variable::PLAIN
};

/// A clock to follow.
pub const CLOCK_URL: Variable = Variable {
    name: "CLOCK_URL",
    doc: "For local play: an address on this machine that tells the time, such as a local Discord's. Days, limits and \
          moments go by it. Not set: this machine's own time, as a bot on Discord needs it.",
    accepted: "an http:// address on this machine itself, such as http://127.0.0.1:7171/_sandbox/clock",
    example: "http://127.0.0.1:7171/_sandbox/clock",
    ..Variable::PLAIN
};

/// This section, as documented.
pub const SECTION: Section = Section {
    title: "Operation",
    variables: &[
        &ENVIRONMENT,
        &HTTP_ADDR,
        &AVATAR_BASE_URL,
        &RUST_LOG,
        &LOG_FORMAT,
        &SHUTDOWN_GRACE_S,
        &DATA_DIR,
        &QUEUE_FILE_BYTES,
        &CLOCK_URL,
    ],
};

/// Which installation this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// A developer's machine.
    Development,
    /// A rehearsal.
    Staging,
    /// The real thing.
    Production,
}

impl Environment {
    /// The prefix that Redis keys get.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::Development => "app:",
            Self::Staging => "stg:",
            Self::Production => "prod:",
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    fn parse(value: &str) -> Parsed<Self> {
        match value.to_ascii_lowercase().as_str() {
            "development" => Ok(Self::Development),
            "staging" => Ok(Self::Staging),
            "production" => Ok(Self::Production),
            _ => Err("is not an environment"),
        }
    }
}

/// How logs look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// [`LogFormat::Human`] in a terminal, [`LogFormat::Json`] elsewhere.
    Auto,
    /// Coloured lines for a reader.
    Human,
    /// One JSON object a line.
    Json,
}

/// The operation section. The log filter is a live value: see [`super::LiveSettings`].
#[derive(Debug, Clone)]
pub struct OpsSettings {
    /// Which installation this is.
    pub environment: Environment,
    /// Address of the ops server; `None` when it is off.
    pub http_addr: Option<SocketAddr>,
    /// Where Discord finds the characters' pictures, if anywhere.
    pub avatar_base_url: Option<BaseUrl>,
    /// How logs look.
    pub log_format: LogFormat,
    /// Time for commands under way to finish at shutdown.
    pub shutdown_grace: Duration,
    /// Folder for local files.
    pub data_dir: PathBuf,
    /// Whether someone chose that folder, so that its files belong nowhere else.
    pub data_dir_chosen: bool,
    /// Bound of a process's file of waiting writes, in bytes.
    pub queue_file_bytes: u64,
    /// The clock that is followed in place of this machine's, if any.
    pub clock_url: Option<BaseUrl>,
}

impl OpsSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            environment: reader.or_default(&ENVIRONMENT, Environment::parse),
            http_addr: reader.or_default(&HTTP_ADDR, parse_address),
            avatar_base_url: reader.optional(&AVATAR_BASE_URL, BaseUrl::parse),
            log_format: reader.or_default(&LOG_FORMAT, parse_format),
            shutdown_grace: reader.or_default(&SHUTDOWN_GRACE_S, parse_grace),
            data_dir: reader.or_default(&DATA_DIR, |value| Ok(PathBuf::from(value))),
            data_dir_chosen: reader.optional(&DATA_DIR, |_| Ok(())).is_some(),
            queue_file_bytes: reader.or_default(&QUEUE_FILE_BYTES, parse_queue_bytes),
            clock_url: reader.optional(&CLOCK_URL, parse_clock),
        }
    }
}

pub(super) fn read_log_filter(reader: &mut Reader<'_>) -> String {
    reader.or_default(&RUST_LOG, |value| match EnvFilter::builder().parse(value) {
        Ok(_) => Ok(value.to_owned()),
        Err(_) => Err("is not a log filter"),
    })
}

fn parse_address(value: &str) -> Parsed<Option<SocketAddr>> {
    if value.eq_ignore_ascii_case("off") {
        return Ok(None);
    }
    value.parse().map(Some).map_err(|_| "is not an address and a port")
}

fn parse_format(value: &str) -> Parsed<LogFormat> {
    match value.to_ascii_lowercase().as_str() {
        "auto" => Ok(LogFormat::Auto),
        "human" => Ok(LogFormat::Human),
        "json" => Ok(LogFormat::Json),
        _ => Err("is not a log format"),
    }
}

fn parse_clock(value: &str) -> Parsed<BaseUrl> {
    let url = BaseUrl::parse(value)?;
    if !url.is_loopback() {
        return Err("is not on this machine");
    }
    // What is on this machine needs no certificate, and none is looked for.
    if !url.as_str().starts_with("http://") {
        return Err("does not start with http://");
    }
    Ok(url)
}

fn parse_grace(value: &str) -> Parsed<Duration> {
    match value.parse::<u64>() {
        Ok(seconds) if seconds <= 600 => Ok(Duration::from_secs(seconds)),
        _ => Err("is not a number of seconds in that range"),
    }
}

fn parse_queue_bytes(value: &str) -> Parsed<u64> {
    match value.parse() {
        Ok(bytes) if (1 << 20..=1 << 30).contains(&bytes) => Ok(bytes),
        _ => Err("is not a number of bytes in that range"),
    }
}
