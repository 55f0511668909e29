//! Checks of every provider of models: reachable, key accepted, models known.

use reqwest::StatusCode;
use secrecy::ExposeSecret;
use serde_json::Value;

use super::{Finding, client};
use crate::config::{AiSettings, ProviderSettings, ai::PRO_MODEL};

const CHECK: &str = "model";

pub(super) async fn check(settings: &AiSettings) -> Vec<Finding> {
    let checks = settings.chain.iter().enumerate().map(|(at, provider)| {
        let pro_model = settings.pro_model.as_deref().filter(|_| at == 0);
        // On the heap: each has a whole HTTP client in it.
        Box::pin(check_provider(provider, pro_model))
    });
    futures::future::join_all(checks).await
}

async fn check_provider(provider: &ProviderSettings, pro_model: Option<&str>) -> Finding {
    let base = &provider.base_url;
    let variables = provider.variables;
    let (key_name, base_name) = (variables.api_key.name, variables.base_url.name);
    if provider.api_key.is_none() && provider.needs_key() {
        let message =
            format!("not asked, since {key_name} is not set; set it, or {base_name} to another endpoint");
        return Finding::warn(CHECK, message);
    }
    let client = match client::remote(base.is_loopback(), Vec::new()) {
        Ok(client) => client,
        Err(error) => return Finding::fail(CHECK, client::explain(error)),
    };
    let mut request = client.get(format!("{base}/models"));
    if let Some(key) = &provider.api_key {
        request = request.bearer_auth(key.expose_secret());
    }
    let answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) => {
            let reason = client::explain(error);
            let message = format!("{base} can't be reached ({reason}); check the network and {base_name}");
            return Finding::fail(CHECK, message);
        }
    };
    let status = answer.status();
    if status != StatusCode::OK {
        return refusal(status, provider);
    }
    match client::read_json(answer).await {
        Ok(body) => listing(&body, provider, pro_model),
        Err(fault) => Finding::fail(CHECK, format!("{base}/models: {fault}; does {base_name} miss its /v1?")),
    }
}

fn refusal(status: StatusCode, provider: &ProviderSettings) -> Finding {
    let base = &provider.base_url;
    let (key_name, base_name) = (provider.variables.api_key.name, provider.variables.base_url.name);
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if provider.api_key.is_none() => {
            Finding::fail(CHECK, format!("{base} wants a key; set {key_name}"))
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Finding::fail(CHECK, format!("{base} refuses {key_name} ({status}); make a new key and set it"))
        }
        StatusCode::NOT_FOUND => {
            Finding::fail(CHECK, format!("{base}/models is not there; {base_name} most often ends in /v1"))
        }
        StatusCode::TOO_MANY_REQUESTS => Finding::warn(
            CHECK,
            format!("{base} limits requests, or the account is out of credit; look at its usage page"),
        ),
        status => {
            Finding::fail(CHECK, format!("{base}/models answers {status}; see the provider's status page"))
        }
    }
}

fn listing(body: &Value, provider: &ProviderSettings, pro_model: Option<&str>) -> Finding {
    let (base, model) = (&provider.base_url, &provider.model);
    let Some(models) = body["data"].as_array() else {
        return Finding::warn(CHECK, format!("{base} answers, but lists no models; is {model} right?"));
    };
    let knows = |model: &str| {
        // Gemini lists its models below a folder.
        let name = |id: &str| id == model || id.strip_prefix("models/") == Some(model);
        models.iter().filter_map(|entry| entry["id"].as_str()).any(name)
    };
    let asked = [(Some(model.as_str()), provider.variables.model.name), (pro_model, PRO_MODEL.name)];
    let missing = asked.into_iter().filter_map(|(model, name)| Some((model?, name)));
    match missing.into_iter().find(|(model, _)| !knows(model)) {
        None => Finding::ok(CHECK, format!("{base} answers and knows {model}")),
        Some((model, name)) => Finding::warn(
            CHECK,
            format!("{base} answers, but does not list {model} among its {}; check {name}", models.len()),
        ),
    }
}
