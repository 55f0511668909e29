//! What each mode does, on real sockets.

use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use troupe_sandbox::drive::LocalDiscord;
use troupe_sandbox::links::{Links, MOST_CONNECTIONS, Mode, OpenError, Target};

use crate::support::{BOUND, Echo, client, echoes, eventually, hears, hears_nothing, is_reset, within};

#[tokio::test]
async fn it_forwards_to_ports_and_sockets_and_counts() {
    let folder = tempfile::tempdir().unwrap();
    let links = Links::default();
    for (name, echo) in [("tcp", Echo::tcp().await), ("unix", Echo::unix(&folder.path().join("echo")))] {
        let link = links.open(name, echo.target.clone()).await.unwrap();
        let mut first = client(&link).await;
        echoes(&mut first, "hello").await;
        // More than all buffers on the way hold.
        let (mut reader, mut writer) = client(&link).await.into_split();
        let long = vec![b'x'; 16 << 20];
        let written = tokio::spawn(async move {
            writer.write_all(&long).await.unwrap();
            // Whoever has said all may still listen.
            writer.shutdown().await.unwrap();
        });
        let mut heard = Vec::new();
        within(reader.read_to_end(&mut heard)).await.unwrap();
        written.await.unwrap();
        assert!(heard.len() == (16 << 20) + 3 && heard.ends_with(b"xbye"), "{}", heard.len());
        eventually("the second has ended", || link.counts().open == 1).await;
        let counts = link.counts();
        assert_eq!(
            (counts.connections, counts.bytes_in, counts.bytes_out),
            (2, (16 << 20) + 5, (16 << 20) + 8)
        );
        assert_eq!(echo.taken(), 2);
        drop(first);
        eventually("the first has ended", || link.counts().open == 0).await;
    }
}

#[tokio::test]
async fn off_resets_what_is_open_and_what_comes() {
    let (links, echo) = (Links::default(), Echo::tcp().await);
    let link = links.open("store", echo.target.clone()).await.unwrap();
    let (mut quiet, mut busy) = (client(&link).await, client(&link).await);
    echoes(&mut quiet, "a").await;
    echoes(&mut busy, "b").await;
    link.set(Mode::Off);
    is_reset(&mut quiet).await;
    is_reset(&mut busy).await;
    for _ in 0..20 {
        is_reset(&mut client(&link).await).await;
    }
    eventually("nothing is open", || link.counts().open == 0).await;
    assert_eq!((link.counts().connections, echo.taken()), (22, 2));
    link.set(Mode::Up);
    let mut again = client(&link).await;
    echoes(&mut again, "back").await;
    // However short it was.
    link.set(Mode::Off);
    link.set(Mode::Up);
    is_reset(&mut again).await;
    echoes(&mut client(&link).await, "back").await;
}

#[tokio::test]
async fn hang_keeps_everything_and_says_nothing() {
    let (links, echo) = (Links::default(), Echo::tcp().await);
    let link = links.open("store", echo.target.clone()).await.unwrap();
    let mut open = client(&link).await;
    echoes(&mut open, "before").await;
    link.set(Mode::Hang);
    let before = link.counts();
    let mut new = client(&link).await;
    open.write_all(b"one ").await.unwrap();
    new.write_all(b"new").await.unwrap();
    hears_nothing(&mut open).await;
    hears_nothing(&mut new).await;
    open.write_all(b"two").await.unwrap();
    // Not even that its client left.
    let mut gone = client(&link).await;
    gone.write_all(b"gone").await.unwrap();
    drop(gone);
    eventually("all are taken", || link.counts().open == 3).await;
    assert_eq!((link.counts().bytes_in, echo.taken()), (before.bytes_in, 1));
    link.set(Mode::Up);
    hears(&mut open, "one two").await;
    hears(&mut new, "new").await;
    // What it said before it left was said.
    eventually("the server has heard all", || link.counts().bytes_in == before.bytes_in + 14).await;
    eventually("the one that left is gone", || link.counts().open == 2).await;
    link.set(Mode::Hang);
    link.set(Mode::Off);
    is_reset(&mut open).await;
}

#[tokio::test]
async fn slow_is_late_in_order_and_ends_at_once() {
    let (links, echo) = (Links::default(), Echo::tcp().await);
    let link = links.open("store", echo.target.clone()).await.unwrap();
    let mut client = client(&link).await;
    echoes(&mut client, "before").await;
    let delay = Duration::from_millis(60);
    link.set(Mode::Slow(delay));
    let begun = Instant::now();
    for number in 0..10 {
        client.write_all(&[b'0' + number]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    hears(&mut client, "0123456789").await;
    // There, and back. Nothing is earlier, however fast the machine.
    assert!(begun.elapsed() >= 2 * delay, "{:?}", begun.elapsed());
    link.set(Mode::Slow(3 * BOUND));
    client.write_all(b"held").await.unwrap();
    hears_nothing(&mut client).await;
    link.set(Mode::Up);
    hears(&mut client, "held").await;
}

#[tokio::test]
async fn a_server_that_is_away_or_breaks_is_seen_as_that() {
    let links = Links::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let link = links.open("store", Target::Tcp("localhost".into(), address.port())).await.unwrap();
    let mut open = client(&link).await;
    let (server, _) = within(listener.accept()).await.unwrap();
    server.set_zero_linger().unwrap();
    drop((server, listener));
    is_reset(&mut open).await;
    is_reset(&mut client(&link).await).await;
    let echo = Echo::at(address, TcpListener::bind(address).await.unwrap());
    echoes(&mut client(&link).await, "back").await;
    assert_eq!(echo.taken(), 1);
}

#[tokio::test]
async fn a_sender_waits_when_too_much_is_held() {
    let (links, echo) = (Links::default(), Echo::tcp().await);
    let link = links.open("store", echo.target.clone()).await.unwrap();
    link.set(Mode::Hang);
    let mut client = client(&link).await;
    let chunk = vec![b'x'; 1 << 20];
    let mut sent = 0;
    while let Ok(written) = tokio::time::timeout(Duration::from_secs(1), client.write(&chunk)).await {
        sent += written.unwrap();
        assert!(sent < 256 << 20, "somebody holds all of it");
    }
    link.set(Mode::Up);
    client.shutdown().await.unwrap();
    let mut heard = Vec::new();
    within(client.read_to_end(&mut heard)).await.unwrap();
    assert_eq!(heard.len(), sent + 3);
}

#[tokio::test]
async fn connections_beyond_the_bound_wait_for_their_turn() {
    let files = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: files.maximum, ..files }).unwrap();
    let (links, echo) = (Links::default(), Echo::tcp().await);
    let link = links.open("store", echo.target.clone()).await.unwrap();
    link.set(Mode::Hang);
    let mut clients = Vec::new();
    for _ in 0..MOST_CONNECTIONS {
        clients.push(client(&link).await);
    }
    eventually("all are taken", || link.counts().open == MOST_CONNECTIONS as u64).await;
    let mut late = client(&link).await;
    late.write_all(b"hello").await.unwrap();
    hears_nothing(&mut late).await;
    assert_eq!(link.counts().connections, MOST_CONNECTIONS as u64);
    // None is held for longer than its connection.
    link.set(Mode::Off);
    is_reset(&mut late).await;
    link.set(Mode::Up);
    echoes(&mut client(&link).await, "free").await;
}

#[tokio::test]
async fn names_are_their_own_and_the_end_ends_all() {
    let echo = Echo::tcp().await;
    let links = Links::default();
    let link = links.open("store", echo.target.clone()).await.unwrap();
    assert!(matches!(links.open("store", echo.target.clone()).await, Err(OpenError::Taken(_))));
    for wrong in ["", "Store", "a b", "../a", "é", &"a".repeat(65)] {
        let refused = links.open(wrong, echo.target.clone()).await;
        assert!(matches!(refused, Err(OpenError::Name)), "{wrong:?}");
    }
    let mut open = client(&link).await;
    echoes(&mut open, "hello").await;
    drop(links);
    is_reset(&mut open).await;
    is_closed(link.address()).await;

    for orderly in [true, false] {
        let discord = LocalDiscord::start().await.unwrap();
        let link = discord.sandbox().links.open("store", echo.target.clone()).await.unwrap();
        // Whoever keeps a part of the sandbox keeps no link open.
        let kept = discord.sandbox().clone();
        let mut open = client(&link).await;
        echoes(&mut open, "hello").await;
        if orderly {
            discord.finish().await.unwrap();
        } else {
            drop(discord);
        }
        is_reset(&mut open).await;
        is_closed(link.address()).await;
        drop(kept);
    }
}

async fn is_closed(address: std::net::SocketAddr) {
    let trying = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    within(trying).await;
}
