//! A program that a bot needs: it prints the address of a store, and keeps the store until it is asked to stop.

use std::collections::VecDeque;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use secrecy::{ExposeSecret as _, SecretString};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout};
use tokio::task::JoinSet;
use troupe_sandbox::links::StoreUrl;

use super::plan::Command;
use crate::cli::process;

/// How long a service has to print its address.
const ADDRESS_BOUND: Duration = Duration::from_secs(60);
/// How long a service has to stop once it was asked to.
const STOP_BOUND: Duration = Duration::from_secs(20);
/// How long to wait for the last words of a service that ended.
const LAST_WORDS_BOUND: Duration = Duration::from_secs(1);
/// The longest line that is taken whole, in bytes.
const LONGEST_LINE: u64 = 4_096;
/// How many of its last lines are told when it fails.
const LAST_LINES: usize = 8;

/// A running service. Stop it: dropped, it is killed.
#[derive(Debug)]
pub(super) struct Service {
    name: String,
    child: Child,
    /// Until the address was read.
    output: Option<BufReader<ChildStdout>>,
    said: Said,
    /// They read what the service writes, so that it never waits for a reader.
    readers: JoinSet<()>,
    /// Where its files are, for one that was given a folder.
    _folder: Option<TempDir>,
}

/// Its last lines.
#[derive(Clone, Debug, Default)]
struct Said(Arc<Mutex<VecDeque<String>>>);

impl Service {
    /// Starts `command`. What it writes to standard error is passed on, a line at a time, under its name.
    pub(super) fn start(name: &str, command: &Command) -> Result<Self, String> {
        let (program, arguments) = command.0.split_first().expect("a plan has no empty commands");
        let mut child = tokio::process::Command::new(program);
        child.args(arguments);
        let mut this = Self::spawn(name, child, None)?;
        this.output = this.child.stdout.take().map(BufReader::new);
        let errors = this.child.stderr.take().expect("it is piped");
        this.readers.spawn(listen(errors, this.said.clone(), Some(name.to_owned())));
        Ok(this)
    }

    /// Starts a program that prints no address, and whose words are told only when it fails.
    pub(super) fn quiet(
        name: &str,
        command: tokio::process::Command,
        folder: TempDir,
    ) -> Result<Self, String> {
        let mut this = Self::spawn(name, command, Some(folder))?;
        let (output, errors) = (this.child.stdout.take(), this.child.stderr.take());
        this.readers.spawn(listen(output.expect("it is piped"), this.said.clone(), None));
        this.readers.spawn(listen(errors.expect("it is piped"), this.said.clone(), None));
        Ok(this)
    }

    fn spawn(
        name: &str,
        mut command: tokio::process::Command,
        folder: Option<TempDir>,
    ) -> Result<Self, String> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A group of its own: Ctrl-C in a terminal is for the sandbox, which stops the bot first.
            .process_group(0)
            .kill_on_drop(true);
        let child = command.spawn().map_err(|error| {
            let program = command.as_std().get_program().to_string_lossy();
            format!("can't start {program} for {name}: {error}")
        })?;
        Ok(Self {
            name: name.to_owned(),
            child,
            output: None,
            said: Said::default(),
            readers: JoinSet::new(),
            _folder: folder,
        })
    }

    /// The address that it prints as its first line.
    pub(super) async fn address(&mut self) -> Result<StoreUrl, String> {
        let mut output = self.output.take().ok_or("a service's address is read once")?;
        let line = match tokio::time::timeout(ADDRESS_BOUND, first_line(&mut output)).await {
            Ok(Some(line)) => line,
            Ok(None) => return Err(self.closed().await),
            Err(_) => {
                let (name, bound) = (&self.name, ADDRESS_BOUND.as_secs());
                return Err(format!(
                    "the service for {name} printed no address within {bound} s{}",
                    self.said
                ));
            }
        };
        self.readers.spawn(listen(output, Said::default(), None));
        super::parsed(&self.name, line.expose_secret())
    }

    /// What to say when it has closed its standard output without a line: most have ended.
    async fn closed(&mut self) -> String {
        match tokio::time::timeout(LAST_WORDS_BOUND, self.ended()).await {
            Ok(ended) => ended,
            Err(_) => format!("the service for {} printed no address{}", self.name, self.said),
        }
    }

    /// Done when it ends by itself, with what to say about it.
    pub(super) async fn ended(&mut self) -> String {
        let status = self.child.wait().await;
        // What it started may keep its outputs open for longer.
        let all_heard = async { while self.readers.join_next().await.is_some() {} };
        let _late = tokio::time::timeout(LAST_WORDS_BOUND, all_heard).await;
        let (name, said) = (&self.name, &self.said);
        match status {
            Ok(status) => format!("the service for {name} ended: {status}{said}"),
            Err(error) => format!("can't wait for the service for {name}: {error}"),
        }
    }

    /// Asks it to stop, waits for it, and kills it when it takes too long.
    pub(super) async fn stop(&mut self) {
        process::stop(&mut self.child, &format!("the service for {}", self.name), STOP_BOUND).await;
    }
}

/// The first line, which may be empty; `None` when there is none.
async fn first_line(output: &mut BufReader<ChildStdout>) -> Option<SecretString> {
    let mut line = Vec::new();
    let length = output.take(LONGEST_LINE).read_until(b'\n', &mut line).await.ok()?;
    (length > 0).then(|| SecretString::from(String::from_utf8_lossy(&line).trim()))
}

/// Reads to the end and keeps the last lines; with a name, passes them on as well.
async fn listen(from: impl AsyncRead + Unpin, said: Said, pass_on_as: Option<String>) {
    let (mut from, mut line) = (BufReader::new(from), Vec::new());
    loop {
        line.clear();
        // A longer line comes in pieces.
        match (&mut from).take(LONGEST_LINE).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end();
        if text.is_empty() {
            continue;
        }
        if let Some(name) = &pass_on_as {
            pass_on(name, text);
        }
        let mut lines = said.0.lock();
        if lines.len() == LAST_LINES {
            lines.pop_front();
        }
        lines.push_back(text.to_owned());
    }
}

fn pass_on(name: &str, line: &str) {
    use std::io::Write as _;
    // Whoever stopped reading is no reason to fail.
    let _unread = writeln!(std::io::stderr().lock(), "[{name}] {line}");
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines = self.0.lock();
        if lines.is_empty() {
            Ok(())
        } else {
            write!(f, "; its last words:\n{}", Vec::from(lines.clone()).join("\n"))
        }
    }
}
