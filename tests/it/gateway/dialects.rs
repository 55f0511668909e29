//! Servers that speak OpenAI's API in their own way.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use axum::{
    Json, Router,
    http::{StatusCode, header},
    response::IntoResponse as _,
    routing::post,
};
use serde_json::{Value, json};
use troupe::ai::{Ending, Gateway};

use super::{alone, gateway, open, read, said};
use crate::support::Server;

/// A server that answers each request with these bytes of that type.
async fn server(kind: &'static str, body: &'static str) -> (Server, Gateway) {
    let routes = Router::new()
        .route("/v1/chat/completions", post(move || async move { ([(header::CONTENT_TYPE, kind)], body) }));
    let server = Server::start(routes).await;
    let gateway = gateway(&[format!("{}/v1", server.url())], &[], alone());
    (server, gateway)
}

const STREAM: &str = "text/event-stream";

#[tokio::test]
async fn streams_of_every_kind_are_understood() {
    for body in [
        // OpenRouter: comments, reasoning beside the content, usage without choices.
        ": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n\
         data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"reasoning\":\"hm\"},\"finish_reason\":null}]}\n\n\
         data: {\"choices\":[{\"delta\":{\"content\":\"Well met!\"},\"finish_reason\":\"stop\",\"native_finish_reason\":\"STOP\"}]}\n\n\
         data: {\"choices\":[],\"usage\":{\"prompt_tokens\":40,\"completion_tokens\":9}}\n\ndata: [DONE]\n\n",
        // Usage in every chunk, CRLF, no space, no [DONE].
        "data:{\"choices\":[{\"delta\":{\"content\":\"Well \"}}],\"usage\":{\"prompt_tokens\":40,\"completion_tokens\":1}}\r\n\r\n\
         data:{\"choices\":[{\"delta\":{\"content\":\"met!\"},\"finish_reason\":\"end_turn\"}],\"usage\":{\"prompt_tokens\":40,\"completion_tokens\":9}}\r\n\r\n",
        // No blank lines, and the last line without an end.
        "data: {\"choices\":[{\"delta\":{\"content\":\"Well met!\"}}]}\n\
         data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\",\"usage\":{\"prompt_tokens\":40,\"completion_tokens\":9}}]}\ndata: [DONE]",
        // Parts in place of a text, as Mistral's reasoning models send them.
        "data: {\"choices\":[{\"delta\":{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"hm\"}]}]}}]}\n\n\
         data: {\"choices\":[{\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"Well met!\"}]},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":40,\"completion_tokens\":9}}\n\n",
    ] {
        let (_server, gateway) = server(STREAM, body).await;
        let (text, finished) = read(open(&gateway).await.expect("words")).await;
        assert_eq!((text.as_str(), finished.ending), ("Well met!", Ending::Complete), "{body}");
        assert_eq!(
            (finished.usage.prompt, finished.usage.completion, finished.usage.reported),
            (40, 9, true)
        );
    }
}

#[tokio::test]
async fn an_answer_in_one_piece_is_an_answer() {
    let body = "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"Ada: Well met!\"},\"finish_reason\":\"length\"}],\
                \"usage\":{\"prompt_tokens\":40,\"completion_tokens\":9,\"prompt_tokens_details\":{\"cached_tokens\":32}}}";
    let (_server, gateway) = server("application/json", body).await;
    let (text, finished) = read(open(&gateway).await.expect("words")).await;
    assert_eq!((text.as_str(), finished.ending), ("Well met!", Ending::Length));
    assert_eq!(finished.usage.cached, 32);
}

#[tokio::test]
async fn reasoning_without_a_beginning_is_hidden() {
    let body = "data: {\"choices\":[{\"delta\":{\"content\":\"He greets me.\\n</think>\\n\\nWell met!\"},\"finish_reason\":\"stop\"}]}\n\n";
    let (_server, gateway) = server(STREAM, body).await;
    for _ in 0..3 {
        assert_eq!(said(&gateway).await.0, "Well met!");
    }
}

#[tokio::test]
async fn complaints_about_the_form_are_taken_to_heart_once() {
    let count = Arc::new(AtomicU32::new(0));
    let counting = Arc::clone(&count);
    let refuse = |message: &str| {
        (StatusCode::BAD_REQUEST, Json(json!({"error": {"message": message}}))).into_response()
    };
    let answer = async move |Json(body): Json<Value>| {
        counting.fetch_add(1, Ordering::SeqCst);
        if body.get("max_tokens").is_some() {
            return refuse(
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            );
        }
        if body.get("stream_options").is_some() {
            return refuse("Extra inputs are not permitted: stream_options");
        }
        "data: {\"choices\":[{\"delta\":{\"content\":\"Well met!\"},\"finish_reason\":\"stop\"}]}\n\n"
            .into_response()
    };
    let server = Server::start(Router::new().route("/v1/chat/completions", post(answer))).await;
    let gateway = gateway(&[format!("{}/v1", server.url())], &[], alone());
    assert_eq!(said(&gateway).await.0, "Well met!");
    assert_eq!(count.load(Ordering::SeqCst), 3);
    assert_eq!(said(&gateway).await.0, "Well met!");
    assert_eq!(count.load(Ordering::SeqCst), 4, "it is remembered");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = async || (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "http://127.0.0.1:1/")]);
    let server = Server::start(Router::new().route("/v1/chat/completions", post(elsewhere))).await;
    let gateway = gateway(&[format!("{}/v1", server.url())], &[], alone());
    assert!(open(&gateway).await.expect_err("no words").to_string().contains("it answers 307"));
}
