//! `/channels/{id}/messages/pins`, and the older `/channels/{id}/pins`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Answer;
use super::guard::{self, At, Params};
use super::messages::blanked;
use super::request::Bot;
use crate::clock::iso8601;
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::rules::Rule;
use crate::world::World;
use crate::world::message::Message;
use crate::world::permissions::bits;

/// The most pins of a channel.
const MAX: usize = 250;
/// `2026-11-20T09:30:00.123`: how much of a timestamp is compared, whatever follows it.
const TO_MS: usize = 23;

/// Which page of the pins is asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Page {
    before: Option<String>,
    limit: Option<usize>,
}

/// `GET /channels/{id}/messages/pins`: the last pinned first.
pub(super) async fn page(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(channel): At<Id>,
    Params(page): Params<Page>,
) -> Answer {
    sandbox.read(|world| {
        let before = page.before.as_deref().unwrap_or("9").get(..TO_MS).unwrap_or("9");
        let earlier = |message: &&Message| &iso8601(pinned_ms(message))[..TO_MS] < before;
        let pins = pins(world, app, channel)?;
        let fitting: Vec<_> = pins.into_iter().filter(earlier).collect();
        let limit = page.limit.unwrap_or(50).clamp(1, 50);
        let item = |message: &&Message| {
            json!({
                "pinned_at": iso8601(pinned_ms(message)), "message": blanked(world, app, message),
            })
        };
        let items: Vec<Value> = fitting.iter().take(limit).map(item).collect();
        Ok(Json(json!({ "items": items, "has_more": fitting.len() > limit })))
    })
}

/// `GET /channels/{id}/pins`: the older list, of messages alone.
pub(super) async fn list(State(sandbox): State<Sandbox>, Bot(app): Bot, At(channel): At<Id>) -> Answer {
    sandbox.read(|world| {
        let pins = pins(world, app, channel)?;
        Ok(Json(pins.into_iter().take(50).map(|message| blanked(world, app, message)).collect()))
    })
}

/// `PUT …/{id}` of either.
pub(super) async fn pin(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(message): At<(Id, Id)>,
) -> ApiResult<StatusCode> {
    set(&sandbox, app, message, true)
}

/// `DELETE …/{id}` of either.
pub(super) async fn unpin(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(message): At<(Id, Id)>,
) -> ApiResult<StatusCode> {
    set(&sandbox, app, message, false)
}

fn set(sandbox: &Sandbox, app: Id, (channel, id): (Id, Id), on: bool) -> ApiResult<StatusCode> {
    sandbox.change(|world| {
        guard::channel_with(world, app, channel, bits::PIN_MESSAGES)?;
        let pinned = guard::message(world, channel, id)?.pinned_ms.is_some();
        if on && !pinned && pins(world, app, channel)?.len() >= MAX {
            let text = format!("Maximum number of pins reached for the channel ({MAX})");
            return Err(ApiError::new(StatusCode::BAD_REQUEST, 30003, text));
        }
        if on != pinned {
            world.pin(channel, id, app, on);
        }
        Ok(StatusCode::NO_CONTENT)
    })
}

fn pinned_ms(message: &Message) -> u64 {
    message.pinned_ms.unwrap_or_default()
}

/// A channel's pins that the bot may read, the last pinned first.
fn pins(world: &World, app: Id, channel: Id) -> ApiResult<Vec<&Message>> {
    let place = guard::channel(world, app, channel)?;
    let readable = world.permissions(place, app) & bits::READ_MESSAGE_HISTORY != 0;
    if world.rules.on(Rule::Permissions) && !readable {
        return Ok(Vec::new());
    }
    let mut pins = world.seen_by(channel, app);
    pins.retain(|message| message.pinned_ms.is_some());
    pins.sort_by_key(|message| std::cmp::Reverse((message.pinned_ms, message.id)));
    Ok(pins)
}
