//! The hot store on a real Redis Cluster of three masters.

use std::collections::BTreeSet;

use ::redis::cmd;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use troupe::{
    doctor::{Finding, Level, examine},
    domain::ids::InteractionId,
    hot::{Address, Clock, Hot, Mode, Reason, Redis, Side, pubsub::Heard, seen::MarkSeen},
};

use crate::hot_limits::lines::all_are_served_in_order;
use crate::support::{
    PATIENCE, eventually,
    hot::{CountBoth, Watched, next},
    loaded,
    redis::{Cluster, Redis as Server},
};

fn client(url: &str) -> Redis {
    let settings =
        loaded(&[("REDIS_URL", url), ("REDIS_CLUSTER", "true"), ("REDIS_PREFIX", "test")]).settings.hot;
    let address = Address::from_settings(&settings).expect("sound settings").expect("an address");
    Redis::at(address, &settings.prefix, Clock::System).expect("an address")
}

#[tokio::test]
async fn a_cluster_of_three_serves_and_is_watched_over() {
    let mut cluster = Cluster::start().await;
    let redis = client(&cluster.url());
    assert!(redis.is_cluster());
    let watched = Watched::over(redis.clone());
    watched.returns().await;
    spread(&watched.hot, &cluster).await;
    walk(&redis).await;
    hear(&redis, &cluster).await;
    a_lost_script_comes_back(&watched.hot, &cluster).await;

    // A third of the keys is out of reach: all are served by this process, until the node is back.
    cluster.nodes[1].kill();
    eventually("the cluster is left", || async {
        watched.ask().await;
        watched.hot.mode().is_local().then_some(())
    })
    .await;
    for _ in 0..20 {
        assert_eq!(watched.ask().await, Side::Local);
    }
    cluster.nodes[1].restart().await;
    watched.returns().await;
}

/// Interactions land on all masters, and are known from any connection.
async fn spread(hot: &Hot, cluster: &Cluster) {
    for id in 1..=60 {
        let seen = MarkSeen(InteractionId::new(id).expect("an id"));
        assert_eq!(hot.ask(&seen).await, (true, Side::Redis));
        assert_eq!(hot.ask(&seen).await, (false, Side::Redis));
    }
    for node in &cluster.nodes {
        assert!(node.run::<u64>(&cmd("DBSIZE")).await > 0, "every master holds some");
    }
    let count = CountBoth { day: 20_260_101 };
    assert_eq!(hot.ask(&count).await, (1, Side::Redis), "a script over two keys of one slot");
}

async fn walk(redis: &Redis) {
    let names = redis.scan("seen:*").await.expect("a walk over all masters");
    let all: BTreeSet<_> = (1..=60).map(|id| format!("seen:{{{id}}}")).collect();
    assert!(all.is_subset(&names.into_iter().collect()));
    let some = redis.scan_some("seen:*", 10).await.expect("a short walk");
    assert_eq!((some.names.len(), some.truncated), (10, true));
}

async fn hear(redis: &Redis, cluster: &Cluster) {
    let stop = CancellationToken::new();
    let mut subscription = redis.subscribe("news", &stop);
    assert_eq!(next(&mut subscription).await, Some(Heard::Missed));
    redis.publish("news", "from anywhere").await.expect("published");
    assert_eq!(next(&mut subscription).await, Some(Heard::Message("from anywhere".to_owned())));
    for node in &cluster.nodes {
        let _closed: i64 = node.run(cmd("CLIENT").arg("KILL").arg("TYPE").arg("pubsub")).await;
    }
    assert_eq!(next(&mut subscription).await, Some(Heard::Missed));
}

async fn a_lost_script_comes_back(hot: &Hot, cluster: &Cluster) {
    for node in &cluster.nodes {
        node.run::<()>(cmd("SCRIPT").arg("FLUSH")).await;
    }
    assert_eq!(hot.ask(&CountBoth { day: 20_260_101 }).await, (2, Side::Redis));
}

/// What the doctor says of Redis.
async fn diagnosis(url: &str, cluster: &str) -> Vec<Finding> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path().display().to_string();
    let pairs =
        [("REDIS_URL", url), ("REDIS_CLUSTER", cluster), ("HTTP_ADDR", "127.0.0.1:0"), ("DATA_DIR", &folder)];
    let mut findings = examine(&loaded(&pairs)).await.findings;
    findings.retain(|finding| finding.check.starts_with("redis"));
    findings
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_a_cluster_all_who_wait_are_served_in_order() {
    let cluster = Cluster::start().await;
    let connect = || client(&cluster.url()).with_deadline(PATIENCE);
    all_are_served_in_order([connect(), connect()], 16).await;
}

#[tokio::test]
async fn the_doctor_knows_a_cluster_and_a_setting_that_does_not_fit() {
    let cluster = Cluster::start().await;
    let sound = diagnosis(&cluster.url(), "true").await;
    let checks: Vec<_> = sound.iter().map(|finding| finding.check).collect();
    assert_eq!(checks, ["redis", "redis server", "redis memory", "redis latency", "redis keys"], "{sound:?}");
    assert!(sound.iter().all(|finding| finding.level == Level::Ok), "{sound:?}");
    let alone = Server::start().await;
    for (url, setting) in [(cluster.nodes[0].url(), "false"), (alone.url(), "true")] {
        // The address of one server ends in its database, which is 0 in a cluster as well.
        let faults = diagnosis(&url, setting).await;
        let told =
            |finding: &Finding| finding.level == Level::Fail && finding.message.contains("REDIS_CLUSTER");
        assert!(faults.iter().any(told), "{setting}: {faults:?}");
    }
}

#[tokio::test]
async fn one_node_of_a_cluster_is_not_taken_for_a_server() {
    let cluster = Cluster::start().await;
    let one = SecretString::from(cluster.nodes[0].url());
    let watched = Watched::over(Redis::new(&one, "test:", Clock::System).expect("an address"));
    eventually("the mistake is noticed", || async {
        watched.ask().await;
        matches!(watched.hot.mode(), Mode::Local { reason: Reason::WrongTopology, .. }).then_some(())
    })
    .await;
}
