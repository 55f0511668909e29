//! REST v10: one file a resource, behind one pipeline.

mod applications;
pub mod body;
mod call;
mod channels;
pub mod check;
mod commands;
mod draft;
mod files;
mod gateway;
mod guard;
mod guilds;
mod interactions;
mod messages;
mod monetization;
pub mod pattern;
mod pins;
pub mod pipeline;
mod reactions;
pub mod request;
mod roles;
mod threads;
mod users;
mod webhooks;

use axum::routing::{delete, get, patch, post, put};
use axum::{Json, Router};
use serde_json::Value;

use crate::error::ApiResult;
use crate::instance::Sandbox;

/// A handler's JSON answer.
type Answer = ApiResult<Json<Value>>;

/// Every route of `/api/v10`.
pub fn routes() -> Router<Sandbox> {
    Router::new()
        .merge(gateway_routes())
        .merge(own_routes())
        .merge(command_routes())
        .merge(monetization_routes())
        .merge(interaction_routes())
        .merge(message_routes())
        .merge(channel_routes())
        .merge(guild_routes())
}

/// Where uploaded files are downloaded.
pub fn file_routes() -> Router<Sandbox> {
    Router::new()
        .route("/attachments/{channel_id}/{attachment_id}/{name}", get(files::attachment))
        .route("/ephemeral-attachments/{channel_id}/{attachment_id}/{name}", get(files::attachment))
}

fn gateway_routes() -> Router<Sandbox> {
    Router::new().route("/gateway", get(gateway::get)).route("/gateway/bot", get(gateway::bot))
}

fn own_routes() -> Router<Sandbox> {
    Router::new()
        .route("/users/@me", get(users::me).patch(users::modify_me))
        .route("/users/{user_id}", get(users::get))
        .route("/users/@me/channels", post(users::direct))
        .route("/users/@me/guilds", get(users::guilds))
        .route("/users/@me/guilds/{guild_id}", delete(users::leave))
        .route("/applications/@me", get(applications::me).patch(applications::modify))
        .route("/applications/{application_id}", get(applications::get).patch(applications::modify))
        .route("/oauth2/applications/@me", get(applications::me))
}

fn command_routes() -> Router<Sandbox> {
    let scope = || get(commands::list).put(commands::put).post(commands::post);
    let one = || get(commands::get).patch(commands::patch).delete(commands::delete);
    Router::new()
        .route("/applications/{application_id}/commands", scope())
        .route("/applications/{application_id}/commands/{command_id}", one())
        .route("/applications/{application_id}/guilds/{guild_id}/commands", scope())
        .route("/applications/{application_id}/guilds/{guild_id}/commands/{command_id}", one())
        .route(
            "/applications/{application_id}/guilds/{guild_id}/commands/permissions",
            get(commands::permissions),
        )
        .route(
            "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}/permissions",
            get(commands::own_permissions),
        )
}

fn monetization_routes() -> Router<Sandbox> {
    let entitlements = "/applications/{application_id}/entitlements";
    Router::new()
        .route("/applications/{application_id}/skus", get(monetization::skus))
        .route(entitlements, get(monetization::list).post(monetization::create))
        .route(
            &format!("{entitlements}/{{entitlement_id}}"),
            get(monetization::get).delete(monetization::delete),
        )
        .route(&format!("{entitlements}/{{entitlement_id}}/consume"), post(monetization::consume))
        .route("/skus/{sku_id}/subscriptions", get(monetization::subscriptions))
        .route("/skus/{sku_id}/subscriptions/{subscription_id}", get(monetization::subscription))
}

fn interaction_routes() -> Router<Sandbox> {
    Router::new()
        .route("/interactions/{interaction_id}/{interaction_token}/callback", post(interactions::acknowledge))
        .route("/webhooks/{webhook_id}", get(webhooks::get).patch(webhooks::modify).delete(webhooks::delete))
        .route(
            "/webhooks/{webhook_id}/{webhook_token}",
            get(webhooks::get_with_token)
                .post(webhooks::execute)
                .patch(webhooks::modify_with_token)
                .delete(webhooks::delete_with_token),
        )
        .route(
            "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
            get(webhooks::get_message).patch(webhooks::edit_message).delete(webhooks::delete_message),
        )
}

fn message_routes() -> Router<Sandbox> {
    let message = "/channels/{channel_id}/messages/{message_id}";
    let reactions = format!("{message}/reactions");
    Router::new()
        .route("/channels/{channel_id}/messages", get(messages::list).post(messages::create))
        .route(message, get(messages::get).patch(messages::edit).delete(messages::delete))
        .route("/channels/{channel_id}/messages/bulk-delete", post(messages::bulk_delete))
        .route("/channels/{channel_id}/messages/pins", get(pins::page))
        .route("/channels/{channel_id}/messages/pins/{message_id}", put(pins::pin).delete(pins::unpin))
        .route("/channels/{channel_id}/pins", get(pins::list))
        .route("/channels/{channel_id}/pins/{message_id}", put(pins::pin).delete(pins::unpin))
        .route("/channels/{channel_id}/typing", post(messages::typing))
        .route(&reactions, delete(reactions::remove_all))
        .route(&format!("{reactions}/{{emoji_name}}"), get(reactions::users).delete(reactions::remove_emoji))
        .route(&format!("{reactions}/{{emoji_name}}/@me"), put(reactions::add).delete(reactions::remove_own))
        .route(&format!("{reactions}/{{emoji_name}}/{{user_id}}"), delete(reactions::remove))
}

fn channel_routes() -> Router<Sandbox> {
    let members = "/channels/{channel_id}/thread-members";
    Router::new()
        .route("/channels/{channel_id}", get(channels::get).patch(channels::modify).delete(channels::delete))
        .route(
            "/channels/{channel_id}/permissions/{overwrite_id}",
            put(channels::overwrite).delete(channels::overwrite),
        )
        .route("/channels/{channel_id}/webhooks", get(webhooks::in_channel).post(webhooks::create))
        .route("/channels/{channel_id}/threads", post(threads::create))
        .route("/channels/{channel_id}/messages/{message_id}/threads", post(threads::from_message))
        .route("/channels/{channel_id}/threads/archived/{which}", get(threads::archived))
        .route(members, get(threads::members))
        .route(&format!("{members}/@me"), put(threads::join).delete(threads::leave))
        .route(
            &format!("{members}/{{user_id}}"),
            get(threads::member).put(threads::add_member).delete(threads::remove_member),
        )
}

fn guild_routes() -> Router<Sandbox> {
    let members = "/guilds/{guild_id}/members";
    Router::new()
        .route("/guilds/{guild_id}", get(guilds::get).patch(guilds::modify))
        .route(
            "/guilds/{guild_id}/channels",
            get(channels::in_guild).post(channels::create).patch(channels::reorder),
        )
        .route("/guilds/{guild_id}/webhooks", get(webhooks::in_guild))
        .route("/guilds/{guild_id}/threads/active", get(threads::active))
        .route(members, get(guilds::members))
        .route(&format!("{members}/search"), get(guilds::search))
        .route(&format!("{members}/@me"), patch(guilds::modify_me))
        .route(
            &format!("{members}/{{user_id}}"),
            get(guilds::member).patch(guilds::modify_member).delete(guilds::kick),
        )
        .route(
            &format!("{members}/{{user_id}}/roles/{{role_id}}"),
            put(guilds::member_role).delete(guilds::member_role),
        )
        .route("/guilds/{guild_id}/roles", get(roles::list).post(roles::create).patch(roles::reorder))
        .route(
            "/guilds/{guild_id}/roles/{role_id}",
            get(roles::get).patch(roles::modify).delete(roles::delete),
        )
}
