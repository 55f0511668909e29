//! The page: the local Discord as a member sees it in a browser, and the inspector beside it.
//!
//! `GET /` is the page, `/page/…` what it is made of, `/_sandbox/view` the world as one member's client
//! lists it, and `/_sandbox/live` a WebSocket of what happens. Everything else that the page does goes
//! through the control API, as any other driver's acts do.

pub(crate) mod assets;
pub(crate) mod live;
pub(crate) mod view;

use axum::routing::get;
use axum::{Router, middleware};

use crate::control::guard;
use crate::instance::Sandbox;

/// The page and its files, for this machine only.
pub fn routes() -> Router<Sandbox> {
    Router::new().route("/page/{*path}", get(assets::file)).layer(middleware::from_fn(guard::loopback_only))
}
