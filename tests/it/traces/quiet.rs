//! Where nobody takes traces: the bot goes on as if nothing were.

use tokio::net::TcpListener;
use troupe_sandbox::drive::LocalDiscord;

use super::{
    ANSWERED, SAID,
    peers::{Between, Collector},
};
use crate::{
    support::{eventually, free_port, program::get},
    talk_flow::stage::{Stage, answer, talk},
};

async fn talks(stage: &Stage) {
    stage.says(ANSWERED).await;
    talk(&stage.max(), SAID).await;
    answer(&stage.max(), ANSWERED).await;
}

async fn metric(stage: &Stage, named: &str) -> bool {
    get(&format!("http://{}/metrics", stage.ops)).await.1.contains(named)
}

#[tokio::test]
async fn a_collector_that_is_away_costs_spans_and_nothing_else() {
    let endpoint = format!("http://127.0.0.1:{}", free_port().number());
    let mut stage = Stage::set_with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]).await;
    talks(&stage).await;
    let why = stage.bot.logged("traces do not arrive").await;
    assert!(why["why"].is_string(), "{why}");
    eventually("lost spans are counted", async || {
        metric(&stage, "troupe_trace_spans_total{outcome=\"lost\"}").await.then_some(())
    })
    .await;
    stage.end().await;
}

#[tokio::test]
async fn a_collector_that_never_answers_does_not_hold_up_the_end() {
    // It takes connections, and that is all.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let mut stage = Stage::set_with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]).await;
    talks(&stage).await;
    stage.bot.signal("TERM").await;
    stage.bot.logged("the last traces could not be sent in time").await;
    stage.bot.logged("stopped").await;
    assert_eq!(stage.bot.ended().await, Some(0));
}

#[tokio::test]
async fn what_is_not_sampled_is_neither_sent_nor_told() {
    let collector = Collector::start().await;
    without_traces(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.server.url()),
        ("OTEL_TRACES_SAMPLER_ARG", "0"),
    ])
    .await;
    assert!(collector.requests().is_empty());
}

#[tokio::test]
async fn without_an_endpoint_there_are_no_traces() {
    without_traces(&[]).await;
}

async fn without_traces(settings: &[(&str, &str)]) {
    let discord = LocalDiscord::start().await.expect("a local Discord");
    let rest = Between::before(discord.url()).await;
    let url = rest.server.url();
    let settings: Vec<_> = settings.iter().copied().chain([("DISCORD_API_URL", url.as_str())]).collect();
    let stage = Stage::on(discord, &settings).await;
    talks(&stage).await;
    assert!(!metric(&stage, "troupe_trace_spans_total").await);
    stage.end().await;
    let heard = rest.heard();
    assert!(heard.len() > 3 && heard.iter().all(|(_, parent)| parent.is_none()), "{heard:#?}");
}
