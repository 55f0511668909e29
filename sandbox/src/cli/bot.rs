//! A bot that is started with the sandbox, told where it is, and stopped with it.

use std::ffi::OsString;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::process::{Child, Command};
use troupe_sandbox::model;

use super::{process, tell};

/// How long a bot has to stop once it was asked to.
const STOP_BOUND: Duration = Duration::from_secs(30);

/// Where a bot sends its traces, by the OpenTelemetry specification.
const TRACES: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// Where the bot finds the time.
const CLOCK_URL: &str = "CLOCK_URL";

/// A running bot; dropping it kills it.
pub(super) struct Bot(Child);

impl Bot {
    /// Starts `command` with `DISCORD_TOKEN` and `DISCORD_API_URL` set, and the addresses of its `stores`;
    /// `with_model` sets `OPENAI_BASE_URL`, `OPENAI_API_KEY` and `OPENAI_MODEL` too, to the sandbox's own. Traces
    /// go to the sandbox, and the time comes from it, unless they have another place.
    pub(super) fn start(
        command: &[OsString],
        url: &str,
        token: &str,
        with_model: bool,
        stores: &[(String, SecretString)],
    ) -> Result<Option<Self>, String> {
        let Some((program, arguments)) = command.split_first() else { return Ok(None) };
        let mut bot = Command::new(program);
        bot.args(arguments)
            .env("DISCORD_TOKEN", token)
            .env("DISCORD_API_URL", url)
            .envs(stores.iter().map(|(name, address)| (name, address.expose_secret())))
            .stdin(Stdio::null())
            // A group of its own: Ctrl-C in a terminal is for the sandbox, which then stops the bot, once.
            .process_group(0)
            .kill_on_drop(true);
        if std::env::var_os(CLOCK_URL).is_none() {
            bot.env(CLOCK_URL, format!("{url}/_sandbox/clock"));
        }
        if with_model {
            bot.env("OPENAI_BASE_URL", format!("{url}/v1"))
                .env("OPENAI_API_KEY", "understudy")
                .env("OPENAI_MODEL", model::MODEL);
        }
        if std::env::var_os(TRACES).is_none_or(|place| place.is_empty()) {
            bot.env(TRACES, url);
        }
        let child = bot.spawn().map_err(|error| format!("can't start {}: {error}", program.display()))?;
        Ok(Some(Self(child)))
    }

    /// Done when the bot ends by itself, with what to say about it.
    pub(super) async fn ended(&mut self) -> Result<(), String> {
        match self.0.wait().await {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("the bot ended: {status}")),
            Err(error) => Err(format!("can't wait for the bot: {error}")),
        }
    }

    /// Asks the bot to stop, waits for it, and kills it when it takes too long.
    pub(super) async fn stop(mut self) {
        if let Some(status) = process::stop(&mut self.0, "the bot", STOP_BOUND).await {
            say(status);
        }
    }
}

fn say(status: ExitStatus) {
    if !status.success() {
        tell(&format!("the bot ended: {status}"));
    }
}
