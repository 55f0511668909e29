//! How clients get in: plainly, as discord.com over TLS, by CONNECT; and how they are shown out.

use std::io::ErrorKind;
use std::sync::Arc;

use futures::{SinkExt, StreamExt};
use reqwest::{Client, Method};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use troupe_sandbox::server::{self, Options};

use crate::support::{BOUND, Local, outcome, read_to_end, through, trusting};

#[tokio::test]
async fn plain_http_is_served() {
    let local = Local::start().await;
    let answer = local.anonymous(Method::GET, "/gateway").send().await.unwrap();
    assert_eq!(outcome(answer).await, (200, json!({"tls": false})));
}

#[tokio::test]
async fn a_client_that_resolves_discord_to_the_sandbox_speaks_tls_with_it() {
    let local = Local::start().await;
    for name in ["discord.com", "canary.discord.com", "gateway.discord.gg", "cdn.discordapp.com", "localhost"]
    {
        let client = trusting(&local).resolve(name, local.running.addr()).build().unwrap();
        let url = format!("https://{name}:{}/api/v10/gateway", local.running.addr().port());
        let answer = client.get(url).send().await.unwrap();
        assert_eq!(outcome(answer).await, (200, json!({"tls": true})), "{name}");
    }
    let strange = trusting(&local).resolve("example.com", local.running.addr()).build().unwrap();
    let url = format!("https://example.com:{}/api/v10/gateway", local.running.addr().port());
    strange.get(url).send().await.unwrap_err();
}

#[tokio::test]
async fn a_client_that_does_not_trust_the_authority_refuses() {
    let local = Local::start().await;
    let client = Client::builder().no_proxy().resolve("discord.com", local.running.addr()).build().unwrap();
    let url = format!("https://discord.com:{}/api/v10/gateway", local.running.addr().port());
    assert!(client.get(url).send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn a_client_with_a_proxy_reaches_discord_unmodified_and_nothing_else() {
    let local = Local::start().await;
    let client = trusting(&local).proxy(through(&local)).build().unwrap();
    let answer = client.get("https://discord.com/api/v10/gateway").send().await.unwrap();
    assert_eq!(outcome(answer).await, (200, json!({"tls": true})));
    // Absolute-form requests, as proxies get them for plain HTTP.
    let answer = client.get("http://discord.com/api/v10/gateway").send().await.unwrap();
    assert_eq!(outcome(answer).await, (200, json!({"tls": false})));
    let refused = client.get("http://example.com/").send().await.unwrap();
    assert_eq!(refused.status(), 403);
    assert!(refused.text().await.unwrap().contains("not for example.com"));
    client.get("https://example.com/").send().await.unwrap_err();

    let mut tcp = local
        .raw("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\nConnection: close\r\n\r\n")
        .await;
    let (text, _) = read_to_end(&mut tcp).await;
    assert!(text.starts_with("HTTP/1.1 403 Forbidden") && text.contains("not for example.com"), "{text}");
}

#[tokio::test]
async fn plain_http_works_within_a_tunnel() {
    let local = Local::start().await;
    let mut tcp = local.raw("CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n").await;
    let mut start = [0; 12];
    tcp.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");
    while !start.ends_with(b"\r\n\r\n") {
        start.rotate_left(1);
        start[11] = tcp.read_u8().await.unwrap();
    }
    let request = b"GET /api/v10/gateway HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    tcp.write_all(request).await.unwrap();
    let (text, _) = read_to_end(&mut tcp).await;
    assert!(text.starts_with("HTTP/1.1 200 OK") && text.ends_with(r#"{"tls":false}"#), "{text}");
}

#[tokio::test]
async fn nonsense_and_endless_heads_are_refused() {
    let local = Local::start().await;
    let mut tcp = local.raw("\u{1}\u{2}nonsense\r\n\r\n").await;
    assert!(read_to_end(&mut tcp).await.0.starts_with("HTTP/1.1 400"));
    let mut tcp = local.raw(&format!("GET / HTTP/1.1\r\nA: {}", "a".repeat(70_000))).await;
    assert!(read_to_end(&mut tcp).await.0.starts_with("HTTP/1.1 431"));
    // What looks like TLS and isn't ends the connection, and only that.
    let mut tcp = local.raw("\u{16}nonsense that is no handshake").await;
    assert!(!read_to_end(&mut tcp).await.0.contains("HTTP"));
    assert_eq!(local.anonymous(Method::GET, "/gateway").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let local = Local::start().await;
    let port = local.running.addr().port();
    let error = server::bind(Options { port, ..Options::default() }).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    assert!(error.to_string().contains(&format!("port {port} of 127.0.0.1: it is in use")), "{error}");
}

#[tokio::test]
async fn a_shutdown_finishes_what_runs_and_closes_what_idles() {
    let local = Local::start().await;
    let addr = local.running.addr();
    local.anonymous(Method::GET, "/gateway").send().await.unwrap().text().await.unwrap();
    let mut silent = local.raw("").await;
    let slow = tokio::spawn(local.anonymous(Method::GET, "/wait").send());
    local.seen.waiting.notified().await;
    let (running, seen) = (local.running, local.seen);
    let shutdown = tokio::spawn(running.shutdown());
    assert_eq!(read_to_end(&mut silent).await.0, "");
    seen.door.notify_one();
    assert_eq!(slow.await.unwrap().unwrap().text().await.unwrap(), "done");
    tokio::time::timeout(BOUND, shutdown).await.unwrap().unwrap();
    let refused = tokio::net::TcpStream::connect(addr).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_ever() {
    let local = Local::start().await;
    let stuck = tokio::spawn(local.anonymous(Method::GET, "/wait").send());
    local.seen.waiting.notified().await;
    tokio::time::timeout(BOUND, local.running.shutdown()).await.unwrap();
    stuck.await.unwrap().unwrap_err();
}

#[tokio::test]
async fn dropping_the_server_closes_every_connection() {
    let local = Local::start().await;
    let mut silent = local.raw("").await;
    let mut tunnel = local.raw("CONNECT discord.com:443 HTTP/1.1\r\nHost: discord.com:443\r\n\r\n").await;
    let mut start = [0; 12];
    tunnel.read_exact(&mut start).await.unwrap();
    assert!(local.running.open_connections() >= 1);
    drop(local.running);
    assert_eq!(read_to_end(&mut silent).await.0, "");
    assert!(!read_to_end(&mut tunnel).await.0.contains("HTTP"));
}

/// Echoes one message in a WebSocket, and another when that one came back.
async fn echo<S: AsyncRead + AsyncWrite + Unpin>(stream: S) -> WebSocketStream<S> {
    let (mut socket, _) =
        tokio_tungstenite::client_async("ws://gateway.discord.gg/echo", stream).await.unwrap();
    for text in ["one", "two"] {
        socket.send(Message::text(text)).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), Message::text(text));
    }
    socket
}

#[tokio::test]
async fn websockets_pass_plain_and_over_tls_and_end_with_the_server() {
    let local = Local::start().await;
    let mut plain = echo(local.raw("").await).await;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(local.running.ca_pem().as_bytes()).unwrap()).unwrap();
    let config =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    let name = "gateway.discord.gg".try_into().unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, local.raw("").await).await.unwrap();
    let mut secure = echo(stream).await;

    assert_eq!(local.running.open_connections(), 2);
    tokio::time::timeout(BOUND, local.running.shutdown()).await.unwrap();
    for end in [plain.next().await, secure.next().await] {
        assert!(!matches!(end, Some(Ok(_))), "{end:?}");
    }
}
