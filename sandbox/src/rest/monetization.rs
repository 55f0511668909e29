//! SKUs, entitlements and subscriptions.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::Answer;
use super::guard::{self, At, Params};
use super::request::{Body, Bot};
use crate::error::{ApiError, ApiResult};
use crate::form;
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::rules::Rule;
use crate::world::monetization::{Entitlement, Sku, Subscription};
use crate::world::{World, id_of};

/// A test entitlement's owner type for a guild; 2 is a user's.
const GUILD_OWNER: u64 = 1;

/// `GET /applications/{id}/skus`
pub(super) async fn skus(State(sandbox): State<Sandbox>, Bot(app): Bot, At(id): At<Id>) -> Answer {
    guard::own(app, id)?;
    sandbox.read(|world| Ok(Json(world.skus.values().filter(|sku| sku.app == app).map(Sku::json).collect())))
}

/// Which entitlements are asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    user_id: Option<Id>,
    sku_ids: Option<String>,
    guild_id: Option<Id>,
    before: Option<Id>,
    after: Option<Id>,
    limit: Option<usize>,
    #[serde(default, deserialize_with = "guard::flag")]
    exclude_ended: Option<bool>,
    #[serde(default, deserialize_with = "guard::flag")]
    exclude_deleted: Option<bool>,
}

impl Wanted {
    fn fits(&self, entitlement: &Entitlement, now_ms: u64) -> bool {
        let skus = self.sku_ids.as_deref().unwrap_or_default();
        let named = |sku: Id| skus.split(',').any(|one| one.trim().parse() == Ok(sku));
        self.user_id.is_none_or(|user| entitlement.user == Some(user))
            && self.guild_id.is_none_or(|guild| entitlement.guild == Some(guild))
            && (skus.is_empty() || named(entitlement.sku))
            && self.before.is_none_or(|before| entitlement.id < before)
            && self.after.is_none_or(|after| entitlement.id > after)
            && !(self.exclude_ended == Some(true) && entitlement.ends_ms.is_some_and(|end| end <= now_ms))
            && !(self.exclude_deleted.unwrap_or(true) && entitlement.deleted)
    }
}

/// `GET /applications/{id}/entitlements`
pub(super) async fn list(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(id): At<Id>,
    Params(wanted): Params<Wanted>,
) -> Answer {
    guard::own(app, id)?;
    sandbox.read(|world| {
        let own = world.entitlements.values().filter(|entitlement| entitlement.app == app);
        let fitting = own.filter(|entitlement| wanted.fits(entitlement, world.now_ms()));
        let limit = wanted.limit.unwrap_or(100).clamp(1, 100);
        // Newest first, unless the page goes upward from `after`.
        let page: Vec<_> = if wanted.after.is_some() && wanted.before.is_none() {
            fitting.take(limit).map(Entitlement::json).collect()
        } else {
            fitting.rev().take(limit).map(Entitlement::json).collect()
        };
        Ok(Json(json!(page)))
    })
}

fn find(world: &World, app: Id, id: Id) -> ApiResult<&Entitlement> {
    let found = world.entitlements.get(&id).filter(|entitlement| entitlement.app == app);
    found.ok_or_else(|| ApiError::unknown(10073, "Entitlement"))
}

/// `GET /applications/{id}/entitlements/{id}`
pub(super) async fn get(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((named, id)): At<(Id, Id)>,
) -> Answer {
    guard::own(app, named)?;
    sandbox.read(|world| Ok(Json(find(world, app, id)?.json())))
}

/// `POST /applications/{id}/entitlements`: a test entitlement.
pub(super) async fn create(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(id): At<Id>,
    body: Body,
) -> Answer {
    guard::own(app, id)?;
    sandbox.change(|world| {
        if world.rules.on(Rule::FormLimits) {
            form::guild::test_entitlement(&body.json)?;
        }
        let sku =
            id_of(&body.json["sku_id"]).filter(|sku| world.skus.get(sku).is_some_and(|sku| sku.app == app));
        let sku = sku.ok_or_else(|| ApiError::unknown(10027, "SKU"))?;
        let owner = id_of(&body.json["owner_id"]);
        let guilds = body.json["owner_type"].as_u64() == Some(GUILD_OWNER);
        let id = world.entitle(Entitlement {
            id: world.next_id(),
            sku,
            app,
            user: owner.filter(|_| !guilds),
            guild: owner.filter(|_| guilds),
            kind: 4,
            consumed: false,
            deleted: false,
            starts_ms: None,
            ends_ms: None,
        });
        Ok(Json(find(world, app, id)?.json()))
    })
}

/// `POST /applications/{id}/entitlements/{id}/consume`
pub(super) async fn consume(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((named, id)): At<(Id, Id)>,
) -> ApiResult<StatusCode> {
    guard::own(app, named)?;
    sandbox.change(|world| {
        find(world, app, id)?;
        world.edit_entitlement(id, |entitlement| entitlement.consumed = true);
        Ok(StatusCode::NO_CONTENT)
    })
}

/// `DELETE /applications/{id}/entitlements/{id}`
pub(super) async fn delete(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((named, id)): At<(Id, Id)>,
) -> ApiResult<StatusCode> {
    guard::own(app, named)?;
    sandbox.change(|world| {
        find(world, app, id)?;
        world.edit_entitlement(id, |entitlement| entitlement.deleted = true);
        Ok(StatusCode::NO_CONTENT)
    })
}

/// Whose subscriptions are asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Subscriber {
    user_id: Option<Id>,
}

/// `GET /skus/{id}/subscriptions`: for one user, as Discord asks of a bot.
pub(super) async fn subscriptions(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(sku): At<Id>,
    Params(subscriber): Params<Subscriber>,
) -> Answer {
    sandbox.read(|world| {
        own_sku(world, app, sku)?;
        let Some(user) = subscriber.user_id else {
            return Err(ApiError::invalid_form(json!({ "user_id": { "_errors": [{
                "code": "BASE_TYPE_REQUIRED", "message": "This field is required",
            }] } })));
        };
        let found = world.subscriptions.values().filter(|one| one.sku == sku && one.user == user);
        Ok(Json(found.map(Subscription::json).collect()))
    })
}

/// `GET /skus/{id}/subscriptions/{id}`
pub(super) async fn subscription(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((sku, id)): At<(Id, Id)>,
) -> Answer {
    sandbox.read(|world| {
        own_sku(world, app, sku)?;
        let found = world.subscriptions.get(&id).filter(|one| one.sku == sku);
        found.map(|one| Json(one.json())).ok_or_else(|| ApiError::unknown(10098, "Subscription"))
    })
}

fn own_sku(world: &World, app: Id, sku: Id) -> ApiResult<()> {
    let own = world.skus.get(&sku).is_some_and(|sku| sku.app == app);
    if own { Ok(()) } else { Err(ApiError::unknown(10027, "SKU")) }
}
