//! `GET /_sandbox`: every endpoint with a line about it.

use axum::Json;
use serde_json::{Map, Value, json};

/// Method and path, and what it does. Optional fields end in `?`.
pub(super) const ENDPOINTS: &[(&str, &str)] = &[
    ("GET /_sandbox", "this list"),
    ("GET /_sandbox/state", "the world: applications with tokens, guilds, users, rules, the time"),
    (
        "POST /_sandbox/apps",
        "{name, token?, intents?: [message_content, guild_members, guild_presences], owner?} → {id, token}",
    ),
    ("PATCH /_sandbox/apps/{app}", "{intents}: the privileged intents that it is granted"),
    ("POST /_sandbox/users", "{name, locale?} → {id}"),
    ("PATCH /_sandbox/users/{user}", "{locale}: their client's language"),
    ("POST /_sandbox/guilds", "{name, owner?, install?: true, weight?: bytes} → {id, channel_id}"),
    ("POST /_sandbox/crowd", "{guilds, bytes?} → {guilds}: many guilds at once, spread evenly over shards"),
    (
        "POST /_sandbox/guilds/{guild}/channels",
        "{name, type?: text | voice | category | announcement | forum, parent?} → {id}",
    ),
    ("POST /_sandbox/guilds/{guild}/roles", "{name, permissions?, mentionable?} → {id}"),
    ("POST /_sandbox/guilds/{guild}/members", "{user | name, locale?, roles?} → {id}"),
    ("PATCH /_sandbox/guilds/{guild}/members/{user}", "{roles?, nick?}"),
    ("DELETE /_sandbox/guilds/{guild}/members/{user}", "they leave"),
    ("DELETE /_sandbox/channels/{channel}", "the channel is deleted"),
    (
        "PUT /_sandbox/channels/{channel}/overwrites/{id}",
        "{allow?, deny?, member?}: for a role, or a member; nothing takes it away",
    ),
    ("POST /_sandbox/direct", "{users} → {id}: the direct message of these people; a bot may be one"),
    ("POST /_sandbox/installs", "{app?, guild | user, permissions?}"),
    ("DELETE /_sandbox/installs", "{app?, guild | user}"),
    (
        "POST /_sandbox/skus",
        "{app?, name, type?: durable | consumable | subscription | subscription_group, flags?} → {id}",
    ),
    ("POST /_sandbox/entitlements", "{app?, sku, user | guild, ends_in_ms?} → {id}"),
    ("PATCH /_sandbox/entitlements/{id}", "{ends_in_ms?, deleted?, consumed?}"),
    (
        "POST /_sandbox/subscriptions",
        "{id?, app?, sku, user, entitlement, status?: active | ending | inactive, period_ms?} → {id}",
    ),
    (
        "POST /_sandbox/act/slash",
        "{user, channel, command, options?, app?, wait?, timeout_ms?, quiet_ms?} → {interaction}, or with wait: acknowledged | answered | finished its outcome",
    ),
    ("POST /_sandbox/act/autocomplete", "the same with focused: the option that is being typed"),
    (
        "POST /_sandbox/act/menu",
        "{user, channel, command, target, wait?…}: an entry of a message's or user's menu",
    ),
    (
        "POST /_sandbox/act/press",
        "{user, channel, message, custom_id | label, values?, wait?…}: a button, or a select menu",
    ),
    ("POST /_sandbox/act/submit", "{interaction, fields?, wait?…}: the modal that the interaction opened"),
    (
        "POST /_sandbox/act/say",
        "{user, channel, content, files?: [{filename, base64, content_type?}], reply_to?} → {message}",
    ),
    ("POST /_sandbox/act/edit", "{user, channel, message, content}: one's own message"),
    ("POST /_sandbox/act/type", "{user, channel}: they write"),
    ("POST /_sandbox/act/thread", "{user, channel, name, message?} → {id}"),
    ("POST /_sandbox/act/react", "{user, channel, message, emoji, remove?}"),
    ("POST /_sandbox/act/dismiss", "{user, channel, message}: an ephemeral message, or one's own"),
    (
        "GET /_sandbox/interactions/{id}",
        "?until=now|acknowledged|answered|finished&timeout_ms=5000&quiet_ms=500: what became of it; 408 with outcome if that takes longer",
    ),
    (
        "GET /_sandbox/channels/{channel}/messages",
        "?as=USER&limit=50&after=ID | before=ID: what that member sees, oldest first",
    ),
    ("GET /_sandbox/channels/{channel}/typing", "who types there"),
    ("GET /_sandbox/commands", "?as=USER&channel=CHANNEL: the commands that show up for them there"),
    (
        "GET /_sandbox/requests",
        "?since=&method=&path=&template=&status=&limit=100: what was asked of the API, oldest first",
    ),
    ("GET /_sandbox/requests/unknown", "requests of routes that the sandbox doesn't know"),
    ("GET /_sandbox/requests/violations", "requests that violate Discord's OpenAPI file"),
    ("PUT /_sandbox/requests/recording", "{on}: whether requests are kept (they are counted anyway)"),
    ("DELETE /_sandbox/requests", "forgets them"),
    (
        "GET /_sandbox/report",
        "counts: requests, unknown, violations, rate_limited, invalid, interactions, sessions",
    ),
    ("GET /_sandbox/sessions", "gateway sessions"),
    (
        "GET /_sandbox/ready",
        "?app=&commands=a,b&shards=1&timeout_ms=5000: waits until the bot is connected and has these commands",
    ),
    ("GET /_sandbox/events", "what happens as it happens, as server-sent events"),
    ("GET /_sandbox/view", "?as=USER: servers, channels, members, as that member's client lists them"),
    ("GET /_sandbox/live", "?as=USER: a WebSocket of what that member's client hears; the page's own"),
    (
        "GET /_sandbox/inspect",
        "?limit=50&all=: interactions, newest first, and messages that a bot's trace is about (all: every message)",
    ),
    (
        "GET /_sandbox/inspect/{id}",
        "one of them with its timeline: gateway, requests, model, and the bot's own spans",
    ),
    ("GET /_sandbox/ca.pem", "the certificate authority under which the sandbox is discord.com"),
    ("GET /_sandbox/rules", "which of Discord's rules are enforced"),
    ("PUT /_sandbox/rules/{name}", "{on}"),
    (
        "GET /_sandbox/clock",
        "?unless_offset_ms=&timeout_ms=20000: the time here; or wait until it was pushed",
    ),
    ("POST /_sandbox/clock", "{advance_ms}: pushes it forward"),
    ("GET /_sandbox/faults", "faults with their hits"),
    ("POST /_sandbox/faults", "{method?, route?, after?, times?, probability?, effect: {kind, …}} → {id}"),
    ("DELETE /_sandbox/faults", "removes all"),
    ("DELETE /_sandbox/faults/{id}", "removes one"),
    ("PUT /_sandbox/limits", "{method, template, limit, window_ms}: what a route's buckets allow"),
    ("PUT /_sandbox/limits/global", "{limit}: requests a second in all"),
    ("PUT /_sandbox/limits/ban", "{threshold, window_ms, ban_ms}: when invalid requests lead to a ban"),
    ("DELETE /_sandbox/limits", "closes all windows and lifts all bans"),
    ("POST /_sandbox/gateway/drop", "{app?, shard?}: cuts connections off"),
    ("POST /_sandbox/gateway/close", "{code, app?, shard?}: closes them"),
    ("POST /_sandbox/gateway/reconnect", "{app?, shard?}: asks to connect again and resume (op 7)"),
    ("POST /_sandbox/gateway/invalidate", "{resumable?, app?, shard?}: invalid session (op 9)"),
    ("POST /_sandbox/gateway/heartbeat", "{app?, shard?}: asks for a heartbeat (op 1)"),
    ("POST /_sandbox/gateway/zombie", "{on, app?, shard?}: heartbeats stay without an answer"),
    ("POST /_sandbox/gateway/refuse-resume", "{on, app?, shard?}"),
    ("POST /_sandbox/gateway/duplicate", "{event, times, app?, shard?}: events that come twice"),
    ("POST /_sandbox/gateway/delay", "{event, ms, app?, shard?}: events that come late"),
    ("POST /_sandbox/gateway/interval", "{ms}: the heartbeat interval of connections from now on"),
    ("POST /_sandbox/gateway/concurrency", "{shards, app?}: how many shards may identify in 5 seconds"),
    ("GET /_sandbox/links", "the bot's ways to its stores: where they lead, their modes, what went through"),
    ("PUT /_sandbox/links/{name}", "{mode: up | off | hang | slow, delay_ms?}: open connections too"),
    (
        "POST /_sandbox/load",
        "{user?, channel, command, options?, app?, total, in_flight, distinct_users?, timeout_ms?} → {completed, failed, elapsed_ms, per_second, latency_us}",
    ),
    ("GET /_sandbox/model", "the model server: its settings and scripts"),
    ("PATCH /_sandbox/model", "{record?, tokens_per_second?}"),
    ("GET /_sandbox/model/requests", "what the model was asked"),
    ("DELETE /_sandbox/model/requests", "forgets it"),
    ("POST /_sandbox/model/script", "a script, or a list: what it answers next, and how it fails"),
    ("DELETE /_sandbox/model/script", "the understudy is back"),
];

/// `GET /_sandbox`
pub(super) async fn index() -> Json<Value> {
    let endpoints: Map<String, Value> =
        ENDPOINTS.iter().map(|(endpoint, about)| ((*endpoint).to_owned(), json!(about))).collect();
    Json(json!({
        "sandbox": "a local Discord; what can be asked of it is listed in `endpoints`",
        "api": "/api/v10",
        "model": "/v1",
        "names": "things are named by id or unique name; channels also as guild/channel, the newest message as last",
        "endpoints": endpoints,
    }))
}
