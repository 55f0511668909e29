//! What there is to see.

use clap::Subcommand;

use super::acts::Until;
use super::call::{Call, segment};

/// What to look at.
#[derive(Debug, Subcommand)]
pub(super) enum Look {
    /// The world: applications with tokens, guilds, users, rules, the time.
    State,
    /// What a member sees in a channel, oldest first.
    Messages {
        /// Whose eyes.
        #[arg(long = "as", value_name = "USER", default_value = "Max")]
        user: String,
        /// Where.
        #[arg(long = "in", value_name = "CHANNEL", default_value = "general")]
        channel: String,
        /// How many at most.
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// Only after this message.
        #[arg(long, value_name = "ID")]
        after: Option<u64>,
    },
    /// Who types in a channel.
    Typing {
        /// Where.
        #[arg(default_value = "general")]
        channel: String,
    },
    /// The commands that show up for a member in a channel.
    Commands {
        /// Whose client.
        #[arg(long = "as", value_name = "USER", default_value = "Max")]
        user: String,
        /// Where.
        #[arg(long = "in", value_name = "CHANNEL", default_value = "general")]
        channel: String,
    },
    /// What became of an interaction.
    Outcome {
        /// The interaction.
        interaction: String,
        /// What to wait for.
        #[arg(long, value_enum, default_value = "now")]
        until: Until,
        /// How long at most, in milliseconds.
        #[arg(long, value_name = "MS")]
        timeout: Option<u64>,
        /// With `--until finished`: how long nothing may have changed, in milliseconds.
        #[arg(long, value_name = "MS")]
        quiet: Option<u64>,
    },
    /// What the bot asked of the API, oldest first.
    Requests {
        /// Only those of routes that the sandbox doesn't know.
        #[arg(long, conflicts_with_all = ["violations", "clear"])]
        unknown: bool,
        /// Only those that violate Discord's OpenAPI file.
        #[arg(long, conflicts_with = "clear")]
        violations: bool,
        /// Forget them all.
        #[arg(long)]
        clear: bool,
        /// Only after this sequence number.
        #[arg(long, value_name = "SEQ")]
        since: Option<u64>,
        /// Only with this method.
        #[arg(long)]
        method: Option<String>,
        /// Only with this text in the path.
        #[arg(long, value_name = "TEXT")]
        path: Option<String>,
        /// Only of this route: /channels/{}/messages; * stands for a segment, ** for several.
        #[arg(long, value_name = "ROUTE")]
        template: Option<String>,
        /// Only with this status.
        #[arg(long)]
        status: Option<u16>,
        /// How many at most, the newest.
        #[arg(long)]
        limit: Option<usize>,
    },
    /// Counts: requests, violations, rate limits, interactions, sessions.
    Report,
    /// Gateway sessions.
    Sessions,
    /// Wait until the bot is connected and has registered its commands.
    WaitReady {
        /// Which bot, if there are several.
        #[arg(long)]
        app: Option<String>,
        /// Commands that it must have, with commas between.
        #[arg(long, value_name = "NAMES")]
        commands: Option<String>,
        /// How many shards.
        #[arg(long)]
        shards: Option<usize>,
        /// How long at most, in milliseconds.
        #[arg(long, value_name = "MS")]
        timeout: Option<u64>,
    },
    /// Follow what happens, a line of JSON each, until the sandbox stops.
    Events,
    /// The test certificate authority.
    Ca,
}

impl Look {
    /// The request for it.
    pub(super) fn call(self) -> Call {
        match self {
            Self::State => Call::get("/state"),
            Self::Messages { user, channel, limit, after } => {
                Call::get(format!("/channels/{}/messages", segment(&channel)))
                    .query("as", Some(user))
                    .query("limit", Some(limit))
                    .query("after", after)
            }
            Self::Typing { channel } => Call::get(format!("/channels/{}/typing", segment(&channel))),
            Self::Commands { user, channel } => {
                Call::get("/commands").query("as", Some(user)).query("channel", Some(channel))
            }
            Self::Outcome { interaction, until, timeout, quiet } => {
                Call::get(format!("/interactions/{}", segment(&interaction)))
                    .query("until", Some(until.word()))
                    .query("timeout_ms", timeout)
                    .query("quiet_ms", quiet)
            }
            Self::Requests { clear: true, .. } => Call::delete("/requests"),
            Self::Requests { unknown: true, .. } => Call::get("/requests/unknown"),
            Self::Requests { violations: true, .. } => Call::get("/requests/violations"),
            Self::Requests { since, method, path, template, status, limit, .. } => Call::get("/requests")
                .query("since", since)
                .query("method", method)
                .query("path", path)
                .query("template", template)
                .query("status", status)
                .query("limit", limit),
            Self::Report => Call::get("/report"),
            Self::Sessions => Call::get("/sessions"),
            Self::WaitReady { app, commands, shards, timeout } => Call::get("/ready")
                .query("app", app)
                .query("commands", commands)
                .query("shards", shards)
                .query("timeout_ms", timeout),
            Self::Events => Call::get("/events"),
            Self::Ca => Call::get("/ca.pem"),
        }
    }
}
