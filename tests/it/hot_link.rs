//! What Redis is used for beside operations: TLS, messages between processes, walks over keys.

use std::collections::BTreeSet;

use ::redis::cmd;
use tokio_util::sync::CancellationToken;
use troupe::{
    config::HotSettings,
    hot::{Address, Clock, HotError, Reason, Redis, Side, pubsub::Heard},
};

use crate::support::{
    eventually,
    hot::{Watched, next},
    loaded,
    redis::{self, Redis as Server, TlsRedis},
};

fn settings(pairs: &[(&str, &str)]) -> HotSettings {
    let mut all = vec![("REDIS_PREFIX", "test")];
    all.extend(pairs);
    loaded(&all).settings.hot
}

fn client(settings: &HotSettings) -> Redis {
    let address = Address::from_settings(settings).expect("sound settings").expect("an address");
    Redis::at(address, &settings.prefix, Clock::System).expect("an address")
}

#[tokio::test]
async fn tls_is_spoken_with_those_that_are_trusted_alone() {
    let server = TlsRedis::start().await;
    let ca_file = server.ca_file.display().to_string();
    let url = server.url("localhost");
    let trusted = client(&settings(&[("REDIS_URL", &url), ("REDIS_CA_FILE", &ca_file)]));
    let watched = Watched::over(trusted.clone());
    watched.returns().await;
    assert!(!trusted.scan("*").await.expect("a walk").is_empty());
    let stop = CancellationToken::new();
    assert_eq!(next(&mut trusted.subscribe("news", &stop)).await, Some(Heard::Missed));

    let told = async |pairs: &[(&str, &str)]| {
        let redis = client(&settings(pairs));
        let error = redis.command("PING").ask::<String>().await.expect_err("not trusted");
        assert_eq!(error.reason(), Some(Reason::Unreachable), "{error}");
        assert!(!error.to_string().contains(redis::PASSWORD), "{error}");
        error.to_string()
    };
    assert!(told(&[("REDIS_URL", &url)]).await.contains("UnknownIssuer"));
    let other_name = server.url("127.0.0.1");
    assert!(
        told(&[("REDIS_URL", &other_name), ("REDIS_CA_FILE", &ca_file)]).await.contains("not valid for name")
    );
}

#[tokio::test]
async fn authorities_that_can_not_be_read_are_named() {
    let url = ("REDIS_URL", "rediss://localhost");
    let missing = settings(&[url, ("REDIS_CA_FILE", "/nowhere/ca.pem")]);
    let error = Address::from_settings(&missing).expect_err("no such file").to_string();
    assert!(error.starts_with("REDIS_CA_FILE can't be used: /nowhere/ca.pem: "), "{error}");
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "-----BEGIN CERTIFICATE-----\nnonsense\n").expect("written");
    let broken = settings(&[url, ("REDIS_CA_FILE", &file.path().display().to_string())]);
    assert!(matches!(Address::from_settings(&broken), Err(HotError::Authorities(_))));
}

#[tokio::test]
async fn messages_are_heard_and_gaps_are_told() {
    let mut server = Server::start().await;
    let redis = Redis::new(&server.secret_url(), "test:", Clock::System).expect("an address");
    let stop = CancellationToken::new();
    let mut subscription = redis.subscribe("news", &stop);
    assert_eq!(next(&mut subscription).await, Some(Heard::Missed), "the first connect");
    let mut other_namespace = Redis::new(&server.secret_url(), "other:", Clock::System)
        .expect("an address")
        .subscribe("news", &stop);
    assert_eq!(next(&mut other_namespace).await, Some(Heard::Missed));
    for number in 0..100 {
        redis.publish("news", &number.to_string()).await.expect("published");
    }
    for number in 0..100 {
        assert_eq!(next(&mut subscription).await, Some(Heard::Message(number.to_string())), "in order");
    }

    let closed: i64 = server.run(cmd("CLIENT").arg("KILL").arg("TYPE").arg("pubsub")).await;
    assert_eq!(closed, 2);
    assert_eq!(next(&mut subscription).await, Some(Heard::Missed), "a new connection");
    assert_eq!(next(&mut other_namespace).await, Some(Heard::Missed), "and no message of another namespace");
    redis.publish("news", "after the gap").await.expect("published");
    assert_eq!(next(&mut subscription).await, Some(Heard::Message("after the gap".to_owned())));

    server.signal("STOP");
    server.kill();
    server.restart().await;
    assert_eq!(next(&mut subscription).await, Some(Heard::Missed), "a new server");
    eventually("publishing works again", || async { redis.publish("news", "back").await.ok() }).await;
    assert_eq!(next(&mut subscription).await, Some(Heard::Message("back".to_owned())));

    assert_eq!(next(&mut other_namespace).await, Some(Heard::Missed), "and no message of another namespace");
    stop.cancel();
    assert_eq!(next(&mut subscription).await, None);
}

/// More messages than wait for a listener.
const MANY: usize = 3_000;

#[tokio::test]
async fn a_slow_listener_is_told_that_it_missed_some() {
    let server = Server::start().await;
    let redis = Redis::new(&server.secret_url(), "test:", Clock::System).expect("an address");
    let stop = CancellationToken::new();
    let mut slow = redis.subscribe("news", &stop);
    let mut quick = redis.subscribe("news", &stop);
    assert_eq!(next(&mut quick).await, Some(Heard::Missed));
    assert_eq!(next(&mut slow).await, Some(Heard::Missed));
    for number in 0..MANY {
        redis.publish("news", &number.to_string()).await.expect("published");
        assert_eq!(next(&mut quick).await, Some(Heard::Message(number.to_string())));
    }
    let mut heard = 0;
    while next(&mut slow).await.expect("it goes on") != Heard::Missed {
        heard += 1;
    }
    assert!(heard < MANY, "all {MANY} were kept for a listener that did not listen");
}

#[tokio::test]
async fn a_subscription_that_is_dropped_leaves_no_connection_behind() {
    let server = Server::start().await;
    let redis = Redis::new(&server.secret_url(), "test:", Clock::System).expect("an address");
    let stop = CancellationToken::new();
    let mut subscription = redis.subscribe("news", &stop);
    next(&mut subscription).await;
    drop(subscription);
    eventually("nobody listens", || async {
        let clients: String = server.run(cmd("CLIENT").arg("LIST").arg("TYPE").arg("pubsub")).await;
        clients.trim().is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_walk_finds_every_key_once_and_only_ours() {
    let server = Server::start().await;
    let fill = "for i = 1, 3000 do redis.call('SET', ARGV[1] .. 'seen:{' .. i .. '}', 1) redis.call('SET', 'b:seen:{' .. i .. '}', 1) end";
    server.run::<()>(cmd("EVAL").arg(fill).arg(0).arg("a:")).await;
    let redis = Redis::new(&server.secret_url(), "a:", Clock::System).expect("an address");
    let names = redis.scan("seen:*").await.expect("a walk");
    assert_eq!(names.len(), 3_000);
    let all: BTreeSet<_> = (1..=3_000).map(|id| format!("seen:{{{id}}}")).collect();
    assert_eq!(names.into_iter().collect::<BTreeSet<_>>(), all);
    assert_eq!(redis.scan("seen:{12}").await.expect("a walk"), ["seen:{12}"]);
    let some = redis.scan_some("*", 100).await.expect("a short walk");
    assert_eq!((some.names.len(), some.truncated), (100, true));
    assert_eq!(Watched::over(redis).ask().await, Side::Redis);
}
