//! Checks of the model endpoint: reachable, key accepted, model known.

use reqwest::StatusCode;
use secrecy::ExposeSecret;
use serde_json::Value;

use super::{Finding, client};
use crate::config::AiSettings;

const CHECK: &str = "model";

pub(super) async fn check(settings: &AiSettings) -> Vec<Finding> {
    let base = &settings.base_url;
    if settings.api_key.is_none() && settings.needs_key() {
        return vec![Finding::warn(
            CHECK,
            "not asked, since OPENAI_API_KEY is not set; set it, or OPENAI_BASE_URL to another endpoint",
        )];
    }
    let client = match client::remote(base.is_loopback(), Vec::new()) {
        Ok(client) => client,
        Err(error) => return vec![Finding::fail(CHECK, client::explain(error))],
    };
    let mut request = client.get(format!("{base}/models"));
    if let Some(key) = &settings.api_key {
        request = request.bearer_auth(key.expose_secret());
    }
    let answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) => {
            let reason = client::explain(error);
            let message =
                format!("{base} can't be reached ({reason}); check the network and OPENAI_BASE_URL");
            return vec![Finding::fail(CHECK, message)];
        }
    };
    let status = answer.status();
    if status != StatusCode::OK {
        return vec![refusal(status, settings)];
    }
    vec![match client::read_json(answer).await {
        Ok(body) => listing(&body, settings),
        Err(fault) => {
            Finding::fail(CHECK, format!("{base}/models: {fault}; does OPENAI_BASE_URL miss its /v1?"))
        }
    }]
}

fn refusal(status: StatusCode, settings: &AiSettings) -> Finding {
    let base = &settings.base_url;
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if settings.api_key.is_none() => {
            Finding::fail(CHECK, format!("{base} wants a key; set OPENAI_API_KEY"))
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Finding::fail(
            CHECK,
            format!("{base} refuses OPENAI_API_KEY ({status}); make a new key and set it"),
        ),
        StatusCode::NOT_FOUND => Finding::fail(
            CHECK,
            format!("{base}/models is not there; OPENAI_BASE_URL most often ends in /v1"),
        ),
        StatusCode::TOO_MANY_REQUESTS => Finding::warn(
            CHECK,
            "the endpoint limits requests, or the account is out of credit; look at its usage page",
        ),
        status => {
            Finding::fail(CHECK, format!("{base}/models answers {status}; see the provider's status page"))
        }
    }
}

fn listing(body: &Value, settings: &AiSettings) -> Finding {
    let model = &settings.model;
    let Some(models) = body["data"].as_array() else {
        return Finding::warn(CHECK, format!("the endpoint answers, but lists no models; is {model} right?"));
    };
    let mut ids = models.iter().filter_map(|entry| entry["id"].as_str());
    if ids.any(|id| id == model) {
        Finding::ok(CHECK, format!("{} answers and knows {model}", settings.base_url))
    } else {
        Finding::warn(
            CHECK,
            format!(
                "the endpoint answers, but does not list {model} among its {}; check OPENAI_MODEL",
                models.len()
            ),
        )
    }
}
