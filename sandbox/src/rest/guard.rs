//! What every handler asks first: does it exist, may the bot see it, may the bot do this.

use std::borrow::Cow;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::json;

use crate::error::{ApiError, ApiResult};
use crate::ids::Id;
use crate::rules::Rule;
use crate::world::World;
use crate::world::channel::Channel;
use crate::world::guild::Guild;
use crate::world::message::Message;
use crate::world::permissions::bits;

/// The parameters of a path; one that is no snowflake is refused in Discord's words.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<T>(pub(super) T);

impl<T, S> FromRequestParts<S> for At<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(_) => Err(ApiError::invalid_form(json!({ "id": { "_errors": [{
                "code": "NUMBER_TYPE_COERCE",
                "message": "A part of the path is not snowflake.",
            }] } }))),
        }
    }
}

/// A query's parameters; one of a wrong type is refused in Discord's words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Params<T>(pub(super) T);

impl<T, S> FromRequestParts<S> for Params<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(ApiError::invalid_form(json!({ "_errors": [{
                "code": "BASE_TYPE_BAD_TYPE",
                "message": rejection.body_text(),
            }] }))),
        }
    }
}

/// A query's boolean. Clients write `true`, `True` or `1`, and Discord takes each of them.
pub(super) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    let text = Cow::<str>::deserialize(from)?;
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(Some(true)),
        "false" | "0" => Ok(Some(false)),
        _ => Err(D::Error::custom(format!("\"{text}\" is neither true nor false"))),
    }
}

/// The channel, if the bot can see it.
pub(super) fn channel(world: &World, app: Id, id: Id) -> ApiResult<&Channel> {
    let channel = world.channel(id).ok_or_else(|| ApiError::unknown(10003, "Channel"))?;
    if world.rules.on(Rule::Permissions) && world.permissions(channel, app) & bits::VIEW_CHANNEL == 0 {
        return Err(ApiError::missing_access());
    }
    Ok(channel)
}

/// The channel, if the bot can see it and has all of `needed` there.
pub(super) fn channel_with(world: &World, app: Id, id: Id, needed: u64) -> ApiResult<&Channel> {
    let found = channel(world, app, id)?;
    if world.rules.on(Rule::Permissions) && world.permissions(found, app) & needed != needed {
        return Err(ApiError::missing_permissions());
    }
    Ok(found)
}

/// The guild, if the bot is in it.
pub(super) fn guild(world: &World, app: Id, id: Id) -> ApiResult<&Guild> {
    let guild = world.guilds.get(&id).ok_or_else(|| ApiError::unknown(10004, "Guild"))?;
    if world.rules.on(Rule::Permissions) && !guild.members.contains_key(&app) {
        return Err(ApiError::missing_access());
    }
    Ok(guild)
}

/// The guild, if the bot is in it and has all of `needed` there.
pub(super) fn guild_with(world: &World, app: Id, id: Id, needed: u64) -> ApiResult<&Guild> {
    let found = guild(world, app, id)?;
    if world.rules.on(Rule::Permissions) && world.guild_permissions(id, app) & needed != needed {
        return Err(ApiError::missing_permissions());
    }
    Ok(found)
}

/// A message of a channel, as any bot there sees it: ephemeral ones don't exist for it.
pub(super) fn message(world: &World, channel: Id, id: Id) -> ApiResult<&Message> {
    let found = world.message(channel, id).filter(|message| !message.is_ephemeral());
    found.ok_or_else(|| ApiError::unknown(10008, "Message"))
}

/// The application in a path must be the caller's own.
pub(super) fn own(app: Id, named: Id) -> ApiResult<()> {
    if app == named { Ok(()) } else { Err(ApiError::missing_access()) }
}
