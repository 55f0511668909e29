//! How much of the model each tier has: calls and tokens by day and by 7 days, the short windows, the wait for a slot.

use std::time::Duration;

use super::{
    policy::{Tier, WindowLimit},
    usage::Feature,
};

/// What one feature may use. A day is UTC's; a week is any 7 days on end. A limit of N admits N, a limit of 0 nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeatureQuota {
    /// Calls of one member on a day.
    pub user_day: u32,
    /// Calls of one member in a week.
    pub user_week: u32,
    /// Calls of a guild on a day.
    pub guild_day: u32,
    /// Calls of a guild in a week.
    pub guild_week: u32,
    /// Tokens of one member on a day, of prompts and answers together.
    pub tokens_day: u32,
    /// Tokens of one member in a week.
    pub tokens_week: u32,
    /// Most tokens of one answer.
    pub reply_tokens: u32,
}

/// What a tier has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TierQuota {
    /// `/talk`.
    pub talk: FeatureQuota,
    /// `/scene`.
    pub scene: FeatureQuota,
    /// How long a call may wait for a free slot; zero: it is refused at once.
    pub wait: Duration,
    /// One member's calls in a short time.
    pub user_window: WindowLimit,
    /// A guild's calls in a short time.
    pub guild_window: WindowLimit,
    /// Characters of their own that one member may have.
    pub characters: u32,
}

impl TierQuota {
    /// What that feature may use.
    pub const fn of(&self, feature: Feature) -> &FeatureQuota {
        match feature {
            Feature::Talk => &self.talk,
            Feature::Scene => &self.scene,
        }
    }
}

/// All of it, as an operator has set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Everybody's.
    pub free: TierQuota,
    /// Supporters'.
    pub pro: TierQuota,
    /// Calls at once, of all guilds together.
    pub slots: u32,
    /// Calls at once in one guild.
    pub guild_slots: u32,
}

impl Quotas {
    /// What that tier has.
    pub const fn of(&self, tier: Tier) -> &TierQuota {
        match tier {
            Tier::Free => &self.free,
            Tier::Pro => &self.pro,
        }
    }
}

impl Default for Quotas {
    fn default() -> Self {
        let user_window = WindowLimit { calls: 3, seconds: 30 };
        let guild_window = WindowLimit { calls: 10, seconds: 30 };
        Self {
            free: TierQuota {
                talk: FeatureQuota {
                    user_day: 10,
                    user_week: 50,
                    guild_day: 100,
                    guild_week: 500,
                    tokens_day: 8_000,
                    tokens_week: 35_000,
                    reply_tokens: 250,
                },
                scene: FeatureQuota {
                    user_day: 20,
                    user_week: 100,
                    guild_day: 120,
                    guild_week: 800,
                    tokens_day: 10_000,
                    tokens_week: 45_000,
                    reply_tokens: 350,
                },
                wait: Duration::ZERO,
                user_window,
                guild_window,
                characters: 5,
            },
            pro: TierQuota {
                talk: FeatureQuota {
                    user_day: 50,
                    user_week: 250,
                    guild_day: 300,
                    guild_week: 2_000,
                    tokens_day: 40_000,
                    tokens_week: 200_000,
                    reply_tokens: 400,
                },
                scene: FeatureQuota {
                    user_day: 100,
                    user_week: 500,
                    guild_day: 600,
                    guild_week: 4_000,
                    tokens_day: 60_000,
                    tokens_week: 300_000,
                    reply_tokens: 800,
                },
                wait: Duration::from_secs(12),
                user_window,
                guild_window,
                characters: 50,
            },
            slots: 10,
            guild_slots: 2,
        }
    }
}
