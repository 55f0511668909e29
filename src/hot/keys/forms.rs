//! The keys' names: one constructor a family, over ids alone.

use std::fmt::Write as _;

use super::{
    super::{key::Key, limits::LeaseId},
    AiDisabled, Breaker, ConcurrencyGlobal, ConcurrencyGuild, GuildPolicy, HealthCheck, HealthPart, Lease,
    Lock, Memory, Penalty, PenaltyLevel, QueueDead, QueueDropped, QueueForgotten, QueueItems, QueueLater,
    QueueNotes, QueueTaken, QueueWaiting, SceneTokensUser, SceneTurnsGuild, SceneTurnsUser, Seen, StatsClaim,
    StatsDaily, Strikes, TalkCountGuild, TalkCountUser, TalkTokensUser, UserPolicy, WindowGuild, WindowUser,
};
use crate::domain::{
    character::CharacterId,
    ids::{InteractionId, Place, UserId},
};

impl ConcurrencyGuild {
    /// Of that place.
    pub fn of(place: Place) -> Key<Self> {
        Key::formed(format!("ai:conc:guild:{{{place}}}"))
    }
}

impl Lease {
    /// Of that lease.
    pub fn of(place: Place, lease: LeaseId) -> Key<Self> {
        Key::formed(format!("ai:lease:{{{place}}}:{lease}"))
    }
}

macro_rules! by_place_and_day {
    ($($name:ident $stem:literal),*) => {$(
        impl $name {
            /// Of that place on that day, as `YYYYMMDD`.
            pub fn of(place: Place, day: u32) -> Key<Self> {
                Key::formed(format!(concat!($stem, ":{{{}}}:{}"), place, day))
            }
        }
    )*};
}

macro_rules! by_member_and_day {
    ($($name:ident $stem:literal),*) => {$(
        impl $name {
            /// Of that member there on that day, as `YYYYMMDD`.
            pub fn of(place: Place, user: UserId, day: u32) -> Key<Self> {
                Key::formed(format!(concat!($stem, ":{{{}}}:{}:{}"), place, user, day))
            }
        }
    )*};
}

macro_rules! by_member_and_kind {
    ($($name:ident $stem:literal),*) => {$(
        impl $name {
            /// Of that member there, for that kind of use.
            pub fn of(place: Place, user: UserId, kind: Kind) -> Key<Self> {
                Key::formed(format!(concat!($stem, ":{{{}}}:{}:{}"), place, user, kind.name()))
            }
        }
    )*};
}

by_place_and_day! {
    TalkCountGuild "talk:count:guild", SceneTurnsGuild "scene:turns:guild", StatsDaily "stats:daily"
}
by_member_and_day! {
    TalkCountUser "talk:count:user", TalkTokensUser "talk:tokens:user",
    SceneTurnsUser "scene:turns:user", SceneTokensUser "scene:tokens:user"
}
by_member_and_kind! {
    WindowUser "window:user", Strikes "penalty:strikes", PenaltyLevel "penalty:level", Penalty "penalty:lock"
}

/// What a window or a penalty counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Calls of a model.
    Ai,
    /// `/say`.
    Say,
}

impl Kind {
    /// As it stands in keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ai => "ai",
            Self::Say => "say",
        }
    }
}

impl WindowGuild {
    /// Of that place, for that kind of use.
    pub fn of(place: Place, kind: Kind) -> Key<Self> {
        Key::formed(format!("window:guild:{{{place}}}:{}", kind.name()))
    }
}

impl GuildPolicy {
    /// Of that guild.
    pub fn of(guild: crate::domain::ids::GuildId) -> Key<Self> {
        Key::formed(format!("guild:{{{guild}}}:settings"))
    }
}

impl UserPolicy {
    /// Of that member.
    pub fn of(user: UserId) -> Key<Self> {
        Key::formed(format!("user:{{{user}}}:policy"))
    }
}

impl Memory {
    /// Between that member and that character there.
    pub fn of(place: Place, user: UserId, character: &CharacterId) -> Key<Self> {
        Key::formed(format!("talk:memory:{{{place}}}:{user}:{character}"))
    }
}

impl HealthPart {
    /// One of several that are spread over a cluster's slots.
    pub fn of(part: u8) -> Key<Self> {
        Key::formed(format!("health:check:{{{part}}}"))
    }
}

macro_rules! only_one {
    ($($name:ident $key:literal),*) => {$(
        impl $name {
            /// The one key.
            pub fn key() -> Key<Self> {
                Key::formed($key.to_owned())
            }
        }
    )*};
}

only_one! {
    ConcurrencyGlobal "ai:conc:global", AiDisabled "ai:disabled", HealthCheck "health:check",
    QueueWaiting "queue:{sync}:waiting", QueueLater "queue:{sync}:later", QueueTaken "queue:{sync}:taken",
    QueueDead "queue:{sync}:dead", QueueItems "queue:{sync}:items", QueueNotes "queue:{sync}:notes",
    QueueDropped "queue:{sync}:dropped", QueueForgotten "queue:{sync}:forgotten"
}

impl Breaker {
    /// Of that provider, by its name in the settings.
    pub fn of(provider: &str) -> Key<Self> {
        let mut name = String::with_capacity(provider.len());
        for byte in provider.bytes() {
            // Unlike names stay unlike, whatever an operator calls a provider.
            if byte.is_ascii_alphanumeric() || byte == b'-' {
                name.push(char::from(byte));
            } else {
                let _infallible = write!(name, "_{byte:02x}");
            }
        }
        Key::formed(format!("ai:breaker:{{{name}}}"))
    }
}

impl Lock {
    /// Of that job, whose name is one of Troupe's own.
    pub fn of(job: &str) -> Key<Self> {
        Key::formed(format!("lock:{{{job}}}"))
    }
}

impl Seen {
    /// Of that interaction.
    pub fn of(interaction: InteractionId) -> Key<Self> {
        Key::formed(format!("seen:{{{interaction}}}"))
    }
}

impl StatsClaim {
    /// Of that place's day, claimed as that batch.
    pub fn of(place: Place, day: u32, batch: uuid::Uuid) -> Key<Self> {
        Key::formed(format!("stats:claim:{{{place}}}:{day}:{batch}"))
    }
}
