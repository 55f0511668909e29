//! The registry of key families: every key that Troupe writes is declared here, and formed nowhere else.
//!
//! Braces stand literally in the keys: they are Redis Cluster's hash tags, so that whatever one script touches
//! lies in one slot. Times of day are UTC; a DAY is `YYYYMMDD`.

use std::time::Duration;

use super::{
    key::{Family, Key, KeyFamily, Lifetime, Personal, Shape},
    limits::LeaseId,
};
use crate::domain::{
    character::CharacterId,
    ids::{InteractionId, Place, UserId},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// A budget's day is looked at for seven days, and a clock may be a little off.
const BUDGET_DAYS: Duration = Duration::from_secs(8 * DAY.as_secs());

const LIMIT: &str = "starts again from nothing: limits only";

macro_rules! families {
    ($(
        $(#[$doc:meta])*
        $name:ident {
            pattern: $pattern:expr, shape: $shape:ident, lifetime: $lifetime:expr, personal: $personal:expr,
            purpose: $purpose:expr, recovery: $recovery:expr $(,)?
        }
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $name;

            impl KeyFamily for $name {
                const FAMILY: &'static Family = &Family {
                    name: stringify!($name),
                    pattern: $pattern,
                    shape: Shape::$shape,
                    lifetime: $lifetime,
                    purpose: $purpose,
                    recovery: $recovery,
                    personal: $personal,
                };
            }
        )*

        /// Every family, in the order of the documentation.
        pub const FAMILIES: &[&Family] = &[$($name::FAMILY),*];
    };
}

families! {
    /// Concurrency of all guilds together.
    ConcurrencyGlobal {
        pattern: "ai:conc:global", shape: SortedSet, lifetime: Lifetime::Setting("AI_LEASE_TTL_S"), personal: Personal::No,
        purpose: "leases of AI calls under way, by when they run out",
        recovery: "heals by itself: each call under way renews its lease",
    }
    /// Concurrency of one place.
    ConcurrencyGuild {
        pattern: "ai:conc:guild:{PLACE}", shape: SortedSet, lifetime: Lifetime::Setting("AI_LEASE_TTL_S"),
        personal: Personal::InPlace,
        purpose: "leases of one guild's AI calls under way, by when they run out",
        recovery: "heals by itself: each call under way renews its lease",
    }
    /// A call that has reserved, and whether it has settled.
    Lease {
        pattern: "ai:lease:{PLACE}:LEASE", shape: Text, lifetime: Lifetime::Until("AI_LEASE_TTL_S and 15 minutes have passed"),
        personal: Personal::InPlace,
        purpose: "who holds a call's reservation, so that reserving and settling it happen once",
        recovery: "the call goes on; its reservation stands as counted",
    }
    /// Talk calls of a place on a day.
    TalkCountGuild {
        pattern: "talk:count:guild:{PLACE}:DAY", shape: Text, lifetime: Lifetime::Fixed(BUDGET_DAYS),
        personal: Personal::InPlace,
        purpose: "answers that a guild got on a day", recovery: LIMIT,
    }
    /// Talk calls of a member on a day.
    TalkCountUser {
        pattern: "talk:count:user:{PLACE}:USER:DAY", shape: Text, lifetime: Lifetime::Fixed(BUDGET_DAYS),
        personal: Personal::InKey,
        purpose: "answers that a member got on a day", recovery: LIMIT,
    }
    /// Talk tokens of a member on a day.
    TalkTokensUser {
        pattern: "talk:tokens:user:{PLACE}:USER:DAY", shape: Text, lifetime: Lifetime::Fixed(BUDGET_DAYS),
        personal: Personal::InKey,
        purpose: "tokens that a member's talks used on a day", recovery: LIMIT,
    }
    /// Scene turns of a place on a day.
    SceneTurnsGuild {
        pattern: "scene:turns:guild:{PLACE}:DAY", shape: Text, lifetime: Lifetime::Fixed(BUDGET_DAYS),
        personal: Personal::InPlace,
        purpose: "scene turns of a guild on a day", recovery: LIMIT,
    }
    /// Scene turns of a member on a day.
    SceneTurnsUser {
        pattern: "scene:turns:user:{PLACE}:USER:DAY", shape: Text, lifetime: Lifetime::Fixed(BUDGET_DAYS),
        personal: Personal::InKey,
        purpose: "scene turns of a member on a day", recovery: LIMIT,
    }
    /// Scene tokens of a member on a day.
    SceneTokensUser {
        pattern: "scene:tokens:user:{PLACE}:USER:DAY", shape: Text, lifetime: Lifetime::Fixed(BUDGET_DAYS),
        personal: Personal::InKey,
        purpose: "tokens that a member's scenes used on a day", recovery: LIMIT,
    }
    /// A member's recent calls.
    WindowUser {
        pattern: "window:user:{PLACE}:USER:KIND", shape: SortedSet, lifetime: Lifetime::Until("the window's length and 5 s"),
        personal: Personal::InKey,
        purpose: "a member's latest calls, for the short window", recovery: LIMIT,
    }
    /// A place's recent calls.
    WindowGuild {
        pattern: "window:guild:{PLACE}:KIND", shape: SortedSet, lifetime: Lifetime::Until("the window's length and 5 s"),
        personal: Personal::InPlace,
        purpose: "a guild's latest calls, for the short window", recovery: LIMIT,
    }
    /// Overflows of a member's window.
    Strikes {
        pattern: "penalty:strikes:{PLACE}:USER:KIND", shape: SortedSet, lifetime: Lifetime::Fixed(Duration::from_secs(600)),
        personal: Personal::InKey,
        purpose: "a member's latest overruns of the window", recovery: LIMIT,
    }
    /// How severe a member's next penalty is.
    PenaltyLevel {
        pattern: "penalty:level:{PLACE}:USER:KIND", shape: Text, lifetime: Lifetime::Fixed(Duration::from_secs(7 * 24 * 60 * 60)),
        personal: Personal::InKey,
        purpose: "how many penalties a member had, until 7 quiet days have passed", recovery: LIMIT,
    }
    /// A penalty in force.
    Penalty {
        pattern: "penalty:lock:{PLACE}:USER:KIND", shape: Text, lifetime: Lifetime::Until("the penalty ends, 6 hours at most"),
        personal: Personal::InKey,
        purpose: "a member who must wait after overrunning the window again and again", recovery: LIMIT,
    }
    /// Runtime kill switches.
    AiDisabled {
        pattern: "ai:disabled", shape: Hash,
        lifetime: Lifetime::Forever("a switch holds until an operator turns it back, or until its own time in the value"),
        personal: Personal::No,
        purpose: "runtime kill switches: global, or by feature, guild, provider, character",
        recovery: "from PostgreSQL (ai_switches)",
    }
    /// A guild's policy.
    GuildPolicy {
        pattern: "guild:{GUILD}:settings", shape: Hash, lifetime: Lifetime::Fixed(Duration::from_secs(60)), personal: Personal::No,
        purpose: "a guild's settings, lists and tier as one JSON, with its version",
        recovery: "from PostgreSQL",
    }
    /// A member's policy.
    UserPolicy {
        pattern: "user:{USER}:policy", shape: Hash, lifetime: Lifetime::Fixed(Duration::from_secs(60)), personal: Personal::InKey,
        purpose: "a member's tier and blocks as one JSON, with its version",
        recovery: "from PostgreSQL",
    }
    /// Short memory.
    Memory {
        pattern: "talk:memory:{PLACE}:USER:CHARACTER", shape: List, lifetime: Lifetime::Setting("MEMORY_TTL_SECONDS"),
        personal: Personal::InKey,
        purpose: "the latest lines between a member and a character",
        recovery: "lost: the character forgets the latest lines",
    }
    /// The probe's key.
    HealthCheck {
        pattern: "health:check", shape: Text, lifetime: Lifetime::Fixed(Duration::from_secs(60)), personal: Personal::No,
        purpose: "written and read to see that Redis takes writes", recovery: "written again by the next probe",
    }
    /// The probe's keys in a cluster.
    HealthPart {
        pattern: "health:check:{PART}", shape: Text, lifetime: Lifetime::Fixed(Duration::from_secs(60)), personal: Personal::No,
        purpose: "as health:check, on every master of a cluster", recovery: "written again by the next probe",
    }
    /// Durable writes that wait, by when they are due.
    QueueWaiting {
        pattern: "queue:{sync}:waiting", shape: SortedSet,
        lifetime: Lifetime::Forever("a queue: entries leave it when PostgreSQL has them"),
        personal: Personal::Passing("ids of writes, none of people"),
        purpose: "ids of durable writes that wait for PostgreSQL, most urgent first",
        recovery: "each process keeps its own writes in a file as well",
    }
    /// Durable writes that a process has taken.
    QueueTaken {
        pattern: "queue:{sync}:taken", shape: SortedSet,
        lifetime: Lifetime::Forever("a queue: entries go back to waiting when their time is over"),
        personal: Personal::Passing("ids of writes, none of people"),
        purpose: "ids of writes being applied, by when they go back to waiting",
        recovery: "each process keeps its own writes in a file as well",
    }
    /// The waiting writes themselves.
    QueueItems {
        pattern: "queue:{sync}:items", shape: Hash,
        lifetime: Lifetime::Forever("a queue: entries leave it when PostgreSQL has them"),
        personal: Personal::Passing("a write holds what its table will hold; erasing waits for the queue to drain"),
        purpose: "the waiting writes, by id", recovery: "each process keeps its own writes in a file as well",
    }
    /// Writes that failed for good.
    QueueDead {
        pattern: "queue:{sync}:dead", shape: Hash,
        lifetime: Lifetime::Forever("an operator retries or drops each"),
        personal: Personal::Passing("a write holds what its table would hold; an operator looks at each"),
        purpose: "writes that PostgreSQL refuses, with the reason", recovery: "each process keeps its own writes in a file as well",
    }
    /// A leader's lock.
    Lock {
        pattern: "lock:{JOB}", shape: Text, lifetime: Lifetime::Until("the job's lock time, renewed while it works"), personal: Personal::No,
        purpose: "which process does a job", recovery: "another process leads; fencing tokens in PostgreSQL keep the old one out",
    }
    /// An interaction that was seen.
    Seen {
        pattern: "seen:{INTERACTION}", shape: Text, lifetime: Lifetime::Fixed(Duration::from_secs(15 * 60)), personal: Personal::No,
        purpose: "interactions that were handled, so that none is handled twice",
        recovery: "Discord refuses a second answer by itself",
    }
    /// Counters of a guild's day.
    StatsDaily {
        pattern: "stats:daily:{PLACE}:DAY", shape: Hash, lifetime: Lifetime::Fixed(BUDGET_DAYS),
        personal: Personal::InPlace,
        purpose: "what a guild did on a day, before it is added up in PostgreSQL",
        recovery: "lost since the last flush: statistics only",
    }
    /// Counters on their way to PostgreSQL.
    StatsClaim {
        pattern: "stats:claim:{PLACE}:DAY:BATCH", shape: Hash, lifetime: Lifetime::Fixed(BUDGET_DAYS),
        personal: Personal::InPlace,
        purpose: "counters being added up in PostgreSQL, under the batch's key",
        recovery: "lost since the last flush: statistics only",
    }
}

impl ConcurrencyGlobal {
    /// The one key.
    pub fn key() -> Key<Self> {
        Key::formed("ai:conc:global".to_owned())
    }
}

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

impl AiDisabled {
    /// The one key.
    pub fn key() -> Key<Self> {
        Key::formed("ai:disabled".to_owned())
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

impl HealthCheck {
    /// The one key.
    pub fn key() -> Key<Self> {
        Key::formed("health:check".to_owned())
    }
}

impl HealthPart {
    /// One of several that are spread over a cluster's slots.
    pub fn of(part: u8) -> Key<Self> {
        Key::formed(format!("health:check:{{{part}}}"))
    }
}

macro_rules! queue {
    ($($name:ident $key:literal),*) => {$(
        impl $name {
            /// The one key.
            pub fn key() -> Key<Self> {
                Key::formed($key.to_owned())
            }
        }
    )*};
}

queue! {
    QueueWaiting "queue:{sync}:waiting", QueueTaken "queue:{sync}:taken",
    QueueItems "queue:{sync}:items", QueueDead "queue:{sync}:dead"
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
