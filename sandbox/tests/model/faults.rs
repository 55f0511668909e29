//! Every fault, as the client sees it, streamed and whole.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use troupe_sandbox::model::{Fault, MAX_ENDLESS_TOKENS, Outcome, Pace, Script};

use crate::support::{DEADLINE, QUIET, asking, events, serve, streaming};

const WORDS: [&str; 5] = ["one", " two", " three", " four", " five"];

fn failing(fault: Fault) -> Script {
    Script::tokens(WORDS).failing(fault)
}

#[tokio::test]
async fn http_errors() {
    let served = serve().await;
    for (status, code) in [
        (401, json!("invalid_api_key")),
        (429, json!("rate_limit_exceeded")),
        (500, Value::Null),
        (503, Value::Null),
    ] {
        served.model.script(Script::status(status)).unwrap();
        let response = served.chat(&streaming("Hi")).await;
        assert_eq!(response.status(), status);
        assert!(response.headers().get("retry-after").is_none());
        assert_eq!(response.json::<Value>().await.unwrap()["error"]["code"], code);
    }
    served.model.script(Script::rate_limited(7)).unwrap();
    let response = served.chat(&asking("Hi")).await;
    assert_eq!((response.status().as_u16(), response.headers()["retry-after"].to_str().unwrap()), (429, "7"));
    assert_eq!(served.chat(&asking("Hi")).await.status(), 200, "each was used up");
}

#[tokio::test]
async fn a_hang_sends_headers_alone_and_ends_with_its_client() {
    let served = serve().await;
    served.model.script(failing(Fault::Hang)).unwrap();
    let mut response = served.chat(&streaming("Hi")).await;
    assert_eq!(response.status(), 200);
    assert!(timeout(QUIET, response.chunk()).await.is_err(), "not a byte");
    assert_eq!(served.model.open(), 1);
    drop(response);
    let record = served.ended(Outcome::ClientLeft).await;
    assert_eq!((record.status, record.tokens_sent), (Some(200), 0));
}

#[tokio::test]
async fn slow_headers_and_a_whole_hang_send_nothing_and_end_with_their_client() {
    let slow = Script::text("late").pace(Pace { headers_ms: 600_000, ..Pace::default() });
    for (script, request) in [(slow, streaming("Hi")), (failing(Fault::Hang), asking("Hi"))] {
        let served = serve().await;
        served.model.script(script).unwrap();
        assert!(timeout(QUIET, served.chat(&request)).await.is_err(), "no headers");
        assert_eq!(served.ended(Outcome::ClientLeft).await.status, None);
    }
}

#[tokio::test]
async fn a_stall_keeps_quiet_after_some_tokens() {
    let served = serve().await;
    served.model.script(failing(Fault::Stall { after: 3 })).unwrap();
    let mut response = served.chat(&streaming("Hi")).await;
    let mut text = String::new();
    while let Ok(chunk) = timeout(QUIET, response.chunk()).await {
        text.push_str(std::str::from_utf8(&chunk.unwrap().expect("the stream goes on")).unwrap());
    }
    // The role, and three tokens.
    assert_eq!(events(&text).len(), 4, "{text}");
    drop(response);
    assert_eq!(served.ended(Outcome::ClientLeft).await.tokens_sent, 3);
}

#[tokio::test]
async fn a_cut_breaks_the_connection_after_some_tokens() {
    for (after, sent) in [(0, 0), (3, 3), (99, 5)] {
        let served = serve().await;
        served.model.script(failing(Fault::Cut { after })).unwrap();
        let streamed = served.stream(&streaming("Hi")).await;
        assert!(streamed.broken && !streamed.is_done(), "{streamed:?}");
        assert_eq!(streamed.tokens(), WORDS[..sent]);
        assert_eq!(served.ended(Outcome::Cut).await.tokens_sent, sent as u64);
    }
}

#[tokio::test]
async fn a_cut_closes_the_socket_without_the_last_chunk() {
    let served = serve().await;
    served.model.script(failing(Fault::Cut { after: 2 })).unwrap();
    let body = streaming("Hi").to_string();
    let head =
        format!("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
    let mut socket = TcpStream::connect(served.address).await.unwrap();
    socket.write_all((head + &body).as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset or an end: either way the socket is gone, though HTTP would have kept it.
    let _closed = timeout(DEADLINE, socket.read_to_end(&mut answer)).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.contains("transfer-encoding: chunked") && answer.contains(" two"), "{answer}");
    assert!(!answer.ends_with("0\r\n\r\n"), "{answer}");
}

#[tokio::test]
async fn a_whole_reply_can_be_cut_too() {
    let served = serve().await;
    served.model.script(failing(Fault::Cut { after: 2 })).unwrap();
    let response = served.chat(&asking("Hi")).await;
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
    served.ended(Outcome::Cut).await;
}

#[tokio::test]
async fn a_disconnect_answers_nothing() {
    for request in [asking("Hi"), streaming("Hi")] {
        let served = serve().await;
        served.model.script(failing(Fault::Disconnect)).unwrap();
        assert!(served.try_chat(&request).await.unwrap_err().is_request());
        assert_eq!(served.ended(Outcome::Cut).await.status, None);
    }
}

#[tokio::test]
async fn a_malformed_event_stands_between_good_ones() {
    let served = serve().await;
    served
        .model
        .scripts([failing(Fault::Malformed { after: 2 }), failing(Fault::Malformed { after: 2 })])
        .unwrap();
    let streamed = served.stream(&streaming("Hi")).await;
    let broken: Vec<_> = streamed
        .events
        .iter()
        .enumerate()
        .filter(|(_, event)| *event != "[DONE]" && serde_json::from_str::<Value>(event).is_err())
        .collect();
    assert_eq!((broken.len(), broken[0].0), (1, 3), "after the role and two tokens: {streamed:?}");
    assert!(streamed.is_done());
    assert_eq!(streamed.tokens(), WORDS);

    let response = served.chat(&asking("Hi")).await;
    assert_eq!(response.status(), 200);
    assert!(response.json::<Value>().await.unwrap_err().is_decode());
}

#[tokio::test]
async fn an_early_end_is_clean_and_unfinished() {
    let served = serve().await;
    served.model.script(failing(Fault::EndEarly { after: 2 })).unwrap();
    let streamed = served.stream(&streaming("Hi")).await;
    assert!(!streamed.broken && !streamed.is_done());
    assert_eq!(streamed.tokens(), WORDS[..2]);
    assert!(streamed.chunks().iter().all(|chunk| chunk["choices"][0]["finish_reason"].is_null()));
}

#[tokio::test]
async fn an_error_event_ends_the_stream() {
    let served = serve().await;
    let fault = Fault::ErrorEvent { after: 2, message: "Upstream is gone".into() };
    served.model.scripts([failing(fault.clone()), failing(fault)]).unwrap();
    let streamed = served.stream(&streaming("Hi")).await;
    assert_eq!(streamed.tokens(), WORDS[..2]);
    assert_eq!(streamed.chunks().last().unwrap()["error"]["message"], "Upstream is gone");
    assert_eq!(served.completion(&asking("Hi")).await["error"]["message"], "Upstream is gone");
}

#[tokio::test]
async fn empty_replies() {
    let served = serve().await;
    served.model.scripts([Script::text(""), Script::text(""), Script::fault(Fault::EmptyBody)]).unwrap();
    let streamed = served.stream(&streaming("Hi")).await;
    assert!(streamed.is_done() && streamed.text().is_empty());
    let reply = served.completion(&asking("Hi")).await;
    assert_eq!(reply["choices"][0]["message"]["content"], "");
    assert_eq!(reply["usage"]["completion_tokens"], 0);
    let nothing = served.stream(&streaming("Hi")).await;
    assert!(nothing.events.is_empty() && !nothing.broken);
}

#[tokio::test]
async fn an_endless_reply_goes_on_until_the_client_leaves() {
    let served = serve().await;
    served.model.script(failing(Fault::Endless)).unwrap();
    let mut request = streaming("Hi");
    request["max_tokens"] = 2.into();
    let mut response = served.chat(&request).await;
    let mut bytes = 0;
    while bytes < 1_000_000 {
        bytes += response.chunk().await.unwrap().expect("it does not end").len();
    }
    drop(response);
    let record = served.ended(Outcome::ClientLeft).await;
    assert!(record.tokens_sent > 1_000 && record.tokens_sent < MAX_ENDLESS_TOKENS as u64, "{record:?}");
}

#[tokio::test]
async fn an_endless_reply_has_a_bound() {
    let served = serve().await;
    served.model.always(failing(Fault::Endless)).unwrap();
    let reply = served.completion(&asking("Hi")).await;
    assert_eq!(reply["usage"]["completion_tokens"], MAX_ENDLESS_TOKENS);
    assert_eq!(reply["choices"][0]["finish_reason"], "length");
    let streamed = served.stream(&streaming("Hi")).await;
    assert_eq!(streamed.tokens().len(), MAX_ENDLESS_TOKENS);
    assert!(streamed.is_done());
}

#[tokio::test]
async fn a_wrong_type_is_a_page() {
    let served = serve().await;
    served.model.always(failing(Fault::WrongType)).unwrap();
    for request in [asking("Hi"), streaming("Hi")] {
        let response = served.chat(&request).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
        assert!(response.text().await.unwrap().starts_with("<!DOCTYPE html>"));
    }
}

#[tokio::test]
async fn a_slow_stream_ends_with_its_client() {
    let served = serve().await;
    served.model.script(Script::tokens(WORDS).pace(Pace { token_ms: 600_000, ..Pace::default() })).unwrap();
    let mut response = served.chat(&streaming("Hi")).await;
    response.chunk().await.unwrap().expect("the first token");
    drop(response);
    assert_eq!(served.ended(Outcome::ClientLeft).await.tokens_sent, 1);
}
