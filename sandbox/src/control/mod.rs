//! The control API, `/_sandbox/…`: sets up the world, acts as its people, and steers what happens.
//!
//! JSON in, JSON out. A refusal is `{"error": "…"}` with one sentence that says what to do: 400 the
//! request is wrong (or Discord's own client would not send that), 403 it came from elsewhere, 404
//! there is no such thing, 408 a wait was too short, 409 a name means several things. Unknown fields
//! are errors. Wherever something is named, its id or its unique name will do; a channel's may be
//! `guild/channel`, and the newest message is `last`.

pub mod act;
pub mod bitset;
mod feed;
pub(crate) mod guard;
mod index;
pub(crate) mod input;
pub mod links;
pub mod load;
pub mod look;
pub mod names;
pub mod outcome;
pub mod places;
pub mod refusal;
pub mod setup;
pub mod shop;
pub mod steer;
pub mod traffic;
pub mod wire;
pub mod write;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{delete, get, patch, post, put};

use crate::instance::Sandbox;
use crate::{inspect, page};

/// Where the API is mounted.
pub const MOUNT: &str = "/_sandbox";

/// The control API, to be merged into the sandbox's router. `model` is the model server's own part.
pub fn routes(model: Router) -> Router<Sandbox> {
    let inner = Router::new()
        .route("/", get(index::index))
        .merge(setup_routes())
        .merge(act_routes())
        .merge(look_routes())
        .merge(steer_routes())
        .merge(inspect::routes())
        .nest_service("/model", model)
        .fallback(input::nowhere)
        .method_not_allowed_fallback(input::other_method)
        .layer(DefaultBodyLimit::max(input::MAX_BODY))
        .layer(middleware::from_fn(guard::loopback_only));
    Router::new().nest(MOUNT, inner)
}

fn setup_routes() -> Router<Sandbox> {
    Router::new()
        .route("/apps", post(setup::app))
        .route("/apps/{app}", patch(setup::change_app))
        .route("/users", post(setup::user))
        .route("/users/{user}", patch(setup::change_user))
        .route("/guilds", post(setup::guild))
        .route("/crowd", post(setup::crowd))
        .route("/guilds/{guild}/channels", post(places::channel))
        .route("/guilds/{guild}/roles", post(setup::role))
        .route("/guilds/{guild}/members", post(setup::join))
        .route("/guilds/{guild}/members/{user}", patch(setup::change_member).delete(setup::leave))
        .route("/channels/{channel}", delete(places::delete_channel))
        .route("/channels/{channel}/overwrites/{id}", put(places::overwrite))
        .route("/direct", post(places::direct))
        .route("/installs", post(places::install).delete(places::uninstall))
        .route("/skus", post(shop::sku))
        .route("/entitlements", post(shop::entitle))
        .route("/entitlements/{id}", patch(shop::change_entitlement))
        .route("/subscriptions", post(shop::subscribe))
}

fn act_routes() -> Router<Sandbox> {
    Router::new()
        .route("/act/slash", post(act::slash))
        .route("/act/autocomplete", post(act::autocomplete))
        .route("/act/menu", post(act::menu))
        .route("/act/press", post(act::press))
        .route("/act/submit", post(act::submit))
        .route("/act/say", post(write::say))
        .route("/act/edit", post(write::edit))
        .route("/act/type", post(write::types))
        .route("/act/react", post(write::react))
        .route("/act/dismiss", post(write::dismiss))
        .route("/act/thread", post(write::thread))
}

fn look_routes() -> Router<Sandbox> {
    Router::new()
        .route("/state", get(look::state))
        .route("/interactions/{id}", get(outcome::get))
        .route("/channels/{channel}/messages", get(look::messages))
        .route("/channels/{channel}/typing", get(look::typing))
        .route("/commands", get(look::commands))
        .route("/requests", get(traffic::requests).delete(traffic::forget_requests))
        .route("/requests/unknown", get(traffic::unknown))
        .route("/requests/violations", get(traffic::violations))
        .route("/requests/recording", put(traffic::recording))
        .route("/report", get(traffic::report))
        .route("/sessions", get(wire::sessions))
        .route("/ready", get(wire::ready))
        .route("/events", get(feed::events))
        .route("/view", get(page::view::get))
        .route("/live", get(page::live::get))
        .route("/ca.pem", get(traffic::ca))
}

fn steer_routes() -> Router<Sandbox> {
    Router::new()
        .route("/rules", get(steer::rules))
        .route("/rules/{name}", put(steer::set_rule))
        .route("/clock", get(steer::clock).post(steer::advance))
        .route("/faults", get(traffic::faults).post(traffic::add_fault).delete(traffic::clear_faults))
        .route("/faults/{id}", delete(traffic::remove_fault))
        .route("/limits", put(traffic::limit).delete(traffic::forget_limits))
        .route("/limits/global", put(traffic::global_limit))
        .route("/limits/ban", put(traffic::ban))
        .route("/gateway/drop", post(wire::cut))
        .route("/gateway/close", post(wire::close))
        .route("/gateway/reconnect", post(wire::reconnect))
        .route("/gateway/invalidate", post(wire::invalidate))
        .route("/gateway/heartbeat", post(wire::heartbeat))
        .route("/gateway/zombie", post(wire::zombie))
        .route("/gateway/refuse-resume", post(wire::refuse_resume))
        .route("/gateway/duplicate", post(wire::duplicate))
        .route("/gateway/delay", post(wire::delay))
        .route("/gateway/interval", post(wire::interval))
        .route("/gateway/concurrency", post(wire::concurrency))
        .route("/links", get(links::links))
        .route("/links/{name}", put(links::switch))
        .route("/load", post(load::load))
}
