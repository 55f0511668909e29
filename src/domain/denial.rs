//! Why a call of a model does not happen: which limit or rule, until when. A normal "no", with a text in every language.

use super::{collection::CollectionDenial, ids::ChannelId, oversight::SwitchTarget, usage::Feature};

/// A limit that counts calls or tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Limit {
    /// A member's calls in a short time.
    UserWindow,
    /// A guild's calls in a short time.
    GuildWindow,
    /// A member's calls on a day.
    UserDay,
    /// A member's calls in 7 days.
    UserWeek,
    /// A guild's calls on a day.
    GuildDay,
    /// A guild's calls in 7 days.
    GuildWeek,
    /// A member's tokens on a day.
    TokensDay,
    /// A member's tokens in 7 days.
    TokensWeek,
}

/// Why not. Times are milliseconds since 1970; `None` for a time is "nobody knows".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
    /// This interaction was answered before, or is being answered.
    Repeated,
    /// AI_DISABLED is set.
    AiDisabled,
    /// An operator has switched it off.
    Switched {
        /// What is off.
        target: SwitchTarget,
        /// Why, in the operator's words: shown as text, never as markup.
        reason: Option<String>,
        /// Until when.
        until: Option<i64>,
    },
    /// Operators have blocked the member.
    UserBlocked {
        /// Until when.
        until: Option<i64>,
    },
    /// Operators have blocked the guild.
    GuildBlocked {
        /// Until when.
        until: Option<i64>,
    },
    /// The guild's admins have switched AI off.
    GuildOff,
    /// The guild's admins have switched this feature off.
    FeatureOff(Feature),
    /// The guild's admins have blocked the member.
    BlockedHere,
    /// The guild's admins let only some roles in, and the member has none of them.
    Role,
    /// The guild's admins let it be used in other channels only.
    Channel(Vec<ChannelId>),
    /// The member overran their window again and again.
    Penalty {
        /// Until when.
        until: i64,
    },
    /// A limit is used up.
    Limit {
        /// Which.
        limit: Limit,
        /// What for.
        feature: Feature,
        /// How much there is.
        of: u32,
        /// How long the window is, in seconds; 0 for days.
        seconds: u32,
        /// When enough of it renews for this call; `None`: never, the call is larger than the limit.
        until: Option<i64>,
    },
    /// All slots of the guild are taken.
    GuildBusy {
        /// When the next is free at the latest.
        until: Option<i64>,
    },
    /// All slots of the bot are taken.
    Busy {
        /// When the next is free at the latest.
        until: Option<i64>,
    },
    /// Too many wait already.
    LineFull,
    /// The wait for a slot took too long.
    WaitedInVain,
    /// The guild's or member's settings were never read, and PostgreSQL is away.
    SettingsUnknown,
    /// No model answers.
    ModelAway {
        /// When to try again.
        until: Option<i64>,
    },
    /// The model would not answer this.
    ModelRefused,
    /// Stopped before the first word: the bot restarts, or the call lost its lease.
    Stopped,
    /// There is no such character, or not for this member here.
    NoSuchCharacter,
    /// The character of that name is not in the member's collection, nor everybody's there.
    NotCollected(String),
    /// The name is more than one character's.
    ManyCharacters,
    /// The character can't be read: PostgreSQL is away.
    CharactersAway,
    /// The message is too long; how many characters it may have.
    TooLong(usize),
    /// There is nothing but blanks to answer.
    Empty,
    /// Kept answers can't be read or changed: PostgreSQL is away.
    AnswersAway,
    /// The answer that this is about is no longer kept.
    AnswerGone,
    /// The button is somebody else's.
    NotYours,
    /// Collections have rules of their own.
    Collection(CollectionDenial),
}
