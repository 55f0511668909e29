//! What `serve` tells: with a bot of its own the one address to open, else all that a bot needs.

use std::convert::Infallible;

use troupe_sandbox::instance::Sandbox;
use troupe_sandbox::model;
use troupe_sandbox::openapi::OpenApi;
use troupe_sandbox::serve::Serving;

use super::serve::Serve;
use super::tell;

/// Tells that it runs, and where.
pub(super) fn started(serve: &Serve, serving: &Serving, token: Option<&str>) {
    let (url, host) = (serving.url(), &serving.sandbox.authority);
    tell("A local Discord is running; Ctrl-C stops it.\n");
    tell(&format!("  Open {url} in a browser.\n"));
    if serve.bot.is_empty() {
        tell(&format!("  REST API   {url}/api/v10"));
        tell(&format!("  gateway    ws://{host}"));
        tell(&format!("  control    {url}/_sandbox"));
        tell(&format!("  model      {url}/v1"));
        if let Some(token) = token {
            tell(&format!("  bot token  {token}"));
        }
        tell(&format!("\nOr be a member from here: troupe-sandbox drive --url {url} commands"));
        let checked = match serve.openapi.clone().or_else(OpenApi::find) {
            Some(path) => format!("Requests are checked against {}.", path.display()),
            None => "Requests are not checked against Discord's OpenAPI file: there is none here.".into(),
        };
        tell(&checked);
    }
    if let Some(path) = &serve.ca_file {
        tell(&format!("The test CA is in {}.", path.display()));
    }
    let off: Vec<_> = serve.no_rules.iter().map(|rule| rule.name()).collect();
    if !off.is_empty() {
        tell(&format!("These rules are off: {}.", off.join(", ")));
    }
    // A bot that was given no part of the model server may well have a model.
    if serve.bot.is_empty() || serve.with_model {
        tell(model::NOTICE);
    }
}

/// Tells the address again when a bot is there with its commands: its own log has pushed it away by then.
pub(super) async fn when_ready(sandbox: &Sandbox, url: &str) -> Infallible {
    let name = sandbox
        .wait_for(|world| {
            let app = world.apps.values().find(|app| !world.command_names(app.id).is_empty())?;
            Some(app.name.clone())
        })
        .await;
    tell(&format!("\n  {name} is there: open {url} in a browser.\n"));
    std::future::pending().await
}
