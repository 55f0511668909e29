//! What is for sale and what was bought: SKUs, entitlements, subscriptions.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::input::{Given, Of};
use super::names::{Named, Names};
use super::refusal::{Answer, Refusal};
use super::setup::{Done, Made, check_name, done};
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::world::World;
use crate::world::monetization::{Entitlement, Subscription};

/// Discord's numbers of SKU types.
const SKU_KINDS: [(&str, u64); 4] =
    [("durable", 2), ("consumable", 3), ("subscription", 5), ("subscription_group", 6)];
/// An entitlement that came by a subscription.
const BY_SUBSCRIPTION: u64 = 8;
/// An entitlement that was bought.
const PURCHASE: u64 = 1;
/// A month, in milliseconds.
const MONTH_MS: u64 = 30 * 86_400_000;
/// The furthest that something may end, in milliseconds: a hundred years.
const FURTHEST_MS: u64 = 100 * 366 * 86_400_000;

/// A product to make.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewSku {
    /// Whose; the only application's if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<Named>,
    /// Its name.
    pub name: String,
    /// `durable`, `consumable`, `subscription` (the default), `subscription_group`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    /// Discord's flags; if left out: available (4), and for a subscription per user (256).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flags: Option<u64>,
}

/// `POST /skus`
pub(super) async fn sku(State(sandbox): State<Sandbox>, Given(new): Given<NewSku>) -> Answer<Made> {
    check_name(&new.name)?;
    let kind = new.r#type.as_deref().unwrap_or("subscription");
    let known = SKU_KINDS.iter().find(|(name, number)| *name == kind || number.to_string() == kind);
    let (name, number) = known.ok_or_else(|| {
        let known = SKU_KINDS.map(|(name, _)| name).join(", ");
        Refusal::bad(format!("{kind:?} is no type of SKU; they are {known}"))
    })?;
    let flags = new.flags.unwrap_or(if *name == "subscription" { 4 | 256 } else { 4 });
    sandbox.change(|world| {
        let app = Names(world).app(new.app.as_ref())?;
        Ok(Json(Made { id: world.add_sku(app, new.name, *number, flags) }))
    })
}

/// An entitlement to give, to a user or a guild.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewEntitlement {
    /// Whose product; the only application's if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<Named>,
    /// The product, by its id or its name.
    pub sku: Named,
    /// Who gets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Named>,
    /// Or which guild.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guild: Option<Named>,
    /// When it ends, in milliseconds from now; never if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_in_ms: Option<u64>,
}

/// `POST /entitlements`
pub(super) async fn entitle(
    State(sandbox): State<Sandbox>,
    Given(new): Given<NewEntitlement>,
) -> Answer<Made> {
    sandbox.change(|world| {
        let names = Names(world);
        let app = names.app(new.app.as_ref())?;
        let (sku, kind) = sku_of(world, app, &new.sku)?;
        let user = new.user.as_ref().map(|user| names.user(user)).transpose()?;
        let guild = new.guild.as_ref().map(|guild| names.guild(guild)).transpose()?;
        if user.is_some() == guild.is_some() {
            return Err(Refusal::bad("say user or guild, one of them"));
        }
        let now = world.now_ms();
        let ends_ms = new.ends_in_ms.map(|ms| later(now, ms)).transpose()?;
        let entitlement = Entitlement {
            id: world.next_id(),
            sku,
            app,
            user,
            guild,
            kind: if kind == 5 { BY_SUBSCRIPTION } else { PURCHASE },
            consumed: false,
            deleted: false,
            starts_ms: Some(now),
            ends_ms,
        };
        Ok(Json(Made { id: world.entitle(entitlement) }))
    })
}

/// A change of an entitlement; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EntitlementChange {
    /// When it ends, in milliseconds from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_in_ms: Option<u64>,
    /// Whether it is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
    /// Whether it is used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumed: Option<bool>,
}

/// `PATCH /entitlements/{id}`
pub(super) async fn change_entitlement(
    State(sandbox): State<Sandbox>,
    Of(id): Of<String>,
    Given(change): Given<EntitlementChange>,
) -> Answer<Done> {
    let missing = || Refusal::missing(format!("there is no entitlement {id}"));
    let number: Id = id.parse().map_err(|_| missing())?;
    sandbox.change(|world| {
        let now = world.now_ms();
        let ends_ms = change.ends_in_ms.map(|ms| later(now, ms)).transpose()?;
        let known = world.edit_entitlement(number, |entitlement| {
            entitlement.ends_ms = ends_ms.or(entitlement.ends_ms);
            entitlement.deleted = change.deleted.unwrap_or(entitlement.deleted);
            entitlement.consumed = change.consumed.unwrap_or(entitlement.consumed);
        });
        if known { Ok(done()) } else { Err(missing()) }
    })
}

/// Where a subscription stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It renews.
    #[default]
    Active,
    /// It was cancelled, and runs to the end of its period.
    Ending,
    /// It is over.
    Inactive,
}

/// A subscription to start or change.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewSubscription {
    /// One to change; a new one if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// Whose product; the only application's if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<Named>,
    /// The product, by its id or its name.
    pub sku: Named,
    /// Who pays.
    pub user: Named,
    /// The entitlement that it gives.
    pub entitlement: Id,
    /// Where it stands; active if left out.
    #[serde(default)]
    pub status: Standing,
    /// How long the current period is, from now, in milliseconds; 30 days if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period_ms: Option<u64>,
}

/// `POST /subscriptions`
pub(super) async fn subscribe(
    State(sandbox): State<Sandbox>,
    Given(new): Given<NewSubscription>,
) -> Answer<Made> {
    sandbox.change(|world| {
        let names = Names(world);
        let app = names.app(new.app.as_ref())?;
        let (sku, _) = sku_of(world, app, &new.sku)?;
        let user = names.user(&new.user)?;
        if world.entitlements.get(&new.entitlement).is_none_or(|it| it.app != app || it.sku != sku) {
            let entitlement = new.entitlement;
            return Err(Refusal::missing(format!("that product has no entitlement {entitlement}")));
        }
        if let Some(id) = new.id.filter(|id| !world.subscriptions.contains_key(id)) {
            return Err(Refusal::missing(format!("there is no subscription {id}")));
        }
        let now = world.now_ms();
        let period_ms = (now, later(now, new.period_ms.unwrap_or(MONTH_MS))?);
        let id = new.id.unwrap_or_else(|| world.next_id());
        let subscription = Subscription {
            id,
            user,
            sku,
            entitlement: new.entitlement,
            period_ms,
            status: match new.status {
                Standing::Active => 0,
                Standing::Ending => 1,
                Standing::Inactive => 2,
            },
            canceled_ms: (new.status != Standing::Active).then_some(now),
        };
        world.put_subscription(app, subscription);
        Ok(Json(Made { id }))
    })
}

/// A time so long after `now`.
fn later(now: u64, ms: u64) -> Result<u64, Refusal> {
    if ms > FURTHEST_MS {
        return Err(Refusal::bad("that is more than a hundred years from now"));
    }
    Ok(now.saturating_add(ms))
}

fn sku_of(world: &World, app: Id, named: &Named) -> Result<(Id, u64), Refusal> {
    let own: Vec<_> = world.skus.values().filter(|sku| sku.app == app).collect();
    let fitting: Vec<_> =
        own.iter().filter(|sku| sku.id.to_string() == named.0 || sku.name == named.0).collect();
    match fitting[..] {
        [sku] => Ok((sku.id, sku.kind)),
        [] => {
            let known: Vec<_> = own.iter().map(|sku| sku.name.as_str()).collect();
            Err(Refusal::missing(format!("there is no SKU {:?}; there are: {}", named.0, known.join(", "))))
        }
        _ => Err(Refusal::conflict(format!("several SKUs are called {:?}: use the id", named.0))),
    }
}
