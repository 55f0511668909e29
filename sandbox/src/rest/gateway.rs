//! `/gateway` and `/gateway/bot`: where to connect, and with how many shards.

use axum::Json;
use axum::extract::State;
use serde_json::json;

use super::Answer;
use super::request::Bot;
use crate::instance::Sandbox;

/// How many guilds Discord recommends a shard to have at most.
const GUILDS_PER_SHARD: usize = 1000;

/// `GET /gateway`: the plain address, also for those who came by TLS, as not every client can take its
/// gateway through a proxy.
pub(super) async fn get(State(sandbox): State<Sandbox>) -> Answer {
    Ok(Json(json!({ "url": format!("ws://{}", sandbox.authority) })))
}

/// `GET /gateway/bot`
pub(super) async fn bot(State(sandbox): State<Sandbox>, Bot(app): Bot) -> Answer {
    let guilds = sandbox.read(|world| world.guilds_of(app).len());
    Ok(Json(json!({
        "url": format!("ws://{}", sandbox.authority),
        "shards": guilds.div_ceil(GUILDS_PER_SHARD).max(1),
        "session_start_limit": sandbox.hub.start_limit(app),
    })))
}
