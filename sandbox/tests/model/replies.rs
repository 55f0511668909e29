//! Replies without faults: their shape whole and streamed, their limits, and what is refused.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use troupe_sandbox::model::{BODY_LIMIT, FinishReason, Pace, Script};

use crate::support::{asking, serve, streaming};

#[tokio::test]
async fn a_whole_reply() {
    let served = serve().await;
    served.model.script(Script::text("Hello, world.")).unwrap();
    let reply = served.completion(&asking("Hi")).await;
    assert_eq!(reply["object"], "chat.completion");
    assert_eq!(reply["model"], "gpt-test");
    assert!(reply["id"].as_str().unwrap().starts_with("chatcmpl-"));
    assert!(reply["created"].is_u64() && reply["system_fingerprint"].is_string());
    assert_eq!(
        reply["choices"],
        json!([{
            "index": 0, "finish_reason": "stop", "logprobs": null,
            "message": { "role": "assistant", "content": "Hello, world.", "refusal": null },
        }])
    );
    assert_eq!(reply["usage"], json!({ "prompt_tokens": 8, "completion_tokens": 4, "total_tokens": 12 }));
}

#[tokio::test]
async fn a_streamed_reply() {
    let served = serve().await;
    served.model.script(Script::text("Hello, \"world\".\n")).unwrap();
    let streamed = served.stream(&streaming("Hi")).await;
    assert!(streamed.is_done() && !streamed.broken);
    assert_eq!(streamed.text(), "Hello, \"world\".\n");
    let chunks = streamed.chunks();
    assert_eq!(chunks.len() + 1, streamed.events.len(), "every event but [DONE] is JSON");
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    let last = &chunks.last().unwrap()["choices"][0];
    assert_eq!((&last["finish_reason"], &last["delta"]), (&json!("stop"), &json!({})));
    for chunk in &chunks {
        assert_eq!(chunk["object"], "chat.completion.chunk");
        assert_eq!((&chunk["id"], &chunk["created"]), (&chunks[0]["id"], &chunks[0]["created"]));
        assert!(chunk.get("usage").is_none(), "usage was not asked for");
    }
    assert_eq!(served.model.requests()[0].tokens_sent, streamed.tokens().len() as u64);
}

#[tokio::test]
async fn usage_at_the_end_of_a_stream() {
    let served = serve().await;
    let mut request = streaming("Hi");
    request["stream_options"] = json!({ "include_usage": true });
    let one = Script::text("One two three.");
    served.model.scripts([one.clone(), one.clone().usage(70, 7), one.without_usage()]).unwrap();

    for usage in [[8, 4, 12], [70, 7, 77]] {
        let chunks = served.stream(&request).await.chunks();
        let (last, others) = chunks.split_last().unwrap();
        assert_eq!(last["choices"], json!([]));
        let names = ["prompt_tokens", "completion_tokens", "total_tokens"];
        assert_eq!(names.map(|name| last["usage"][name].as_u64().unwrap()), usage);
        assert!(others.iter().all(|chunk| chunk.get("usage") == Some(&Value::Null)));
    }
    let without = served.stream(&request).await;
    assert!(without.is_done() && !without.events.concat().contains("usage"));
}

#[tokio::test]
async fn limits_and_stops_are_honoured_both_ways() {
    let served = serve().await;
    served.model.always(Script::text("One two three four.").finish(FinishReason::ContentFilter)).unwrap();
    for (field, value, text, reason) in [
        ("max_tokens", json!(2), "One two", "length"),
        ("max_completion_tokens", json!(3), "One two three", "length"),
        ("max_tokens", json!(5), "One two three four.", "content_filter"),
        ("stop", json!("th"), "One two ", "content_filter"),
        ("stop", json!(["four", " two"]), "One", "content_filter"),
    ] {
        for stream in [false, true] {
            let mut request = asking("Hi");
            request[field] = value.clone();
            request["stream"] = stream.into();
            let (said, ended) = if stream {
                let streamed = served.stream(&request).await;
                let ended = streamed.chunks().last().unwrap()["choices"][0]["finish_reason"].clone();
                (json!(streamed.text()), ended)
            } else {
                let choice = served.completion(&request).await["choices"][0].clone();
                (choice["message"]["content"].clone(), choice["finish_reason"].clone())
            };
            assert_eq!((said, ended), (json!(text), json!(reason)), "{field} {value}, streamed: {stream}");
        }
    }
}

#[tokio::test]
async fn requests_of_every_shape_are_read() {
    let served = serve().await;
    served.model.always(Script::text("Yes.")).unwrap();
    let request = json!({
        "model": "m", "n": 1, "temperature": 0.7, "user": "u", "logit_bias": {}, "tools": [{ "type": "function" }],
        "response_format": { "type": "json_object" }, "stop": null, "max_tokens": null, "something_new": [1],
        "messages": [
            { "role": "developer", "content": "Be brief.", "name": "boss" },
            { "role": "assistant", "content": null, "tool_calls": [] },
            { "role": "tool", "content": "42", "tool_call_id": "1" },
            { "role": "user", "content": [
                { "type": "text", "text": "What is this?" },
                { "type": "image_url", "image_url": { "url": "https://example.com/x.png" } },
            ]},
        ],
    });
    let reply = served.completion(&request).await;
    // Four messages, "Be brief.", "42", "What is this?", one image.
    assert_eq!(reply["usage"]["prompt_tokens"], 4 * 4 + 3 + 3 + 1 + 4 + 85);
}

#[tokio::test]
async fn what_is_wrong_is_refused_in_the_clients_own_shape() {
    let served = serve().await;
    let hi = r#""messages":[{"role":"user","content":"Hi"}]"#;
    let with = |field: &str| format!(r#"{{"model":"m",{hi},{field}}}"#);
    for (body, param, hint) in [
        ("{nonsense".into(), Value::Null, "not valid JSON"),
        (String::new(), Value::Null, "not valid JSON"),
        ("[]".into(), Value::Null, "wrong"),
        (format!("{{{hi}}}"), json!("model"), "Missing"),
        (r#"{"model":"m"}"#.into(), json!("messages"), "Missing"),
        (r#"{"model":"m","messages":[]}"#.into(), json!("messages"), "at least one"),
        (r#"{"model":"m","messages":"Hi"}"#.into(), json!("messages"), "sequence"),
        (
            r#"{"model":"m","messages":[{"role":"king","content":""}]}"#.into(),
            json!("messages[0].role"),
            "king",
        ),
        (r#"{"model":"m","messages":[{"role":"user"}]}"#.into(), json!("messages[0].content"), "Missing"),
        (
            r#"{"model":"m","messages":[{"role":"user","content":5}]}"#.into(),
            json!("messages[0].content"),
            "string",
        ),
        (with(r#""stream":"yes""#), json!("stream"), "boolean"),
        (with(r#""n":2"#), json!("n"), "one choice"),
        (with(r#""max_tokens":-1"#), json!("max_tokens"), "-1"),
        (with(r#""max_tokens":0"#), json!("max_tokens"), "1 or more"),
        (with(r#""temperature":3"#), json!("temperature"), "between"),
        (with(r#""stop":7"#), json!("stop"), "string"),
        (with(r#""stop":["1","2","3","4","5"]"#), json!("stop"), "4"),
        (with(r#""stream_options":{}"#), json!("stream_options"), "stream"),
    ] {
        let (status, answer) = served.post("/v1/chat/completions", body.clone()).await;
        let error = &answer["error"];
        assert_eq!(
            (status, &error["type"], &error["param"]),
            (400, &json!("invalid_request_error"), &param),
            "{body}"
        );
        assert!(error["message"].as_str().unwrap().contains(hint), "{body}: {error}");
        assert!(error.get("code").is_some(), "{error}");
    }
    assert_eq!(served.model.requests().len(), 18, "what is refused is recorded too");
}

#[tokio::test]
async fn what_is_no_route_is_refused_in_the_same_shape() {
    let served = serve().await;
    for (method, path, status, code) in [
        ("POST", "/v1/completions", 404, "unknown_url"),
        ("GET", "/v1/chat/completions", 405, "method_not_allowed"),
        ("DELETE", "/v1/models", 405, "method_not_allowed"),
        ("GET", "/v1/models/gpt/none", 404, "model_not_found"),
    ] {
        let response = served.client.request(method.parse().unwrap(), served.url(path)).send().await.unwrap();
        assert_eq!(response.status(), status, "{method} {path}");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["error"]["code"], code);
    }
    let models: Value = reqwest::get(served.url("/v1/models")).await.unwrap().json().await.unwrap();
    assert_eq!((&models["object"], &models["data"][0]["id"]), (&json!("list"), &json!("understudy")));
    let one: Value = reqwest::get(served.url("/v1/models/understudy")).await.unwrap().json().await.unwrap();
    assert_eq!(one, models["data"][0]);
}

#[tokio::test]
async fn a_body_that_is_too_large_gets_its_413() {
    let served = serve().await;
    let (status, answer) = served.post("/v1/chat/completions", vec![b' '; BODY_LIMIT + 1]).await;
    assert_eq!((status, &answer["error"]["code"]), (413, &json!("request_too_large")));
    let chunks = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 1 << 20]));
    let streamed = reqwest::Body::wrap_stream(futures::StreamExt::take(chunks, 12));
    let (status, _) = served.post("/v1/embeddings", streamed).await;
    assert_eq!(status, 413, "with no length told either");
}

#[tokio::test]
async fn a_key_is_needed_only_where_one_is_set() {
    let served = serve().await;
    assert_eq!(served.chat(&asking("Hi")).await.status(), 200);
    served.model.require_key(Some("sk-right".into()));
    let with = async |key: Option<&str>| {
        let mut request = served.client.post(served.url("/v1/chat/completions")).json(&asking("Hi"));
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap()["error"]["code"].clone())
    };
    assert_eq!(with(None).await, (401, json!("invalid_api_key")));
    assert_eq!(with(Some("sk-wrong")).await, (401, json!("invalid_api_key")));
    assert_eq!(with(Some("sk-right")).await, (200, Value::Null));
    let seen = format!("{:?}{:?}", served.model, served.model.requests());
    assert!(!seen.contains("sk-"), "{seen}");
}

#[tokio::test]
async fn a_pace_is_never_quicker_than_it_says() {
    let served = serve().await;
    let pace = Pace { headers_ms: 40, first_token_ms: 60, token_ms: 20 };
    served.model.always(Script::tokens(["a", "b", "c", "d"]).pace(pace)).unwrap();
    let least = Duration::from_millis(40 + 60 + 3 * 20);
    for stream in [false, true] {
        let mut request = asking("Hi");
        request["stream"] = stream.into();
        let started = Instant::now();
        let text = served.chat(&request).await.text().await.unwrap();
        assert!(started.elapsed() >= least, "streamed: {stream}");
        assert!(text.contains("\"stop\""));
    }
}

#[tokio::test]
async fn the_understudy_answers_where_no_script_does() {
    let served = serve().await;
    served.model.set_tokens_per_second(500);
    let mut request = streaming("Do you like the rain?");
    request["messages"].as_array_mut().unwrap().insert(
        0,
        json!({ "role": "system", "content": "You are Juno.\nJuno: \"Rain is only the sky paying its debts.\"" }),
    );
    let streamed = served.stream(&request).await;
    assert!(streamed.is_done());
    assert!(streamed.text().contains("Rain is only the sky paying its debts."), "{}", streamed.text());

    request["stream"] = false.into();
    request["response_format"] = json!({ "type": "json_object" });
    let reply = served.completion(&request).await;
    let content: Value =
        serde_json::from_str(reply["choices"][0]["message"]["content"].as_str().unwrap()).unwrap();
    assert!(content["reply"].as_str().unwrap().contains("Rain"), "{content}");
}
