//! Traces of the real program: what a request touched, in one tree, without a word of anyone.

mod peers;
mod quiet;

use std::collections::BTreeSet;

use serde_json::Value;
use troupe_sandbox::drive::LocalDiscord;

use self::peers::{Between, Collector, Span};
use crate::{
    support::eventually,
    talk_flow::stage::{Stage, answer, talk},
};

/// What members and the model say: no span may have it.
const SAID: &str = "Psst, my zebra secret";
const ANSWERED: &str = "I will keep the walrus to myself.";

/// The trace that begins with a span of that name, once it has all that is asked for.
async fn trace_of(collector: &Collector, root: &str, whole: impl Fn(&[Span]) -> bool) -> Vec<Span> {
    eventually("a whole trace", async || {
        let spans = collector.spans();
        let root = spans.iter().rev().find(|span| span.name() == root && span.parent().is_none())?;
        let of: Vec<_> = spans.iter().filter(|span| span.trace() == root.trace()).cloned().collect();
        whole(&of).then_some(of)
    })
    .await
}

fn named<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    let names: BTreeSet<_> = spans.iter().map(Span::name).collect();
    spans.iter().find(|span| span.name() == name).unwrap_or_else(|| panic!("no span {name} among {names:#?}"))
}

fn has(spans: &[Span], name: &str) -> bool {
    spans.iter().any(|span| span.name() == name)
}

/// Everything that a talk does, to the statistics at its very end.
fn is_whole(spans: &[Span]) -> bool {
    ["hot limits_settle", "INSERT usage_ledger", "hot stats.count"].iter().all(|name| has(spans, name))
}

/// Nothing that was sent holds a member's or the model's words, or a secret; without `ids`, no member's id either.
async fn assert_discreet(collector: &Collector, discord: &LocalDiscord, ids: bool) {
    let sent = serde_json::to_string(&collector.requests()).expect("JSON");
    let asked =
        discord.requests("POST", "/webhooks/{webhook_id}/{webhook_token}").await.expect("the journal");
    let mut secrets: Vec<String> =
        asked.iter().map(|entry| entry["path"].as_str().expect("a path").to_owned()).collect();
    assert!(!secrets.is_empty(), "the answer came from a webhook, whose path holds its token");
    secrets.extend(["zebra", "walrus", discord.token()].map(str::to_owned));
    if !ids {
        secrets.extend(discord.sandbox().read(|world| {
            let users = world.users.keys().map(ToString::to_string);
            users.chain(world.guilds.keys().map(ToString::to_string)).collect::<Vec<_>>()
        }));
    }
    for secret in secrets {
        let bare = secret.split('?').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        assert!(!bare.is_empty() && !sent.contains(bare), "{bare:?} was sent");
    }
}

#[tokio::test]
async fn a_talk_is_one_trace_and_tells_no_words() {
    let collector = Collector::start().await;
    let stage = Stage::set_with(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.server.url()),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=se%63ret"),
        ("OTEL_SERVICE_NAME", "the-house"),
    ])
    .await;
    stage.says(ANSWERED).await;
    let max = stage.max();
    talk(&max, SAID).await;
    answer(&max, ANSWERED).await;
    let spans = trace_of(&collector, "interaction /talk", is_whole).await;

    let ids: BTreeSet<_> = spans.iter().map(Span::id).collect();
    for span in &spans {
        assert!(span.parent().is_none_or(|parent| ids.contains(parent)), "{span:?} hangs in the air");
        assert!(span.nanos("startTimeUnixNano") <= span.nanos("endTimeUnixNano"), "{span:?}");
        assert_eq!(span.service(), "the-house");
        assert!(!span.has_failed(), "{span:?}");
    }
    assert_eq!(spans.iter().filter(|span| span.parent().is_none()).count(), 1);
    let root = named(&spans, "interaction /talk");
    assert_eq!((root.get("discord.command"), root.get("troupe.outcome")), ("/talk".into(), "done".into()));
    assert_eq!(root.get("discord.interaction.type"), 2);
    assert!(root.get("discord.interaction.id").is_string(), "{root:?}");
    assert_eq!(named(&spans, "admission").get("troupe.outcome"), "admitted");

    let reserve = named(&spans, "hot limits_reserve");
    assert_eq!(reserve.parent(), Some(named(&spans, "admission").id()));
    assert_eq!(reserve.get("troupe.hot.side"), "redis");
    assert_eq!(reserve.get("troupe.hot.access"), "write");
    let keys = reserve.texts("troupe.hot.keys");
    for family in [
        "window:user:{PLACE}:USER:KIND",
        "talk:count:user:{PLACE}:USER:DAY",
        "talk:tokens:user:{PLACE}:USER:DAY",
        "ai:conc:guild:{PLACE}",
        "ai:lease:{PLACE}:LEASE",
        "talk:memory:{PLACE}:USER:CHARACTER",
    ] {
        assert_eq!(keys.iter().filter(|key| *key == family).count(), 1, "{family} among {keys:#?}");
    }

    let record = named(&spans, "INSERT usage_ledger");
    assert_eq!(
        (record.get("db.system.name"), record.get("db.operation.name")),
        ("postgresql".into(), "INSERT".into())
    );
    assert_eq!(record.get("db.collection.name"), "usage_ledger");
    let tables = record.texts("troupe.cold.tables");
    for touched in ["INSERT usage_ledger", "INSERT user_first_seen"] {
        assert!(tables.iter().any(|table| table == touched), "{touched} among {tables:?}");
    }
    assert!(record.get("db.query.text").as_str().is_some_and(|text| text.contains("VALUES ($1, $2")));
    assert_eq!(record.get("troupe.cold.binds"), Value::Null);

    let model =
        spans.iter().find(|span| span.get("gen_ai.operation.name") == "chat").expect("a call of a model");
    assert!(model.get("gen_ai.usage.input_tokens").as_i64() > Some(0), "{model:?}");
    assert!(model.get("gen_ai.usage.output_tokens").as_i64() > Some(0), "{model:?}");
    assert!(model.get("gen_ai.response.time_to_first_chunk").as_f64() > Some(0.0), "{model:?}");
    assert_eq!(model.texts("gen_ai.response.finish_reasons"), ["stop"]);
    let parts: Vec<Value> =
        serde_json::from_str(model.get("troupe.prompt.parts").as_str().expect("parts")).expect("a list");
    for name in ["rules", "character", "line", "anchor"] {
        let part =
            parts.iter().find(|part| part["part"] == name).unwrap_or_else(|| panic!("{name}: {parts:?}"));
        assert!(part["tokens"].as_u64() > Some(0), "{part}");
    }

    for (name, status) in
        [("POST /interactions/{id}/{token}/callback", 204), ("POST /webhooks/{webhook}/{token}", 200)]
    {
        let sent = named(&spans, name);
        assert_eq!(sent.get("http.response.status_code"), status, "{sent:?}");
        assert!(sent.get("troupe.rest.wire_ms").is_number() && sent.get("troupe.rest.wait_ms").is_number());
    }
    let closing = named(&spans, "close");
    assert_eq!(closing.parent(), Some(root.id()));
    for last in [record, named(&spans, "hot limits_settle"), named(&spans, "hot stats.count")] {
        assert_eq!(last.parent(), Some(closing.id()), "{last:?}");
    }
    assert_eq!(named(&spans, "POST /webhooks/{webhook}/{token}").parent(), Some(named(&spans, "show").id()));
    assert!(
        record.nanos("startTimeUnixNano") >= model.nanos("endTimeUnixNano"),
        "it is written after the answer"
    );

    for request in collector.requests() {
        assert_eq!((&request["type"], &request["key"]), (&"application/json".into(), &"secret".into()));
        assert_eq!(request["traceparent"], Value::Null, "traces are not traced");
    }
    assert_discreet(&collector, &stage.discord, false).await;
    stage.end().await;
}

#[tokio::test]
async fn a_process_of_its_own_names_keys_and_ids_where_it_may() {
    let collector = Collector::start().await;
    let environment = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.server.url()),
        ("TRACE_VALUES", "true".to_owned()),
        // The log's filter is the log's alone.
        ("RUST_LOG", "error,troupe::app=info".to_owned()),
    ];
    let stage =
        Stage::without_redis(&environment.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    stage.says(ANSWERED).await;
    let max = stage.max();
    let bot = stage.discord.sandbox().read(|world| *world.apps.keys().next().expect("an application"));
    max.says(&format!("<@{bot}> {SAID}")).await.expect("said");
    answer(&max, ANSWERED).await;
    let spans = trace_of(&collector, "message", is_whole).await;
    let (user, guild) = stage.discord.sandbox().read(|world| {
        let user = world.users.values().find(|user| user.username == "max").expect("Max").id;
        (user, *world.guilds.keys().next().expect("a guild"))
    });

    assert!(named(&spans, "message").get("discord.message.id").is_string());
    let reserve = named(&spans, "hot limits_reserve");
    assert_eq!(reserve.get("troupe.hot.side"), "local");
    let keys = reserve.texts("troupe.hot.keys");
    let count = format!("talk:count:user:{{{guild}}}:{user}:");
    assert!(keys.iter().any(|key| key.starts_with(&count)), "{count} among {keys:#?}");
    let binds = named(&spans, "INSERT usage_ledger").texts("troupe.cold.binds");
    for id in [user, guild] {
        assert!(binds.contains(&id.to_string()), "{id} among {binds:?}");
    }
    let said = format!("‹text, {} characters›", SAID.chars().count());
    assert!(binds.contains(&said), "{said} among {binds:?}");
    assert!(binds.iter().any(|bind| bind.starts_with("shipped:")), "{binds:?}");
    assert_discreet(&collector, &stage.discord, true).await;
    stage.end().await;
}

#[tokio::test]
async fn a_refusal_says_which_limit_and_typing_ahead_is_traced_too() {
    let collector = Collector::start().await;
    let endpoint = collector.server.url();
    let mut stage = Stage::set_with(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
        ("FREE_USER_WINDOW", "1/600"),
        ("RUST_LOG", "debug"),
    ])
    .await;
    stage.says(ANSWERED).await;
    let max = stage.max();
    talk(&max, SAID).await;
    answer(&max, ANSWERED).await;
    trace_of(&collector, "interaction /talk", is_whole).await;
    talk(&max, SAID).await;
    let refused = |spans: &[Span]| spans.iter().any(|span| span.get("troupe.outcome") == "user_window");
    let spans = trace_of(&collector, "interaction /talk", refused).await;
    assert_eq!(named(&spans, "admission").get("troupe.outcome"), "user_window");
    assert!(!spans.iter().any(|span| span.get("gen_ai.operation.name") == "chat"), "no model was asked");

    max.types("/talk").with("character", "m").focused("character").suggestions().await.expect("choices");
    let done = |spans: &[Span]| has(spans, "POST /interactions/{id}/{token}/callback");
    let spans = trace_of(&collector, "autocomplete /talk", done).await;
    assert_eq!(named(&spans, "autocomplete /talk").get("discord.interaction.type"), 4);
    stage.bot.signal("TERM").await;
    let log = stage.bot.rest_of_log().await;
    assert_eq!(stage.bot.ended().await, Some(0));
    let spans: Vec<_> =
        log.iter().filter(|line| line.contains("\"span\"") || line.contains("otel.")).collect();
    assert!(log.len() > 3 && spans.is_empty(), "spans stay out of the log: {spans:#?}");
}

#[tokio::test]
async fn a_local_discord_and_models_are_told_to_which_span_a_request_belongs() {
    let (collector, discord) =
        (Collector::start().await, LocalDiscord::start().await.expect("a local Discord"));
    let rest = Between::before(discord.url()).await;
    let model = Between::before(discord.url()).await;
    let model_url = discord.model_url().replace(discord.url(), &model.server.url());
    let stage = Stage::on(
        discord,
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.server.url()),
            ("DISCORD_API_URL", &rest.server.url()),
            ("OPENAI_BASE_URL", &model_url),
        ],
    )
    .await;
    stage.says(ANSWERED).await;
    let max = stage.max();
    talk(&max, SAID).await;
    answer(&max, ANSWERED).await;
    let spans = trace_of(&collector, "interaction /talk", is_whole).await;
    let told = |heard: &[(String, Option<String>)], which: &dyn Fn(&str) -> bool| {
        let (asked, parent) = heard.iter().find(|(asked, _)| which(asked)).expect("it was asked");
        let parent = parent.clone().unwrap_or_else(|| panic!("{asked} names no span"));
        let parts: Vec<_> = parent.split('-').map(str::to_owned).collect();
        assert_eq!((parts.len(), parts[0].as_str(), parts[3].as_str()), (4, "00", "01"), "{parent}");
        let span = spans.iter().find(|span| span.trace() == parts[1] && span.id() == parts[2]);
        span.unwrap_or_else(|| panic!("no span {parent}")).name().to_owned()
    };
    let heard = rest.heard();
    let callback = told(&heard, &|asked| asked.ends_with("/callback"));
    assert_eq!(callback, "POST /interactions/{id}/{token}/callback");
    // The answer itself, which carries no interaction's id.
    let webhook =
        told(&heard, &|asked| asked.starts_with("POST /api/v10/webhooks/") && asked.contains("wait="));
    assert_eq!(webhook, "POST /webhooks/{webhook}/{token}");
    assert!(told(&model.heard(), &|asked| asked.ends_with("/chat/completions")).starts_with("chat "));
    let start = heard.iter().find(|(asked, _)| asked.ends_with("/users/@me")).expect("asked at the start");
    assert_eq!(start.1, None, "outside of a trace nothing is told");
    stage.end().await;
}
