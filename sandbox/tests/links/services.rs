//! What `serve` starts and opens for a bot: links, services, a private Redis; in which order, and how it all ends.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::support::{Echo, eventually, within};

/// How long a whole program may take, one that has to be killed too.
const PATIENCE: Duration = Duration::from_secs(90);

/// A sandbox in a process of its own.
struct Served {
    child: Child,
    url: String,
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_troupe-sandbox"));
    for name in ["TROUPE_SANDBOX_URL", "RUST_LOG", "REDIS_URL", "OTEL_EXPORTER_OTLP_ENDPOINT"] {
        command.env_remove(name);
    }
    command.kill_on_drop(true).stdin(Stdio::null());
    command
}

async fn run(arguments: &[&str]) -> Output {
    timeout(PATIENCE, program().args(arguments).output()).await.unwrap().unwrap()
}

/// Serves what must fail, and gives what it told.
async fn fails(arguments: &[&str]) -> String {
    let output = run(&[&["serve", "--port", "0"], arguments].concat()).await;
    let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{told}");
    told
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Served {
    async fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = program();
        command.args(["serve", "--port", "0"]).args(arguments).envs(environment.iter().copied());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = within(lines.next_line()).await.unwrap().expect("it serves");
            if let Some(url) = line.split_whitespace().find(|word| word.starts_with("http://")) {
                break url.to_owned();
            }
        };
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, url }
    }

    async fn drive(&self, arguments: &[&str]) -> Value {
        let output = run(&[&["drive", "--url", &self.url], arguments].concat()).await;
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    async fn signal(mut self, name: &str) -> Option<i32> {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args([name, &id]).status().await.unwrap().success());
        timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap().code()
    }
}

/// Programs that write down in one file what happens to them.
struct Diary {
    folder: tempfile::TempDir,
}

impl Diary {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("a diary")
    }

    fn read(&self) -> String {
        fs::read_to_string(self.path()).unwrap_or_default()
    }

    async fn says(&self, expected: &str) {
        eventually(expected, || self.read() == expected).await;
    }

    /// A program that writes down its start and its end, says `first`, and runs until it is asked to stop.
    fn program(&self, name: &str, first: &str) -> [String; 3] {
        let diary = shlex::try_quote(self.path().to_str().unwrap()).unwrap().into_owned();
        let script = format!(
            "bye() {{ echo {name} ends >>{diary}; exit 0; }}; trap bye TERM; echo {name} >>{diary}; {first}; \
             while :; do sleep 0.05; done"
        );
        ["sh".to_owned(), "-c".to_owned(), script]
    }

    /// The same as a service.
    fn service(&self, name: &str, variable: &str, first: &str) -> String {
        let command = self.program(name, first);
        format!("{variable}={}", shlex::try_join(command.iter().map(String::as_str)).unwrap())
    }
}

#[tokio::test]
async fn services_come_before_the_bot_and_go_after_it() {
    let (diary, echo) = (Diary::new(), Echo::tcp().await);
    let queue = diary.service("queue", "QUEUE_URL", &format!("echo redis://:secret@{}/1", echo.target));
    let base = diary.service("base", "DATABASE_URL", "echo 'postgres://me@/b?host=%2Fnowhere'; echo more");
    for signal in ["-TERM", "-INT", "-HUP"] {
        let _fresh = fs::remove_file(diary.path());
        let diary_path = diary.path().display().to_string();
        let bot = diary.program("bot", "echo \"$QUEUE_URL $DATABASE_URL $REDIS_URL\" >>\"$0\"");
        let [sh, c, script] = bot.each_ref().map(String::as_str);
        let served = Served::start(
            &[
                "--service",
                &queue,
                "--service",
                &base,
                "--link",
                "REDIS_URL",
                "--",
                sh,
                c,
                script,
                &diary_path,
            ],
            &[("REDIS_URL", "redis://:other-secret@localhost:1/2")],
        )
        .await;
        eventually("the bot runs", || diary.read().lines().count() == 4).await;
        let links = served.drive(&["links"]).await;
        let place = |n: usize| links[n]["address"].as_str().unwrap().to_owned();
        let names: Vec<_> = links.as_array().unwrap().iter().map(|link| &link["name"]).collect();
        assert_eq!(names, ["queue", "postgres", "redis"]);
        assert!(!links.to_string().contains("secret"), "{links}");
        let started = format!(
            "queue\nbase\nbot\nredis://:secret@{}/1 postgres://me@{}/b redis://:other-secret@{}/2\n",
            place(0),
            place(1),
            place(2)
        );
        assert_eq!(diary.read(), started);

        let mut client = TcpStream::connect(place(0)).await.unwrap();
        crate::support::echoes(&mut client, "hello").await;
        assert_eq!(served.drive(&["links", "queue", "off"]).await["mode"], "off");
        crate::support::is_reset(&mut client).await;
        assert_eq!(served.drive(&["links", "queue", "slow", "200ms"]).await["delay_ms"], 200);
        let refused = run(&["drive", "--url", &served.url, "links", "mongo", "up"]).await;
        assert!(text(&refused.stderr).contains("queue, postgres, redis"), "{}", text(&refused.stderr));

        assert_eq!(served.signal(signal).await, Some(0));
        assert_eq!(diary.read(), format!("{started}bot ends\nbase ends\nqueue ends\n"));
    }
}

#[tokio::test]
async fn a_service_that_fails_at_its_start_is_told_and_the_others_end() {
    let diary = Diary::new();
    let first = diary.service("first", "A_URL", "echo redis://localhost:1");
    let [sh, c, script] = diary.program("bot", ":");
    for (second, sentence) in [
        (
            "B_URL=sh -c 'echo reason one >&2; echo reason two >&2; exit 3'",
            "the service for B_URL ended: exit status: 3; its last words:\nreason one\nreason two\n",
        ),
        ("B_URL=sh -c 'echo; sleep 60'", "printed is no address: a link needs an address"),
        ("B_URL=sh -c 'echo secret; sleep 60'", "the service for B_URL printed is no address"),
        (
            "B_URL=echo rediss://:secret@h",
            "the service for B_URL printed is no address: a link forwards no TLS",
        ),
        ("B_URL=/nowhere/base --now", "can't start /nowhere/base for B_URL"),
    ] {
        let _fresh = fs::remove_file(diary.path());
        let told = fails(&["--service", &first, "--service", second, "--", &sh, &c, &script]).await;
        assert!(told.contains(sentence) && !told.contains("secret"), "{told}");
        assert_eq!(diary.read(), "first\nfirst ends\n", "{told}");
    }
}

#[tokio::test]
async fn a_service_that_dies_later_ends_the_play() {
    let diary = Diary::new();
    let stop = diary.folder.path().join("stop");
    let dies = format!(
        "B_URL=sh -c 'echo redis://localhost:1; while [ ! -e {} ]; do sleep 0.05; done; echo worn out >&2; exit 4'",
        stop.display()
    );
    let (first, [sh, c, script]) =
        (diary.service("first", "A_URL", "echo redis://localhost:1"), diary.program("bot", ":"));
    let running = async {
        diary.says("first\nbot\n").await;
        fs::write(&stop, "").unwrap();
    };
    let arguments = ["--service", &first, "--service", &dies, "--", &sh, &c, &script];
    let (told, ()) = tokio::join!(fails(&arguments), running);
    assert!(told.contains("the service for B_URL ended: exit status: 4"), "{told}");
    assert!(told.contains("[B_URL] worn out\n"), "{told}");
    assert_eq!(diary.read(), "first\nbot\nbot ends\nfirst ends\n");

    // When the bot fails, or can't start, services end as well.
    for (bot, sentence) in
        [(&["sh", "-c", "exit 5"][..], "the bot ended: exit status: 5"), (&["/nowhere/bot"], "can't start")]
    {
        let _fresh = fs::remove_file(diary.path());
        let told = fails(&[&["--service", &first, "--"], bot].concat()).await;
        assert!(told.contains(sentence), "{told}");
        assert_eq!(diary.read(), "first\nfirst ends\n");
    }
}

#[tokio::test]
async fn a_stop_waits_for_no_address() {
    let diary = Diary::new();
    let (slow, [sh, c, script]) = (diary.service("slow", "A_URL", ":"), diary.program("bot", ":"));
    let served = Served::start(&["--service", &slow, "--", &sh, &c, &script], &[]).await;
    diary.says("slow\n").await;
    assert_eq!(served.signal("-INT").await, Some(0));
    assert_eq!(diary.read(), "slow\nslow ends\n");
}

#[tokio::test]
async fn a_service_that_does_not_stop_is_killed_with_what_it_started() {
    let diary = Diary::new();
    let alive = diary.folder.path().join("alive");
    let stubborn = format!(
        "A_URL=sh -c \"trap '' TERM; (while :; do date +%N >{0}; sleep 0.05; done) & echo redis://localhost:1; wait; sleep 600\"",
        alive.display()
    );
    let [sh, c, script] = diary.program("bot", ":");
    let served = Served::start(&["--service", &stubborn, "--", &sh, &c, &script], &[]).await;
    diary.says("bot\n").await;
    eventually("it works", || alive.exists()).await;
    assert_eq!(served.signal("-TERM").await, Some(0));
    fs::remove_file(&alive).unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!alive.exists(), "a child of the service lives");
}

#[tokio::test]
async fn a_private_redis_comes_and_goes_with_the_bot() {
    let diary = Diary::new();
    let temporary = diary.folder.path().display().to_string();
    let diary_path = diary.path().display().to_string();
    let [sh, c, script] = diary.program("bot", "echo \"$REDIS_URL $OTEL_EXPORTER_OTLP_ENDPOINT\" >>\"$0\"");
    let served = Served::start(
        &["--with-redis", "--", &sh, &c, &script, &diary_path],
        &[("TMPDIR", &temporary), ("REDIS_URL", "redis://overridden")],
    )
    .await;
    eventually("the bot runs", || diary.read().lines().count() == 2).await;
    let redis = served.drive(&["links"]).await[0].clone();
    let place = redis["address"].as_str().unwrap();
    assert_eq!(diary.read(), format!("bot\nredis://{place} {}\n", served.url));
    let mut client = TcpStream::connect(place).await.unwrap();
    client.write_all(b"SET a b\r\nGET a\r\nCONFIG GET save\r\n").await.unwrap();
    let expected = "+OK\r\n$1\r\nb\r\n*2\r\n$4\r\nsave\r\n$0\r\n\r\n";
    let mut answer = vec![0; expected.len()];
    within(client.read_exact(&mut answer)).await.unwrap();
    assert_eq!(text(&answer), expected);

    let socket = PathBuf::from(redis["target"].as_str().unwrap().strip_prefix("unix:").unwrap());
    assert!(socket.starts_with(&temporary) && socket.exists());
    let folder = fs::metadata(socket.parent().unwrap()).unwrap();
    assert_eq!(folder.permissions().mode() & 0o777, 0o700, "nobody else enters");
    assert_eq!(served.signal("-TERM").await, Some(0));
    assert!(!socket.parent().unwrap().exists(), "its folder is gone");

    let (bin, nothing) = (Path::new("/bin/sh").display().to_string(), diary.folder.path().join("nothing"));
    let mut command = program();
    command.args(["serve", "--port", "0", "--with-redis", "--", &bin, "-c", "exit 0"]).env("PATH", nothing);
    let output = timeout(PATIENCE, command.output()).await.unwrap().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("redis-server is not installed"), "{}", text(&output.stderr));
}

#[tokio::test]
async fn what_is_wrong_is_told_before_anything_starts() {
    for (arguments, sentence) in [
        (&["--link", "redis://:secret@h"][..], "--link takes NAME=URL"),
        (&["--link", "A_URL=redis://:secret@h:x"], "--link A_URL: the address has a port"),
        (&["--link", "REDIS_URL"], "REDIS_URL is not set here"),
        (&["--with-redis", "--link", "REDIS_URL=redis://h", "--", "true"], "REDIS_URL is given twice"),
        (&["--service", "A_URL='secret", "--", "true"], "a quote that is not closed"),
    ] {
        let told = fails(arguments).await;
        assert!(told.contains(sentence), "{told}");
        assert!(!told.contains("secret") && !told.contains("running"), "{told}");
    }
    let output = run(&["serve", "--service", "A_URL=x --password secret"]).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(!text(&output.stderr).contains("secret"), "{}", text(&output.stderr));
}
