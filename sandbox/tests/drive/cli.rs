//! The command line, as a program of its own.

use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;
use troupe_sandbox::drive::Discord;

/// How long anything here may take.
const WITHIN: Duration = Duration::from_secs(30);

/// A sandbox in a process of its own, and what it told at its start.
struct Served {
    child: Child,
    url: String,
    told: String,
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_troupe-sandbox"));
    command
        .kill_on_drop(true)
        .stdin(Stdio::null())
        .env_remove("TROUPE_SANDBOX_URL")
        .env_remove("RUST_LOG")
        .env_remove("CLOCK_URL");
    command
}

async fn run(arguments: &[&str]) -> Output {
    timeout(WITHIN, program().args(arguments).output()).await.unwrap().unwrap()
}

impl Served {
    async fn start(arguments: &[&str]) -> Self {
        let mut command = program();
        command.args(["serve", "--port", "0"]).args(arguments).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut told = String::new();
        while !told.contains("No model is configured") {
            let line = timeout(WITHIN, lines.next_line()).await.unwrap().unwrap();
            told += &line.unwrap_or_else(|| panic!("it ended: {told}"));
            told.push('\n');
        }
        let url = told.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
        Self { child, url, told }
    }

    async fn drive(&self, arguments: &[&str]) -> Output {
        run(&[&["drive", "--url", &self.url], arguments].concat()).await
    }

    /// Drives what must work, and gives its JSON.
    async fn json(&self, arguments: &[&str]) -> Value {
        let output = self.drive(arguments).await;
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stdout)))
    }

    /// Drives what must be refused, and gives the sentence.
    async fn refused(&self, arguments: &[&str], code: i32) -> String {
        let output = self.drive(arguments).await;
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stdout));
        text(&output.stderr)
    }

    async fn signal(mut self, name: &str) -> i32 {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args([name, &id]).status().await.unwrap().success());
        timeout(WITHIN, self.child.wait()).await.unwrap().unwrap().code().unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    folder.join(format!("{}-{name}", std::process::id()))
}

#[tokio::test]
async fn a_sandbox_is_served_driven_and_stopped() {
    let (ca, seed) = (scratch("ca.pem"), scratch("seed.json"));
    std::fs::write(&seed, r#"[{"method": "POST", "path": "/users", "body": {"name": "Zoe"}}]"#).unwrap();
    let (ca_file, seed_file) = (ca.display().to_string(), seed.display().to_string());
    let served = Served::start(&[
        "--token",
        "abc.def",
        "--no-rule",
        "route-limits",
        "--intent",
        "message_content",
        "--ca-file",
        &ca_file,
        "--seed",
        &seed_file,
    ])
    .await;
    assert!(served.told.contains("bot token  abc.def"), "{}", served.told);
    assert!(served.told.contains("These rules are off: route-limits."), "{}", served.told);
    assert!(std::fs::read_to_string(&ca).unwrap().contains("BEGIN CERTIFICATE"));

    let state = served.json(&["state"]).await;
    assert_eq!(state["apps"][0]["token"], "abc.def");
    assert!(state["users"].as_array().unwrap().iter().any(|user| user["name"] == "Zoe"));
    served.json(&["say", "Hello there", "--as", "Mia", "--in", "stage"]).await;
    let seen = served.json(&["messages", "--in", "stage"]).await;
    assert_eq!(seen[0]["content"], "Hello there");
    served.json(&["react", "last", "👏", "--in", "stage"]).await;
    assert_eq!(served.json(&["rules"]).await["route-limits"], false);
    assert_eq!(served.json(&["rules", "route-limits", "on"]).await["on"], true);
    let before = served.json(&["clock"]).await["clock_ms"].as_u64().unwrap();
    let after = served.json(&["clock", "--advance", "15m"]).await["clock_ms"].as_u64().unwrap();
    assert!(after >= before + 900_000);
    served.json(&["faults", "add", r#"{"effect": {"kind": "latency", "ms": 1}}"#]).await;
    assert_eq!(served.json(&["faults"]).await[0]["id"], 1);
    served.json(&["faults", "clear"]).await;
    served.json(&["limits", "POST", "/channels/{}/messages", "--limit", "9", "--window", "1s"]).await;
    served.json(&["gateway", "zombie", "on", "--shard", "0"]).await;
    assert_eq!(served.json(&["gateway", "drop"]).await["reached"], 0);
    served.json(&["join", "Kim", "--new", "--role", "Admin"]).await;
    served.json(&["install", "--user", "Kim"]).await;
    served.json(&["model", "script", r#"{"text": "Hi!"}"#]).await;
    assert_eq!(served.json(&["model"]).await["scripts"][0]["text"], "Hi!");
    served.json(&["call", "POST", "/direct", r#"{"users": ["Max", "Mia"]}"#]).await;
    assert_eq!(served.json(&["report"]).await["violations"], 0);
    assert!(
        Discord::at(&served.url)
            .await
            .unwrap()
            .member("Mia")
            .in_channel("stage")
            .reads("Hello")
            .await
            .is_ok()
    );
    assert_eq!(served.signal("-TERM").await, 0);
    std::fs::remove_file(ca).unwrap();
    std::fs::remove_file(seed).unwrap();
}

#[tokio::test]
async fn refusals_have_a_sentence_and_a_code() {
    let served = Served::start(&[]).await;
    for (arguments, code, sentence) in [
        (&["slash", "talk"][..], 1, "error: no command \"talk\" shows up here"),
        (&["say", "hi", "--as", "Nobody"], 1, "there is no user \"Nobody\""),
        (&["wait-ready", "--timeout", "10"], 1, "0 of 1 shards"),
        (&["load", "talk"], 1, "no command"),
        (&["submit", "12", "-f", "a=b"], 1, "no interaction 12"),
        (&["model", "script", "{\"txt\": 1}"], 1, "txt"),
        (&["clock", "--advance", "3"], 2, "500ms, 3s, 15m, 2h or 7d"),
        (&["slash", "talk", "-o", "message"], 2, "NAME=VALUE"),
        (&["faults", "add", "{"], 2, "not JSON"),
        (&["install"], 2, "--guild"),
        (&["rules", "route-limits", "perhaps"], 2, "perhaps"),
        (&["juggle"], 2, "juggle"),
    ] {
        let told = served.refused(arguments, code).await;
        assert!(told.contains(sentence), "{arguments:?}: {told}");
    }
    assert_eq!(served.signal("-INT").await, 0);
}

#[tokio::test]
async fn what_cannot_be_served_is_told() {
    let served = Served::start(&["--empty"]).await;
    assert!(!served.told.contains("bot token"), "{}", served.told);
    let port = served.url.rsplit_once(':').unwrap().1.to_owned();
    for (arguments, code, sentence) in [
        (&["serve", "--port", &port][..], 1, "in use"),
        (&["serve", "--port", "0", "--openapi", "/nowhere.json"], 1, "/nowhere.json"),
        (&["serve", "--port", "0", "--seed", "/nowhere.json"], 1, "can't read /nowhere.json"),
        (&["serve", "--port", "0", "--ca-file", "/nowhere/ca.pem"], 1, "can't write /nowhere/ca.pem"),
        (&["serve", "--no-rule", "gravity"], 2, "acknowledge-in-3s"),
        (&["serve", "--intent", "telepathy"], 2, "message_content"),
        (&["serve", "--token", "a b"], 2, "no spaces"),
        (&["drive", "--url", "http://127.0.0.1:1", "state"], 1, "troupe-sandbox serve"),
        (&[], 2, "Usage"),
    ] {
        let output = run(arguments).await;
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(sentence), "{arguments:?}: {told}");
    }
}

#[tokio::test]
async fn a_bot_beside_the_sandbox_finds_it_and_ends_with_it() {
    let told = scratch("told");
    let script = "trap 'echo ended >>\"$0\"; exit 0' TERM; echo \"$DISCORD_API_URL $DISCORD_TOKEN $CLOCK_URL $OPENAI_BASE_URL\" >\"$0\"; \
        while :; do sleep 0.05; done";
    let path = told.display().to_string();
    let served = Served::start(&["--with-model", "--", "sh", "-c", script, &path]).await;
    assert_eq!(served.told.matches("http://").count(), 1, "one address: {}", served.told);
    let token = served.json(&["state"]).await["apps"][0]["token"].as_str().unwrap().to_owned();
    let expected = format!("{0} {token} {0}/_sandbox/clock {0}/v1\n", served.url);
    let written = async {
        while std::fs::read_to_string(&told).unwrap_or_default() != expected {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(WITHIN, written).await.unwrap();
    assert_eq!(served.signal("-TERM").await, 0);
    assert_eq!(std::fs::read_to_string(&told).unwrap(), format!("{expected}ended\n"));
    std::fs::remove_file(told).unwrap();

    let failed = run(&["serve", "--port", "0", "--", "sh", "-c", "exit 3"]).await;
    assert_eq!(failed.status.code(), Some(1));
    assert!(text(&failed.stderr).contains("the bot ended: exit status: 3"), "{}", text(&failed.stderr));
    let nothing = run(&["serve", "--port", "0", "--", "/nowhere/bot"]).await;
    assert!(text(&nothing.stderr).contains("can't start /nowhere/bot"), "{}", text(&nothing.stderr));
}
