//! `/channels/{id}/messages/{id}/reactions`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use super::Answer;
use super::guard::{self, At};
use super::request::Bot;
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::world::World;
use crate::world::permissions::bits;

/// An emoji of a path: a character, or `name:id` of one that the sandbox can't know of.
fn emoji(named: &str) -> ApiResult<&str> {
    let custom =
        named.rsplit_once(':').is_some_and(|(name, id)| !name.is_empty() && id.parse::<u64>().is_ok());
    let character =
        !named.is_empty() && named.chars().count() <= 16 && !named.chars().any(|c| c.is_ascii_alphabetic());
    if custom || character {
        return Ok(named);
    }
    Err(ApiError::new(StatusCode::BAD_REQUEST, 10014, "Unknown Emoji"))
}

/// `PUT …/reactions/{emoji}/@me`
pub(super) async fn add(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((channel, message, named)): At<(Id, Id, String)>,
) -> ApiResult<StatusCode> {
    sandbox.change(|world| {
        let first = world.message(channel, message).is_none_or(|message| message.reactions.is_empty());
        let needed = bits::READ_MESSAGE_HISTORY | if first { bits::ADD_REACTIONS } else { 0 };
        guard::channel_with(world, app, channel, needed)?;
        guard::message(world, channel, message)?;
        world.react(channel, message, emoji(&named)?, app);
        Ok(StatusCode::NO_CONTENT)
    })
}

/// `DELETE …/reactions/{emoji}/@me`
pub(super) async fn remove_own(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((channel, message, named)): At<(Id, Id, String)>,
) -> ApiResult<StatusCode> {
    sandbox.change(|world| take(world, app, channel, message, 0, emoji(&named)?, Some(app)))
}

/// `DELETE …/reactions/{emoji}/{user}`
pub(super) async fn remove(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((channel, message, named, user)): At<(Id, Id, String, Id)>,
) -> ApiResult<StatusCode> {
    sandbox.change(|world| {
        let needed = if user == app { 0 } else { bits::MANAGE_MESSAGES };
        take(world, app, channel, message, needed, emoji(&named)?, Some(user))
    })
}

/// `DELETE …/reactions/{emoji}`
pub(super) async fn remove_emoji(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((channel, message, named)): At<(Id, Id, String)>,
) -> ApiResult<StatusCode> {
    sandbox.change(|world| take(world, app, channel, message, bits::MANAGE_MESSAGES, emoji(&named)?, None))
}

/// `DELETE …/reactions`
pub(super) async fn remove_all(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((channel, message)): At<(Id, Id)>,
) -> ApiResult<StatusCode> {
    sandbox.change(|world| take(world, app, channel, message, bits::MANAGE_MESSAGES, "", None))
}

fn take(
    world: &mut World,
    app: Id,
    channel: Id,
    message: Id,
    needed: u64,
    emoji: &str,
    user: Option<Id>,
) -> ApiResult<StatusCode> {
    guard::channel_with(world, app, channel, needed)?;
    guard::message(world, channel, message)?;
    world.unreact(channel, message, emoji, user);
    Ok(StatusCode::NO_CONTENT)
}

/// `GET …/reactions/{emoji}`: who reacted.
pub(super) async fn users(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((channel, message, named)): At<(Id, Id, String)>,
) -> Answer {
    sandbox.read(|world| {
        guard::channel_with(world, app, channel, bits::READ_MESSAGE_HISTORY)?;
        let reactions = &guard::message(world, channel, message)?.reactions;
        let named = emoji(&named)?;
        let found = reactions.iter().find(|reaction| reaction.emoji == named);
        let users = found
            .map_or(json!([]), |reaction| reaction.users.iter().map(|user| world.user_json(*user)).collect());
        Ok(Json(users))
    })
}
