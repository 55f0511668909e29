//! The ops server over real HTTP: health, readiness, metrics, limits, and a port that is taken.

use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt as _;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;
use troupe::{
    features::cast::Cast,
    ops::{
        health::Health,
        http::{self, Away, Gallery},
        metrics::Metrics,
    },
};
use uuid::Uuid;

use crate::support::{PATIENCE, program};

/// The recorder is one a process, so one test walks through all that needs it.
#[tokio::test]
async fn health_readiness_metrics_and_limits() {
    let health = Health::new(true, true);
    let metrics = Metrics::install().expect("the first recorder");
    let listener = http::bind("127.0.0.1:0".parse().expect("an address")).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let stop = CancellationToken::new();
    let custom = |id: Uuid, version| {
        let found = (id.as_u128() == 7 && version == 3).then(|| Bytes::from_static(b"a picture"));
        let answer = if id.is_nil() { Err(Away) } else { Ok(found) };
        std::future::ready(answer).boxed()
    };
    let gallery = Gallery { shipped: Cast::shipped().pictures(), custom: Arc::new(custom) };
    let server = tokio::spawn(http::serve(listener, health.clone(), metrics, gallery, stop.clone()));
    let url = |path: &str| format!("http://{address}{path}");

    assert_eq!(program::get(&url("/healthz")).await, (200, "alive\n".to_owned()));
    readiness_follows_health(&health, &url("/readyz")).await;
    metrics_are_prometheus_text(&url("/metrics")).await;
    assert_eq!(program::get(&url("/nothing")).await.0, 404);
    pictures_are_served_by_name_alone(address).await;

    let long = format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "y".repeat(64 * 1024));
    assert!(raw(address, long.as_bytes()).await.starts_with("HTTP/1.1 431"));
    let body = b"POST /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n";
    assert!(raw(address, body).await.starts_with("HTTP/1.1 413"));
    assert!(raw(address, b"nonsense\r\n\r\n").await.starts_with("HTTP/1.1 400"));
    // A head that never ends: the server hangs up by itself. That read ends at all is the proof.
    raw(address, b"GET /healthz HTTP/1.1\r\nhost: ").await;

    stop.cancel();
    tokio::time::timeout(PATIENCE, server).await.expect("it stops").expect("it does not panic");
    assert!(TcpStream::connect(address).await.is_err(), "the port is free again");
}

async fn readiness_follows_health(health: &Health, url: &str) {
    let (status, body) = program::get(url).await;
    let body: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!((status, body["status"].as_str()), (503, Some("not_ready")));
    assert_eq!(body["components"]["gateway"]["state"], "down");
    health.gateway.ready();
    health.postgres.ready();
    health.redis.degraded("no answer within 2 s");
    let (status, body) = program::get(url).await;
    let body: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!((status, body["status"].as_str()), (200, Some("degraded")));
    assert_eq!(body["components"]["redis"]["reason"], "no answer within 2 s");
    assert!(body["components"]["postgres"]["since"].as_str().is_some_and(|since| since.ends_with('Z')));
    health.postgres.down("gone");
    assert_eq!(program::get(url).await.0, 503);
}

async fn metrics_are_prometheus_text(url: &str) {
    let (status, text) = program::get(url).await;
    assert_eq!(status, 200);
    let value = |name: &str| -> f64 {
        let line = text
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap_or_else(|| panic!("no {name} in:\n{text}"));
        line.rsplit(' ').next().and_then(|value| value.parse().ok()).expect("a number")
    };
    assert!(value("process_resident_memory_bytes ") > 1_000_000.0);
    assert!(value("troupe_uptime_seconds ") >= 0.0);
    assert!(value("tokio_alive_tasks ") >= 1.0);
    assert!(
        text.contains(&format!("troupe_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"))),
        "{text}"
    );
    assert!(text.contains("troupe_component_state{component=\"postgres\",state=\"down\"} 1"), "{text}");
    assert!(text.contains("# TYPE troupe_component_state gauge"), "{text}");
}

async fn pictures_are_served_by_name_alone(address: std::net::SocketAddr) {
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    let mira = raw(address, get("/avatars/mira.png?v=1").as_bytes()).await;
    let head = mira.split("\r\n\r\n").next().unwrap_or_default();
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("content-type: image/png"), "{head}");
    assert!(head.contains("cache-control: public, max-age=604800") && mira.contains("IHDR"), "{head}");
    let custom = "/avatars/custom/00000000-0000-0000-0000-000000000007.png";
    let made = raw(address, get(&format!("{custom}?v=3")).as_bytes()).await;
    assert!(made.starts_with("HTTP/1.1 200") && made.ends_with("a picture"), "{made}");
    assert!(made.contains("content-type: image/png") && made.contains("nosniff"), "{made}");
    let away = raw(address, get("/avatars/custom/00000000-0000-0000-0000-000000000000.png").as_bytes()).await;
    assert!(away.starts_with("HTTP/1.1 503"), "{away}");
    for path in [
        custom,
        "/avatars/custom/mira.png",
        "/avatars/custom/",
        "/avatars",
        "/avatars/",
        "/avatars/mira.toml",
        "/avatars/..%2f..%2fCargo.toml",
        "/avatars/../Cargo.toml",
    ] {
        let answer = raw(address, get(path).as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
}

/// Sends bytes and reads all that comes back until the server closes.
async fn raw(address: std::net::SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let exchange = async {
        // The server may hang up on what it refuses before it has read it all.
        let _cut_short = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _reset = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    };
    tokio::time::timeout(PATIENCE, exchange).await.expect("the server closes")
}

#[tokio::test]
async fn a_port_in_use_is_told_by_the_name_of_its_setting() {
    let taken = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = program::run(&["run"], &[("HTTP_ADDR", &address), ("DISCORD_TOKEN", "a.b.c")]).await;
    let told = program::text(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains(&format!("HTTP_ADDR: {address} is in use")), "{told}");
}

#[tokio::test]
async fn the_health_command_answers_for_a_container() {
    let nobody = crate::support::free_port();
    let output = program::run(&["health"], &[("HTTP_ADDR", &format!("127.0.0.1:{nobody}"))]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(program::text(&output).contains("does the bot run?"));
    let off = program::run(&["health"], &[("HTTP_ADDR", "off")]).await;
    assert_eq!(off.status.code(), Some(2));
}
