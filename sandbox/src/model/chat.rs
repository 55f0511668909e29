//! `POST /v1/chat/completions`: reads the request, decides the reply, and has it performed.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::error::ModelError;
use super::record::{Outcome, Ticket};
use super::reply::{Reply, Timing, wait};
use super::script::{Fault, UsageRule};
use super::speech::Speech;
use super::wire::{ChatRequest, FinishReason, Usage};
use super::{ModelServer, body, stream, understudy, whole};

/// What a proxy in between might show in place of the model.
const HTML_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Please wait</title></head>\
    <body><h1>Please wait</h1><p>The service is being updated.</p></body></html>\n";

/// Breaks a body off: the connection closes without the body's proper end.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut, as scripted")]
pub(crate) struct CutOff;

/// The handler.
pub(crate) async fn complete(State(server): State<ModelServer>, request: Request) -> Response {
    let (parts, raw) = request.into_parts();
    let (read, raw) = match body::read(raw).await {
        Ok(raw) => (Ok(()), raw),
        Err(error) => (Err(error), bytes::Bytes::new()),
    };
    let ticket = server.begin(parts.uri.path(), &parts.headers, &raw);
    match read.and_then(|()| decide(&server, &parts.headers, &raw)) {
        Ok((streamed, reply)) => perform(streamed, reply, ticket).await,
        Err(error) => refuse(&error, ticket),
    }
}

/// Answers with an error.
pub(crate) fn refuse(error: &ModelError, mut ticket: Ticket) -> Response {
    ticket.status(error.status.as_u16());
    ticket.end(Outcome::Finished);
    error.clone().into_response()
}

/// Closes the connection without an answer.
pub(crate) fn disconnect(mut ticket: Ticket) -> Response {
    ticket.end(Outcome::Cut);
    // A body that fails before its first byte takes the unsent headers with it.
    let frames = futures::stream::once(std::future::ready(Err::<bytes::Bytes, _>(CutOff)));
    Response::new(Body::from_stream(frames))
}

/// The error object that relays put inside an answer of status 200.
pub(crate) fn relayed_error(message: &str) -> Value {
    ModelError::new(StatusCode::BAD_GATEWAY, message).code("upstream_error").body()
}

/// Whether to stream, and what.
fn decide(server: &ModelServer, headers: &HeaderMap, raw: &[u8]) -> Result<(bool, Reply), ModelError> {
    server.authorize(headers)?;
    let request: ChatRequest<'_> = body::parse(raw)?;
    request.check()?;

    let streamed = request.stream.unwrap_or(false);
    let include_usage = request.include_usage();
    let prepared = server.take_script(raw, &request);
    let script = prepared.as_deref().map(|prepared| &prepared.script);
    let mut speech = match prepared.as_deref().and_then(|prepared| prepared.speech.clone()) {
        Some(speech) => speech,
        None => improvise(server, &request),
    };
    if let Some(stop) = &request.stop {
        speech.stop_at(stop.sequences());
    }
    let cut = request.token_limit().is_some_and(|limit| speech.limit(limit));
    let fault = script.and_then(|script| script.fault.clone());
    let finish = match script.and_then(|script| script.finish_reason) {
        _ if cut || fault == Some(Fault::Endless) => FinishReason::Length,
        reason => reason.unwrap_or_default(),
    };
    let mut reply = Reply {
        id: server.next_id("chatcmpl-"),
        created: super::now_s(),
        model: request.model.as_deref().unwrap_or_default().to_owned(),
        speech,
        finish,
        timing: script.map_or_else(|| Timing::human(server.tokens_per_second()), |script| script.pace.into()),
        usage: None,
        include_usage,
        fault,
    };
    if include_usage || !streamed {
        reply.usage = match script.and_then(|script| script.usage) {
            Some(UsageRule::Omit(_)) => None,
            Some(UsageRule::Exact { prompt_tokens, completion_tokens }) => {
                Some(Usage::new(prompt_tokens, completion_tokens))
            }
            None => Some(Usage::new(request.prompt_tokens(), reply.total() as u64)),
        };
    }
    Ok((streamed, reply))
}

/// The understudy's words.
fn improvise(server: &ModelServer, request: &ChatRequest<'_>) -> Speech {
    let salt = server.times_asked(request);
    let text = understudy::reply(request.messages(), request.seed, salt);
    if request.wants_json() {
        return Speech::of(&serde_json::json!({ "reply": text }).to_string());
    }
    Speech::of(&text)
}

async fn perform(streamed: bool, reply: Reply, ticket: Ticket) -> Response {
    wait(reply.timing.headers).await;
    match &reply.fault {
        Some(Fault::Status { status, retry_after_s, message }) => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let message = message.clone().unwrap_or_else(|| format!("The script answers {status}."));
            let error = ModelError { retry_after_s: *retry_after_s, ..ModelError::new(status, message) };
            refuse(&error, ticket)
        }
        Some(Fault::Disconnect) => disconnect(ticket),
        Some(Fault::EmptyBody) => fixed(streamed, "", ticket),
        Some(Fault::WrongType) => {
            let mut page = fixed(streamed, HTML_PAGE, ticket);
            let html = HeaderValue::from_static("text/html; charset=utf-8");
            page.headers_mut().insert(header::CONTENT_TYPE, html);
            page
        }
        _ if streamed => stream::respond(reply, ticket),
        _ => whole::respond(reply, ticket).await,
    }
}

/// Status 200 and a body that is no reply.
fn fixed(streamed: bool, body: &'static str, mut ticket: Ticket) -> Response {
    ticket.status(200);
    ticket.end(Outcome::Finished);
    let kind = if streamed { "text/event-stream; charset=utf-8" } else { "application/json" };
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}
