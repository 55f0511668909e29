//! What a guild's admins and Troupe's operators have decided about a guild or a user, as one value.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    character::CharacterId,
    ids::{ChannelId, RoleId, UserId},
};

/// What someone may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Everybody.
    #[default]
    Free,
    /// Supporters.
    Pro,
}

/// A tier for a time. Times are milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Which tier.
    pub tier: Tier,
    /// In force from then on.
    pub starts_ms: i64,
    /// No longer in force from then on; `None` for one without an end.
    pub ends_ms: Option<i64>,
}

/// The best tier in force at that moment, in milliseconds since 1970.
pub fn tier_at(grants: &[Grant], now_ms: i64) -> Tier {
    let in_force = |grant: &&Grant| grant.starts_ms <= now_ms && grant.ends_ms.is_none_or(|end| now_ms < end);
    grants.iter().filter(in_force).map(|grant| grant.tier).max().unwrap_or_default()
}

/// Someone or somewhere that Troupe doesn't serve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Why, in an operator's words; may be empty.
    pub reason: String,
    /// Until when, in milliseconds since 1970; `None` until an operator lifts it.
    pub until_ms: Option<i64>,
}

impl Block {
    /// Whether it holds at that moment, in milliseconds since 1970.
    pub fn holds(&self, now_ms: i64) -> bool {
        self.until_ms.is_none_or(|until| now_ms < until)
    }
}

/// So many calls in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowLimit {
    /// Calls, at least 1.
    pub calls: u32,
    /// Seconds, at least 1.
    pub seconds: u32,
}

/// Lists that admins keep. An empty list of what is allowed allows all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lists {
    /// Roles whose members may use Troupe.
    #[serde(default)]
    pub allowed_roles: BTreeSet<RoleId>,
    /// Channels where Troupe may be used.
    #[serde(default)]
    pub allowed_channels: BTreeSet<ChannelId>,
    /// Members who may not use Troupe there.
    #[serde(default)]
    pub blocked_users: BTreeSet<UserId>,
    /// Roles that may change Troupe's settings.
    #[serde(default)]
    pub staff_roles: BTreeSet<RoleId>,
}

/// All that holds in one guild.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuildPolicy {
    /// Whether anything may call a model.
    pub ai_enabled: bool,
    /// Whether `/talk` may be used.
    pub talk_enabled: bool,
    /// Whether `/scene` may be used.
    pub scene_enabled: bool,
    /// The language that Troupe speaks there; `None` takes Discord's.
    pub locale: Option<String>,
    /// Who answers when a member names nobody.
    pub default_character: Option<CharacterId>,
    /// A model other than the tier's.
    pub model: Option<String>,
    /// Packs whose characters are open to everybody there, by name.
    #[serde(default)]
    pub packs: BTreeSet<String>,
    /// A member's window, where it is not the tier's.
    pub user_window: Option<WindowLimit>,
    /// The guild's window, where it is not the tier's.
    pub guild_window: Option<WindowLimit>,
    /// Who and where.
    pub lists: Lists,
    /// The guild's tiers.
    pub grants: Vec<Grant>,
    /// Whether operators have blocked it.
    pub block: Option<Block>,
}

impl GuildPolicy {
    /// The tier in force at that moment, in milliseconds since 1970.
    pub fn tier(&self, now_ms: i64) -> Tier {
        tier_at(&self.grants, now_ms)
    }
}

impl Default for GuildPolicy {
    fn default() -> Self {
        Self {
            ai_enabled: true,
            talk_enabled: true,
            scene_enabled: true,
            locale: None,
            default_character: None,
            model: None,
            packs: BTreeSet::new(),
            user_window: None,
            guild_window: None,
            lists: Lists::default(),
            grants: Vec::new(),
            block: None,
        }
    }
}

/// All that holds for one user, wherever they are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UserPolicy {
    /// Their own language; `None` takes Discord's.
    pub locale: Option<String>,
    /// Whether they want to be left out of leaderboards.
    pub leaderboard_opt_out: bool,
    /// Their own tiers.
    pub grants: Vec<Grant>,
    /// Whether operators have blocked them.
    pub block: Option<Block>,
}

impl UserPolicy {
    /// The tier in force at that moment, in milliseconds since 1970.
    pub fn tier(&self, now_ms: i64) -> Tier {
        tier_at(&self.grants, now_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_tier_in_force_counts() {
        let pro = |starts_ms, ends_ms| Grant { tier: Tier::Pro, starts_ms, ends_ms };
        let free = Grant { tier: Tier::Free, starts_ms: 0, ends_ms: None };
        assert_eq!(tier_at(&[], 10), Tier::Free);
        assert_eq!(tier_at(&[free, pro(5, Some(10))], 4), Tier::Free);
        assert_eq!(tier_at(&[free, pro(5, Some(10))], 5), Tier::Pro);
        assert_eq!(tier_at(&[free, pro(5, Some(10))], 10), Tier::Free);
        assert_eq!(tier_at(&[pro(5, None), free], 10), Tier::Pro);
    }
}
