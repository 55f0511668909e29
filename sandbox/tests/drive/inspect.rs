//! The inspector: one interaction's timeline from the gateway, the API, the model and the bot's own traces.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use troupe_sandbox::drive::LocalDiscord;

use crate::bot;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn http() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

async fn timeline(discord: &LocalDiscord, id: &Value) -> Value {
    let id = id.as_str().unwrap();
    discord.control("GET", &format!("/inspect/{id}"), &Value::Null).await.unwrap()
}

fn titles(seen: &Value, lane: &str) -> Vec<String> {
    let entries = seen["timeline"].as_array().unwrap().iter().filter(|entry| entry["lane"] == lane);
    entries.map(|entry| entry["title"].as_str().unwrap().to_owned()).collect()
}

fn span(name: &str, attributes: &Value) -> Value {
    json!({
        "traceId": TRACE, "spanId": "b7ad6b7169203331", "name": name,
        "startTimeUnixNano": "1790000000000000000", "endTimeUnixNano": "1790000000002000000",
        "attributes": attributes,
    })
}

#[tokio::test]
async fn an_interaction_is_told_from_all_sides() {
    let discord = LocalDiscord::start().await.unwrap();
    let _bot = bot::start(&discord).await;
    let mut reply = discord.member("Max").in_channel("general").uses("/think").send().await.unwrap();
    reply.finished().await.unwrap();
    let id = json!(reply.interaction());

    // By its token alone.
    let seen = timeline(&discord, &id).await;
    assert_eq!(
        (&seen["name"], &seen["kind"], &seen["status"]),
        (&json!("/think"), &json!("command"), &json!("answered"))
    );
    assert_eq!(seen["user"]["name"], "Max");
    assert_eq!(titles(&seen, "gateway"), ["INTERACTION_CREATE"]);
    let asked = titles(&seen, "rest");
    assert_eq!(asked.len(), 5, "a callback, three edits, a follow-up: {asked:?}");
    assert!(asked[0].starts_with("POST /interactions/"), "{asked:?}");

    // By the trace that the bot tells: its spans, other requests, and what it asked the model.
    let attributes = json!([{ "key": "discord.interaction.id", "value": { "stringValue": id } }]);
    let hot = json!([{ "key": "db.system.name", "value": { "stringValue": "redis" } }]);
    let cold = json!([{ "key": "db.system.name", "value": { "stringValue": "postgresql" } }]);
    let spans = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [
        span("interaction /think", &attributes), span("admit", &hot), span("SELECT", &cold),
    ] }] }] });
    let told = http().post(format!("{}/v1/traces", discord.url())).json(&spans).send().await.unwrap();
    assert_eq!(told.json::<Value>().await.unwrap(), json!({ "partialSuccess": {} }));
    let request = http().get(format!("{}/api/v10/users/@me", discord.url()));
    let request =
        request.header("authorization", format!("Bot {}", discord.token())).header("traceparent", PARENT);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
    let prompt = json!({ "model": "any", "messages": [{ "role": "system", "content": "You are Nora." }, { "role": "user", "content": "hello" }] });
    let completion = http()
        .post(format!("{}/v1/chat/completions", discord.url()))
        .header("traceparent", PARENT)
        .json(&prompt);
    let reply = completion.send().await.unwrap().json::<Value>().await.unwrap();

    let seen = timeline(&discord, &id).await;
    assert_eq!(seen["trace"], TRACE);
    assert_eq!(
        (titles(&seen, "hot"), titles(&seen, "cold"), titles(&seen, "work")),
        (vec!["admit".into()], vec!["SELECT".into()], vec!["interaction /think".into()])
    );
    assert!(titles(&seen, "rest").contains(&"GET /users/@me".to_owned()));
    let entry = |lane: &str, title: &str| {
        let entries = seen["timeline"].as_array().unwrap().iter();
        let mut fitting = entries.filter(|entry| entry["lane"] == lane && entry["title"] == title);
        fitting.next().unwrap()
    };
    let own = entry("rest", "GET /users/@me");
    assert_eq!(own["parent"], "b7ad6b7169203331", "it lies below the span that made it");
    assert!(own["checked"].is_boolean() && own["seq"].as_u64() > Some(0));
    let model = entry("model", "POST /v1/chat/completions");
    assert_eq!(model["parent"], "b7ad6b7169203331");
    assert!(model["first_token_ms"].as_u64() <= model["took_us"].as_u64().map(|took| took / 1_000));
    assert!(model["first_token_ms"].is_u64());
    assert_eq!(model["prompt"][1]["text"], "hello");
    assert!(model["prompt"][0]["tokens"].as_u64() > Some(0));
    assert_eq!(model["said"], reply["choices"][0]["message"]["content"]);

    let list = discord.control("GET", "/inspect?limit=1", &Value::Null).await.unwrap();
    assert_eq!((&list[0]["id"], &list[0]["tokens_sent"]), (&id, &model["tokens_sent"]));
    discord.finish().await.unwrap();
}

#[tokio::test]
async fn a_message_is_listed_when_a_bot_did_something_about_it() {
    let discord = LocalDiscord::start().await.unwrap();
    let message = discord.member("Max").in_channel("general").says("hi").await.unwrap();
    let list =
        async |query: &str| discord.control("GET", &format!("/inspect{query}"), &Value::Null).await.unwrap();
    assert_eq!(list("").await, json!([]));
    assert_eq!(list("?all=true").await[0]["id"], json!(message.id()));
    let attributes =
        json!([{ "key": "discord.message.id", "value": { "stringValue": message.id().to_string() } }]);
    let spans = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [span("message", &attributes)] }] }] });
    http().post(format!("{}/v1/traces", discord.url())).json(&spans).send().await.unwrap();
    assert_eq!(list("").await[0]["kind"], "message");
    discord.finish().await.unwrap();
}

#[tokio::test]
async fn what_is_no_trace_is_refused_with_a_reason() {
    let discord = LocalDiscord::start().await.unwrap();
    let address = format!("{}/v1/traces", discord.url());
    let protobuf = http()
        .post(&address)
        .header("content-type", "application/x-protobuf")
        .body("x")
        .send()
        .await
        .unwrap();
    assert_eq!(protobuf.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(protobuf.text().await.unwrap().contains("http/json"));
    let broken =
        http().post(&address).header("content-type", "application/json").body("{").send().await.unwrap();
    assert_eq!(broken.status(), StatusCode::BAD_REQUEST);
    let rejected = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [{ "name": "no ids" }] }] }] });
    let rejected = http().post(&address).json(&rejected).send().await.unwrap().json::<Value>().await.unwrap();
    assert_eq!(rejected["partialSuccess"]["rejectedSpans"], "1");
    discord.control("GET", "/inspect/41", &Value::Null).await.expect_err("nothing is known of it");
    discord.finish().await.unwrap();
}
