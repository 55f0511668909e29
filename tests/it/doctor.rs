//! The doctor against real private servers, well and ill, and never a secret in what it says.

use ::redis::cmd;
use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use diesel_async::SimpleAsyncConnection;
use serde_json::json;
use troupe::{
    cold::{
        self,
        migrations::{Direction, migrate},
    },
    doctor::{Level, Report, examine},
};
use troupe_sandbox::drive::{LocalDiscord, Units as _};

use crate::support::{
    Server,
    discord::{self, Answers, TOKEN},
    free_port, loaded,
    postgres::{self, Postgres},
    program,
    redis::{self, Redis},
};

const KEY: &str = "sk-model-key-nobody-may-see";

/// No text that the doctor can give out has any secret of these tests in it.
fn assert_discreet(text: &str) {
    for secret in
        [TOKEN, "secret-part", postgres::PASSWORD, redis::PASSWORD, KEY, "wrong-password", "wrong.token"]
    {
        assert!(!text.contains(secret), "{secret} in:\n{text}");
    }
}

async fn diagnose(pairs: &[(&str, &str)]) -> Report {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path().display().to_string();
    let mut all = vec![("HTTP_ADDR", "127.0.0.1:0"), ("DATA_DIR", &folder)];
    all.extend(pairs);
    let report = examine(&loaded(&all)).await;
    assert_discreet(&report.to_string());
    assert_discreet(&report.to_json());
    report
}

/// The findings of a check, as `level: message`.
fn said(report: &Report, check: &str) -> String {
    let findings = report.findings.iter().filter(|finding| finding.check == check);
    let lines: Vec<_> = findings.map(|finding| format!("{:?}: {}", finding.level, finding.message)).collect();
    assert!(!lines.is_empty(), "no {check} in:\n{report}");
    lines.join("\n")
}

async fn model(list: serde_json::Value) -> Server {
    Server::start(Router::new().route("/v1/models", get(|| async { Json(list) }))).await
}

#[tokio::test]
async fn a_sound_installation_passes_and_keeps_its_secrets() {
    let (postgres, redis) = (Postgres::start().await, Redis::start().await);
    let discord = discord::start(Answers::default()).await;
    let model = model(json!({"data": [{"id": "gpt-4o-mini"}]})).await;
    let (discord_url, model_url) = (discord.url(), format!("{}/v1", model.url()));
    let (postgres_url, redis_url) = (postgres.url(), redis.url());
    let pairs = [
        ("DISCORD_TOKEN", TOKEN),
        ("DISCORD_API_URL", discord_url.as_str()),
        ("DATABASE_URL", &postgres_url),
        ("REDIS_URL", &redis_url),
        ("OPENAI_API_KEY", KEY),
        ("OPENAI_BASE_URL", &model_url),
        ("HTTP_ADDR", "127.0.0.1:0"),
    ];
    let report = diagnose(&pairs).await;
    assert!(said(&report, "migrations").ends_with(" pending; run `troupe migrate`"), "{report}");
    assert!(!report.healthy());

    migrate(&postgres.secret_url(), Direction::Up).await.expect("up");
    let report = diagnose(&pairs).await;
    assert!(report.findings.iter().all(|finding| finding.level == Level::Ok), "{report}");
    assert!(said(&report, "discord token").contains("Understudy"));
    assert!(said(&report, "intents").contains("Message Content"));

    let output = program::run(&["doctor", "--json"], &pairs).await;
    let told = program::text(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert_discreet(&told);
    let parsed: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(parsed["healthy"], true);
    let checks = |report: &serde_json::Value| -> Vec<String> {
        let findings = report["findings"].as_array().expect("a list");
        findings.iter().map(|finding| finding["check"].as_str().expect("a name").to_owned()).collect()
    };
    let order = [
        "settings",
        "data directory",
        "HTTP_ADDR",
        "discord token",
        "clock",
        "intents",
        "install contexts",
        "gateway",
        "postgres",
        "postgres rights",
        "postgres encryption",
        "migrations",
        "kill switches",
        "redis",
        "redis server",
        "redis memory",
        "redis latency",
        "redis keys",
        "model",
    ];
    assert_eq!(checks(&parsed), order);
    stores_with_faults(&postgres, &redis).await;
}

async fn stores_with_faults(postgres: &Postgres, redis: &Redis) {
    let wrong = postgres.url_as(postgres::USER, "wrong-password", "postgres");
    let report =
        diagnose(&[("DATABASE_URL", &wrong), ("REDIS_URL", &redis.url_with("wrong-password"))]).await;
    assert!(
        said(&report, "postgres").starts_with("Fail: can't connect: password authentication failed"),
        "{report}"
    );
    assert!(said(&report, "redis").starts_with("Fail: "), "{report}");

    let missing = postgres.url_as(postgres::USER, postgres::PASSWORD, "nowhere");
    assert!(said(&diagnose(&[("DATABASE_URL", &missing)]).await, "postgres").contains("does not exist"));

    let mut connection =
        cold::connect(&postgres.secret_url(), std::time::Duration::ZERO).await.expect("a connection");
    let newer = "INSERT INTO __diesel_schema_migrations VALUES ('99990101000000');
                 CREATE ROLE reader LOGIN PASSWORD 'postgres-password-nobody-may-see'";
    connection.batch_execute(newer).await.expect("a newer database");
    let report = diagnose(&[("DATABASE_URL", &postgres.url())]).await;
    assert!(said(&report, "migrations").starts_with("Fail: 1 that this build does not know"), "{report}");
    let reader = postgres.url_as("reader", postgres::PASSWORD, "postgres");
    let report = diagnose(&[("DATABASE_URL", &reader)]).await;
    assert!(
        said(&report, "postgres rights").starts_with("Fail: this user may not create tables"),
        "{report}"
    );
    assert!(said(&report, "migrations").starts_with("Fail: "), "{report}");

    redis.run::<()>(cmd("CONFIG").arg("SET").arg("maxmemory-policy").arg("allkeys-lru")).await;
    let report = diagnose(&[("REDIS_URL", &redis.url())]).await;
    assert!(said(&report, "redis memory").starts_with("Fail: "), "the queue is in danger: {report}");
    keys_with_faults(redis).await;
    redis.run::<()>(cmd("CONFIG").arg("SET").arg("maxmemory").arg("1")).await;
    redis.run::<()>(cmd("CONFIG").arg("SET").arg("maxmemory-policy").arg("noeviction")).await;
    let report = diagnose(&[("REDIS_URL", &redis.url())]).await;
    assert!(said(&report, "redis").starts_with("Fail: "), "a full server: {report}");
}

/// Keys below the prefix that are not what the registry says.
async fn keys_with_faults(redis: &Redis) {
    let url = redis.url();
    let report = diagnose(&[("REDIS_URL", &url)]).await;
    assert_eq!(said(&report, "redis keys"), "Ok: 0 looked at");
    let put = async |line: &str| {
        let mut words = line.split(' ');
        let mut command = cmd(words.next().expect("a command"));
        redis.run::<()>(command.arg(words.collect::<Vec<_>>())).await;
    };
    put("SET app:seen:{1} 1 PX 60000").await;
    put("HSET app:ai:disabled global 1").await;
    assert_eq!(said(&diagnose(&[("REDIS_URL", &url)]).await, "redis keys"), "Ok: 2 looked at");
    put("SET app:seen:{2} 1").await;
    put("SET app:nonsense-\u{1b}[31m:secret-part 1").await;
    put("SET elsewhere:nonsense 1").await;
    let report = diagnose(&[("REDIS_URL", &url)]).await;
    let told = said(&report, "redis keys");
    assert!(told.starts_with("Warn: 4 looked at; without the lifetime"), "{told}");
    assert!(
        told.contains("1 Seen") && told.contains("of no family of this build: 1 nonsense-??31m;"),
        "{told}"
    );
    put("RPUSH app:seen:{3} 1").await;
    put("PEXPIRE app:ai:disabled 60000").await;
    let told = said(&diagnose(&[("REDIS_URL", &url)]).await, "redis keys");
    assert!(told.starts_with("Fail: 5 looked at; of another type"), "{told}");
    assert!(told.contains("must not have: 1 AiDisabled"), "{told}");
}

async fn with_discord(answers: Answers, token: &str) -> Report {
    let discord = discord::start(answers).await;
    diagnose(&[("DISCORD_TOKEN", token), ("DISCORD_API_URL", &discord.url())]).await
}

#[tokio::test]
async fn each_fault_of_discord_has_its_own_advice() {
    let report = with_discord(Answers::default(), "a.wrong.token").await;
    assert!(said(&report, "discord token").contains("refuses DISCORD_TOKEN"), "{report}");
    let refuse = |status| Answers { refuse: Some(status), ..Answers::default() };
    let report = with_discord(refuse(StatusCode::TOO_MANY_REQUESTS), TOKEN).await;
    assert!(said(&report, "discord token").contains("blocks this machine's address"), "{report}");
    let report = with_discord(refuse(StatusCode::BAD_GATEWAY), TOKEN).await;
    assert!(said(&report, "discord token").contains("502"), "{report}");
    let report = with_discord(refuse(StatusCode::NOT_FOUND), TOKEN).await;
    assert!(said(&report, "discord token").contains("does not know this path"), "{report}");

    let date = Some("Tue, 01 Jan 2019 00:00:00 GMT");
    let report = with_discord(Answers { date, ..Answers::default() }, TOKEN).await;
    assert!(said(&report, "clock").starts_with("Warn: this machine's clock"), "{report}");

    let application = json!({"flags": 1 << 18 | 1 << 15, "integration_types_config": {"1": {}}});
    let gateway =
        json!({"shards": 4, "session_start_limit": {"total": 1000, "remaining": 3, "reset_after": 60_001}});
    let report = with_discord(Answers { application, gateway, ..Answers::default() }, TOKEN).await;
    assert!(said(&report, "intents").contains("granted: Server Members, Message Content"), "{report}");
    assert!(said(&report, "install contexts").starts_with("Fail: servers can't install"), "{report}");
    assert!(said(&report, "gateway").contains("too few to start; wait 2 min"), "{report}");
}

#[tokio::test]
async fn nobody_at_home_is_told_for_each_service() {
    let port = free_port();
    let nobody = format!("127.0.0.1:{port}");
    let report = diagnose(&[
        ("DISCORD_TOKEN", TOKEN),
        ("DISCORD_API_URL", &format!("http://{nobody}")),
        ("DATABASE_URL", &format!("postgres://u:{}@{nobody}/d", postgres::PASSWORD)),
        ("REDIS_URL", &format!("redis://:{}@{nobody}", redis::PASSWORD)),
        ("OPENAI_API_KEY", KEY),
        ("OPENAI_BASE_URL", &format!("http://{nobody}/v1")),
    ])
    .await;
    for check in ["discord token", "postgres", "redis", "model"] {
        assert!(said(&report, check).starts_with("Fail: "), "{report}");
    }
    assert!(said(&report, "discord token").contains("can't be reached"), "{report}");
}

/// A server that takes connections and never says a word: every check ends by its own deadline.
#[tokio::test]
async fn a_silent_server_does_not_hold_the_doctor_up() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = silent.local_addr().expect("an address");
    let report = diagnose(&[
        ("DISCORD_TOKEN", TOKEN),
        ("DISCORD_API_URL", &format!("http://{address}")),
        ("DATABASE_URL", &format!("postgres://u:p@{address}/d")),
        ("REDIS_URL", &format!("redis://{address}")),
        ("OPENAI_BASE_URL", &format!("http://{address}/v1")),
    ])
    .await;
    let failed = report.findings.iter().filter(|finding| finding.level == Level::Fail).count();
    assert_eq!(failed, 4, "{report}");
}

#[tokio::test]
async fn each_fault_of_the_model_endpoint_has_its_own_advice() {
    let other = model(json!({"data": [{"id": "another"}]})).await;
    let refusing = Server::start(Router::new().route(
        "/v1/models",
        get(|| async {
            (StatusCode::UNAUTHORIZED, Json(json!({"error": {"message": format!("Incorrect key: {KEY}")}})))
        }),
    ))
    .await;
    let check = async |url: String, key: &str| {
        let report = diagnose(&[("OPENAI_BASE_URL", &url), ("OPENAI_API_KEY", key)]).await;
        said(&report, "model")
    };
    assert!(check(format!("{}/v1", other.url()), KEY).await.contains("does not list gpt-4o-mini"));
    assert!(check(other.url(), KEY).await.contains("most often ends in /v1"));
    assert!(check(format!("{}/v1", refusing.url()), KEY).await.contains("refuses OPENAI_API_KEY"));
    assert!(check(format!("{}/v1", refusing.url()), "").await.contains("wants a key"));
    let report = diagnose(&[]).await;
    assert!(said(&report, "model").starts_with("Warn: not asked"), "{report}");

    // The whole chain is asked, and each is told what is its own.
    let (first, second) = (format!("{}/v1", other.url()), format!("{}/v1", refusing.url()));
    let chain = [
        ("OPENAI_BASE_URL", first.as_str()),
        ("OPENAI_MODEL", "another"),
        ("PRO_MODEL", "better"),
        ("AI_FALLBACK_1_BASE_URL", &second),
        ("AI_FALLBACK_1_MODEL", "x"),
        ("AI_FALLBACK_1_API_KEY", KEY),
    ];
    let told = said(&diagnose(&chain).await, "model");
    assert!(told.contains("does not list better among its 1; check PRO_MODEL"), "{told}");
    assert!(told.contains("refuses AI_FALLBACK_1_API_KEY"), "{told}");
}

#[tokio::test]
async fn the_machine_itself_is_checked() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    // A folder below a file can be made by nobody, not even by root.
    let file = tempfile::NamedTempFile::new().expect("a file");
    let below = file.path().join("data").display().to_string();
    let report = examine(&loaded(&[("HTTP_ADDR", &address), ("DATA_DIR", &below)])).await;
    assert!(
        said(&report, "HTTP_ADDR").starts_with("Fail: ") && said(&report, "HTTP_ADDR").contains("in use"),
        "{report}"
    );
    assert!(said(&report, "data directory").contains("is not a folder"), "{report}");

    let output =
        program::run(&["doctor"], &[("AI_DISABLED", "perhaps"), ("REDIS_URL", "wrong-password")]).await;
    let told = program::text(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("FAIL  settings  AI_DISABLED") && told.contains("FAIL  settings  REDIS_URL"),
        "{told}"
    );
    assert_discreet(&told);
}

#[tokio::test]
async fn a_clock_that_is_followed_is_looked_at() {
    let discord = LocalDiscord::start().await.expect("a local Discord");
    discord.advance(1.hours()).await.expect("pushed");
    let url = format!("{}/_sandbox/clock", discord.url());
    let report = diagnose(&[("CLOCK_URL", &url)]).await;
    assert_eq!(said(&report, "CLOCK_URL"), "Ok: tells the time, 3600 s ahead of this machine's");
    assert!(said(&report, "settings").contains("Warn: CLOCK_URL: "), "{report}");
    let report = diagnose(&[("CLOCK_URL", "http://127.0.0.1:9/clock")]).await;
    let told = said(&report, "CLOCK_URL");
    assert!(told.starts_with("Fail: the clock at CLOCK_URL can't be read: "), "{told}");
    let report = diagnose(&[]).await;
    assert!(report.findings.iter().all(|finding| finding.check != "CLOCK_URL"), "{report}");
}

#[tokio::test]
async fn whoever_takes_traces_is_asked_where_there_is_one() {
    let takes = |headers: HeaderMap| async move {
        if headers.get("x-key").is_some_and(|key| key == KEY) {
            StatusCode::OK
        } else {
            StatusCode::UNAUTHORIZED
        }
    };
    let server = Server::start(Router::new().route("/v1/traces", post(takes))).await;
    let url = server.url();
    let header = format!("x-key={KEY}");
    let with = async |pairs: &[(&str, &str)]| said(&diagnose(pairs).await, "traces");
    let taken = with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &url), ("OTEL_EXPORTER_OTLP_HEADERS", &header)]).await;
    assert!(taken.starts_with("Ok: "), "{taken}");
    let refused = with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &url)]).await;
    assert!(refused.starts_with("Warn: ") && refused.contains("OTEL_EXPORTER_OTLP_HEADERS"), "{refused}");
    let elsewhere = format!("{url}/elsewhere");
    let missing = with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &elsewhere)]).await;
    assert!(missing.starts_with("Warn: ") && missing.contains("404"), "{missing}");
    let away = format!("http://127.0.0.1:{}", free_port().number());
    let away = with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &away)]).await;
    assert!(away.starts_with("Warn: ") && away.contains("can't be reached"), "{away}");
    assert!(!diagnose(&[]).await.findings.iter().any(|finding| finding.check == "traces"));
}
