//! The check of whoever takes traces: there, and willing. The bot runs without, so that no fault is more than a warning.

use reqwest::{StatusCode, header::CONTENT_TYPE};
use secrecy::ExposeSecret;

use super::{Finding, client};
use crate::config::traces::{ENDPOINT, HEADERS, TraceSettings};

const CHECK: &str = "traces";
/// A request with nothing in it, which a collector takes as any other.
const NOTHING: &str = r#"{"resourceSpans":[]}"#;

pub(super) async fn check(settings: &TraceSettings) -> Vec<Finding> {
    let Some(endpoint) = &settings.endpoint else { return Vec::new() };
    let client = match client::remote(endpoint.is_loopback(), Vec::new()) {
        Ok(client) => client,
        Err(error) => return vec![Finding::warn(CHECK, client::explain(error))],
    };
    let request = client.post(format!("{endpoint}/v1/traces")).header(CONTENT_TYPE, "application/json");
    let headers = settings.headers.iter();
    let request = headers.fold(request, |request, (name, value)| request.header(name, value.expose_secret()));
    let finding = match request.body(NOTHING).send().await {
        Ok(answer) => match answer.status() {
            status if status.is_success() => Finding::ok(CHECK, format!("{endpoint} takes traces")),
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
                let wanted = if settings.headers.is_empty() { "wants" } else { "refuses" };
                Finding::warn(CHECK, format!("{endpoint} {wanted} a key ({status}); check {}", HEADERS.name))
            }
            status => Finding::warn(
                CHECK,
                format!(
                    "{endpoint}/v1/traces answers {status}; does it take OTLP over HTTP in JSON? Check {}",
                    ENDPOINT.name
                ),
            ),
        },
        Err(error) => {
            let reason = client::explain(error);
            Finding::warn(CHECK, format!("{endpoint} can't be reached ({reason}); check {}", ENDPOINT.name))
        }
    };
    vec![finding]
}
