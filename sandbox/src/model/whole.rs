//! A reply in one piece, with its faults.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use futures::{StreamExt, stream};
use tokio::time::sleep;

use super::chat::{CutOff, disconnect, relayed_error};
use super::record::{Outcome, Ticket};
use super::reply::{MAX_SILENCE, Reply, wait};
use super::script::Fault;
use super::wire::{Answer, Choice, Completion};

/// Waits as long as the reply takes to write, then answers all of it.
pub(crate) async fn respond(reply: Reply, mut ticket: Ticket) -> Response {
    let written = reply.fault_at().unwrap_or_else(|| reply.total());
    if let Some(last) = written.checked_sub(1) {
        wait(reply.timing.due(last)).await;
    }
    match &reply.fault {
        Some(Fault::Hang | Fault::Stall { .. }) => {
            sleep(MAX_SILENCE).await;
            disconnect(ticket)
        }
        Some(Fault::Cut { .. }) => cut(completion(&reply), ticket),
        Some(Fault::EndEarly { .. } | Fault::Malformed { .. }) => {
            let mut body = completion(&reply);
            body.truncate(body.len() / 2);
            finished(body, &mut ticket)
        }
        Some(Fault::ErrorEvent { message, .. }) => {
            finished(relayed_error(message).to_string().into_bytes(), &mut ticket)
        }
        _ => {
            (0..reply.total()).for_each(|index| ticket.sent(reply.token(index)));
            finished(completion(&reply), &mut ticket)
        }
    }
}

fn finished(body: Vec<u8>, ticket: &mut Ticket) -> Response {
    ticket.status(200);
    ticket.end(Outcome::Finished);
    json_response(Body::from(body))
}

/// The first half of `body`, and then the connection breaks.
fn cut(mut body: Vec<u8>, mut ticket: Ticket) -> Response {
    ticket.status(200);
    body.truncate(body.len() / 2);
    let broken = async move {
        // The connection writes out what it holds while it waits, and only then fails.
        tokio::task::yield_now().await;
        ticket.end(Outcome::Cut);
        Err(CutOff)
    };
    let half = stream::once(std::future::ready(Ok(Bytes::from(body))));
    let frames = half.chain(stream::once(broken));
    json_response(Body::from_stream(frames))
}

fn json_response(body: Body) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn completion(reply: &Reply) -> Vec<u8> {
    let endless: String;
    let content = if reply.fault == Some(Fault::Endless) {
        endless = (0..reply.total()).map(|at| reply.token(at)).collect();
        &endless
    } else {
        reply.speech.text()
    };
    let message = Answer { role: "assistant", content, refusal: () };
    serde_json::to_vec(&Completion {
        id: &reply.id,
        object: "chat.completion",
        created: reply.created,
        model: &reply.model,
        choices: [Choice { index: 0, message, logprobs: (), finish_reason: reply.finish }],
        usage: reply.usage,
        service_tier: "default",
        system_fingerprint: super::FINGERPRINT,
    })
    .expect("strings and numbers always become JSON")
}
