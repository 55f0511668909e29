//! SKUs, entitlements and subscriptions: what was bought, and by whom.

use serde_json::{Value, json};

use super::World;
use crate::clock::iso8601;
use crate::gateway::Audience;
use crate::ids::Id;

/// A product.
#[derive(Clone, Debug)]
pub struct Sku {
    /// Its id.
    pub id: Id,
    /// Its application.
    pub app: Id,
    /// Its name.
    pub name: String,
    /// 2 durable, 3 consumable, 5 subscription, 6 subscription group.
    pub kind: u64,
    /// `AVAILABLE` 4, `GUILD_SUBSCRIPTION` 128, `USER_SUBSCRIPTION` 256.
    pub flags: u64,
}

/// A right to a product.
#[derive(Clone, Debug)]
pub struct Entitlement {
    /// Its id.
    pub id: Id,
    /// The product.
    pub sku: Id,
    /// The application.
    pub app: Id,
    /// The user who has it.
    pub user: Option<Id>,
    /// The guild that has it.
    pub guild: Option<Id>,
    /// 8: application subscription; 4: test mode purchase; 1: purchase.
    pub kind: u64,
    /// Whether a consumable was used up.
    pub consumed: bool,
    /// Whether it was taken back.
    pub deleted: bool,
    /// From when, in milliseconds since the Unix epoch.
    pub starts_ms: Option<u64>,
    /// Until when, in milliseconds since the Unix epoch.
    pub ends_ms: Option<u64>,
}

/// A recurring purchase.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// Its id.
    pub id: Id,
    /// The user who pays.
    pub user: Id,
    /// The product.
    pub sku: Id,
    /// The entitlement that it gives.
    pub entitlement: Id,
    /// The current period, in milliseconds since the Unix epoch.
    pub period_ms: (u64, u64),
    /// 0 active, 1 ending, 2 inactive.
    pub status: u64,
    /// When it was cancelled, in milliseconds since the Unix epoch.
    pub canceled_ms: Option<u64>,
}

impl Sku {
    /// Discord's SKU object.
    pub fn json(&self) -> Value {
        json!({
            "id": self.id,
            "type": self.kind,
            "application_id": self.app,
            "name": self.name,
            "slug": self.name.to_lowercase().replace(' ', "-"),
            "flags": self.flags,
            "dependent_sku_id": null,
            "manifest_labels": null,
            "access_type": 1,
            "features": [],
            "release_date": null,
            "premium": false,
            "show_age_gate": false,
        })
    }
}

impl Entitlement {
    /// Discord's entitlement object.
    pub fn json(&self) -> Value {
        let mut json = json!({
            "id": self.id,
            "sku_id": self.sku,
            "application_id": self.app,
            "type": self.kind,
            "deleted": self.deleted,
            "consumed": self.consumed,
            "gift_code_flags": 0,
            "promotion_id": null,
            "starts_at": self.starts_ms.map(iso8601),
            "ends_at": self.ends_ms.map(iso8601),
        });
        if let Some(user) = self.user {
            json["user_id"] = json!(user);
        }
        if let Some(guild) = self.guild {
            json["guild_id"] = json!(guild);
        }
        json
    }

    /// Whether it is in force at `now_ms`.
    pub fn active(&self, now_ms: u64) -> bool {
        !self.deleted
            && self.starts_ms.is_none_or(|start| start <= now_ms)
            && self.ends_ms.is_none_or(|end| now_ms < end)
    }
}

impl Subscription {
    /// Discord's subscription object.
    pub fn json(&self) -> Value {
        json!({
            "id": self.id,
            "user_id": self.user,
            "sku_ids": [self.sku],
            "renewal_sku_ids": null,
            "entitlement_ids": [self.entitlement],
            "current_period_start": iso8601(self.period_ms.0),
            "current_period_end": iso8601(self.period_ms.1),
            "status": self.status,
            "canceled_at": self.canceled_ms.map(iso8601),
        })
    }
}

impl World {
    /// Adds a product.
    pub fn add_sku(&mut self, app: Id, name: impl Into<String>, kind: u64, flags: u64) -> Id {
        let id = self.next_id();
        self.skus.insert(id, Sku { id, app, name: name.into(), kind, flags });
        id
    }

    /// Gives an entitlement and tells its application.
    pub fn entitle(&mut self, entitlement: Entitlement) -> Id {
        let id = entitlement.id;
        self.entitlements.insert(id, entitlement);
        self.emit_entitlement("ENTITLEMENT_CREATE", id);
        id
    }

    /// Changes an entitlement and tells its application. `false` when there is none.
    pub fn edit_entitlement(&mut self, id: Id, edit: impl FnOnce(&mut Entitlement)) -> bool {
        let Some(entitlement) = self.entitlements.get_mut(&id) else { return false };
        edit(entitlement);
        let event = if entitlement.deleted { "ENTITLEMENT_DELETE" } else { "ENTITLEMENT_UPDATE" };
        self.emit_entitlement(event, id);
        true
    }

    /// Starts or changes a subscription and tells its application.
    pub fn put_subscription(&mut self, app: Id, subscription: Subscription) {
        let data = subscription.json();
        let event = match self.subscriptions.insert(subscription.id, subscription) {
            None => "SUBSCRIPTION_CREATE",
            Some(_) => "SUBSCRIPTION_UPDATE",
        };
        self.emit_to(Audience::App { app, guild: None }, 0, event, data);
    }

    /// The entitlements that an interaction carries: the user's and the guild's that are in force.
    pub fn entitlements_for(&self, app: Id, user: Id, guild: Option<Id>) -> Vec<Value> {
        let now = self.now_ms();
        self.entitlements
            .values()
            .filter(|entitlement| entitlement.app == app && entitlement.active(now))
            .filter(|entitlement| {
                entitlement.user == Some(user) || (guild.is_some() && entitlement.guild == guild)
            })
            .map(Entitlement::json)
            .collect()
    }

    fn emit_entitlement(&mut self, event: &'static str, id: Id) {
        let Some(entitlement) = self.entitlements.get(&id) else { return };
        let audience = Audience::App { app: entitlement.app, guild: None };
        let data = entitlement.json();
        self.emit_to(audience, 0, event, data);
    }
}
