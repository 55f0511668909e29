//! A bot in a process of its own, and what the kernel says about it.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use troupe_sandbox::drive::LocalDiscord;

use crate::Outcome;

/// Which bot.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// `examples/bare.rs`.
    Bare,
    /// The product.
    Troupe,
}

/// A bot that runs until it is dropped.
pub(crate) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to do.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    /// Starts a bot on the local Discord, alone: without stores and without a model.
    pub(crate) fn start(kind: Kind, discord: &LocalDiscord) -> Outcome<Self> {
        // A server that is never there: what is measured is the bot, and not a private database beside it.
        let nowhere = ("DATABASE_URL".to_owned(), "postgres://troupe@127.0.0.1:9/troupe".to_owned());
        Self::start_with(kind, discord, &[nowhere])
    }

    /// Starts a bot on the local Discord, with more settings.
    pub(crate) fn start_with(
        kind: Kind,
        discord: &LocalDiscord,
        settings: &[(String, String)],
    ) -> Outcome<Self> {
        let troupe = PathBuf::from(env!("CARGO_BIN_EXE_troupe"));
        let mut command = match kind {
            Kind::Bare => Command::new(troupe.with_file_name("examples").join("bare")),
            Kind::Troupe => {
                let mut command = Command::new(troupe);
                command.arg("run");
                command
            }
        };
        let child = command
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .current_dir(std::env::temp_dir())
            .env("DISCORD_TOKEN", discord.token())
            .env("DISCORD_API_URL", discord.url())
            .env("HTTP_ADDR", "off")
            .env("OPENAI_API_KEY", "none")
            .env("RUST_LOG", "warn")
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .spawn();
        Ok(Self(
            child.map_err(|error| format!("{kind:?} does not start: {error}; build it with script/bench"))?,
        ))
    }

    /// Processor time used so far, in microseconds.
    pub(crate) fn cpu_us(&self) -> Outcome<u64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id()))?;
        // After the name in parentheses: utime and stime are the 12th and 13th, in ticks of 10 ms.
        let after = stat.rsplit_once(')').ok_or("a stat line without a name")?.1;
        let fields: Vec<&str> = after.split_whitespace().collect();
        let ticks =
            |n: usize| fields.get(n).and_then(|field| field.parse::<u64>().ok()).ok_or("a short stat line");
        Ok((ticks(11)? + ticks(12)?) * 10_000)
    }

    /// Memory in use, in bytes.
    pub(crate) fn rss_bytes(&self) -> Outcome<u64> {
        self.status("VmRSS:")
    }

    /// Memory in use, in MiB.
    pub(crate) fn rss_mib(&self) -> Outcome<f64> {
        Ok(mib(self.rss_bytes()?))
    }

    /// The most memory ever in use, in MiB.
    pub(crate) fn peak_mib(&self) -> Outcome<f64> {
        Ok(mib(self.status("VmHWM:")?))
    }

    fn status(&self, name: &str) -> Outcome<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find(|line| line.starts_with(name)).ok_or("the bot has ended")?;
        let kib: u64 = line.split_whitespace().nth(1).ok_or("a line without a number")?.parse()?;
        Ok(kib * 1024)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rounded figure")]
fn mib(bytes: u64) -> f64 {
    (bytes as f64 / 1_048_576.0 * 10.0).round() / 10.0
}
