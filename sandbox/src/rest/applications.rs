//! `/applications/@me` and `/oauth2/applications/@me`.

use axum::Json;
use axum::extract::State;

use super::Answer;
use super::guard::{self, At};
use super::request::{Body, Bot};
use crate::ids::Id;
use crate::instance::Sandbox;

/// `GET /applications/@me`
pub(super) async fn me(State(sandbox): State<Sandbox>, Bot(app): Bot) -> Answer {
    sandbox.read(|world| Ok(Json(world.app_json(app))))
}

/// `GET /applications/{id}`
pub(super) async fn get(State(sandbox): State<Sandbox>, Bot(app): Bot, At(id): At<Id>) -> Answer {
    guard::own(app, id)?;
    sandbox.read(|world| Ok(Json(world.app_json(app))))
}

/// `PATCH /applications/@me`
pub(super) async fn modify(State(sandbox): State<Sandbox>, Bot(app): Bot, body: Body) -> Answer {
    sandbox.change(|world| {
        if let (Some(text), Some(found)) = (body.json["description"].as_str(), world.apps.get_mut(&app)) {
            text.clone_into(&mut found.description);
        }
        Ok(Json(world.app_json(app)))
    })
}
