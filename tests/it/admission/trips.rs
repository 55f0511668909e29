//! What admission costs, counted by the servers: one trip, and nothing of PostgreSQL once its policies are known.

use futures::{StreamExt, stream::BoxStream};
use troupe::hot::Clock;

use super::{Process, ask, roomy};
use crate::support::{PATIENCE, postgres::migrated, redis::Redis as Server};

/// What clients send, as MONITOR tells it.
struct Monitor<'a> {
    server: &'a Server,
    heard: BoxStream<'static, String>,
}

impl<'a> Monitor<'a> {
    async fn over(server: &'a Server) -> Self {
        let client = redis::Client::open(server.url()).expect("an address");
        let heard = client.get_async_monitor().await.expect("a monitor").into_on_message::<String>();
        Self { server, heard: heard.boxed() }
    }

    /// Commands since the last time, without those of scripts, and of connections being made and asked.
    async fn sent(&mut self) -> Vec<String> {
        let _: String = self.server.run(redis::cmd("ECHO").arg("so far")).await;
        let mut sent = Vec::new();
        loop {
            let line =
                tokio::time::timeout(PATIENCE, self.heard.next()).await.expect("in time").expect("a line");
            if line.contains("so far") {
                return sent;
            }
            let is_ours = |command: &&str| line.to_uppercase().contains(&format!("\"{command}\""));
            let passing = ["PING", "HELLO", "CLIENT", "SUBSCRIBE", "AUTH", "SELECT"].iter().any(is_ours);
            if !line.contains(" lua] ") && !passing {
                sent.push(line);
            }
        }
    }
}

#[tokio::test]
async fn an_admitted_and_a_refused_call_are_one_trip_each_and_no_statement() {
    let (server, database) = (Server::start().await, migrated().await);
    let mut quotas = roomy();
    quotas.free.talk.user_day = 2;
    let process = Process::start(Some(&server), &database.url, quotas, &Clock::System);
    // Warm: policies, scripts.
    process.knows([1]).await;
    process.admit(&ask(1)).await.expect("admitted").give_back().await;
    process.settled().await;
    let first = process.admit(&ask(1)).await.expect("admitted");
    let mut monitor = Monitor::over(&server).await;
    monitor.sent().await;
    let before = database.statements().await;

    let second = process.admit(&ask(1)).await.expect("admitted");
    let sent = monitor.sent().await;
    assert!(sent.len() == 1 && sent[0].contains("EVALSHA"), "admitted: {sent:#?}");

    process.admit(&ask(1)).await.expect_err("refused");
    let sent = monitor.sent().await;
    assert!(sent.len() == 1 && sent[0].contains("EVALSHA"), "refused: {sent:#?}");

    second.give_back().await;
    let sent = monitor.sent().await;
    assert!(sent.len() == 1 && sent[0].contains("EVALSHA"), "given back: {sent:#?}");
    assert_eq!(database.statements().await, before);
    drop(first);
}
