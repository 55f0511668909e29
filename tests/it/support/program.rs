//! The `troupe` program as a child process, with nothing of the machine's environment.

use std::{
    path::Path,
    process::{Output, Stdio},
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStderr, ChildStdout, Command},
};

use super::PATIENCE;

/// A server that is never there: the program runs all the same. Without any address it would make a private
/// database; tests that want one set DATABASE_URL to nothing.
const NO_DATABASE: &str = "postgres://troupe@127.0.0.1:9/troupe";

fn command(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_troupe"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("DATABASE_URL", NO_DATABASE)
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Runs the program to its end in `folder`.
pub async fn run_in(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    tokio::time::timeout(PATIENCE, command(folder, arguments, environment).output())
        .await
        .expect("the program ends")
        .expect("the program starts")
}

/// Runs the program to its end in an empty folder.
pub async fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    run_in(folder.path(), arguments, environment).await
}

/// Both outputs as one text.
pub fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A program that runs until told to stop, logging JSON.
pub struct Running {
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
    output: Option<Lines<BufReader<ChildStdout>>>,
    pub folder: TempDir,
}

impl Running {
    /// Starts `troupe run` in a folder of its own, with an `.env` file and an environment.
    pub fn start(env_file: &str, environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join(".env"), env_file).expect("an .env file");
        let command = command(folder.path(), &["run"], environment);
        Self::spawn(folder, command)
    }

    /// Starts another command that runs until told to stop, in a folder of its own.
    pub fn start_command(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = command(folder.path(), arguments, environment);
        command.stdout(Stdio::piped());
        Self::spawn(folder, command)
    }

    /// Starts an ignored test of this very binary, by its path, as a process of its own.
    pub fn start_test(path: &str, environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new(std::env::current_exe().expect("the path of this binary"));
        command
            .args(["--exact", path, "--ignored", "--nocapture"])
            .current_dir(folder.path())
            .env_clear()
            .env("DATABASE_URL", NO_DATABASE)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        Self::spawn(folder, command)
    }

    fn spawn(folder: TempDir, mut command: Command) -> Self {
        let mut child =
            command.env("LOG_FORMAT", "json").stderr(Stdio::piped()).spawn().expect("the program starts");
        let log = BufReader::new(child.stderr.take().expect("a piped log")).lines();
        let output = child.stdout.take().map(|output| BufReader::new(output).lines());
        Self { child, log, output, folder }
    }

    /// The next line on standard output, of a command that prints; `None` when there will be no more.
    pub async fn printed(&mut self) -> Option<String> {
        let output = self.output.as_mut().expect("a command that prints");
        let line = tokio::time::timeout(PATIENCE, output.next_line()).await.expect("a line, or the end");
        line.expect("readable output")
    }

    /// Reads the log up to the first line whose message starts with `message`, and returns that line.
    pub async fn logged(&mut self, message: &str) -> Value {
        let search = async {
            let mut seen = Vec::new();
            while let Some(line) = self.log.next_line().await.expect("a readable log") {
                let entry: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line}"));
                if entry["message"].as_str().is_some_and(|text| text.starts_with(message)) {
                    return entry;
                }
                seen.push(line);
            }
            panic!("the log ended without {message:?}:\n{}", seen.join("\n"));
        };
        tokio::time::timeout(PATIENCE, search).await.unwrap_or_else(|_| panic!("never logged: {message}"))
    }

    /// Reads the log to its end, which comes with the program's.
    pub async fn rest_of_log(&mut self) -> Vec<String> {
        let reading = async {
            let mut lines = Vec::new();
            while let Some(line) = self.log.next_line().await.expect("a readable log") {
                lines.push(line);
            }
            lines
        };
        tokio::time::timeout(PATIENCE, reading).await.expect("the log ends")
    }

    /// Address of the ops server, from the log.
    pub async fn address(&mut self) -> String {
        let entry = self.logged("serving /healthz").await;
        entry["address"].as_str().expect("an address").to_owned()
    }

    /// The process's id.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Sends a signal, such as `TERM`.
    pub async fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        let sent = Command::new("kill").args([format!("-{name}"), pid]).status().await.expect("kill runs");
        assert!(sent.success());
    }

    /// Waits for the end and returns the exit code.
    pub async fn ended(&mut self) -> Option<i32> {
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it ends");
        status.expect("it can be waited for").code()
    }
}

/// GET of a path of a server, with status and body.
pub async fn get(url: &str) -> (u16, String) {
    let client =
        reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().expect("a client");
    let answer = client.get(url).send().await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("a body"))
}
