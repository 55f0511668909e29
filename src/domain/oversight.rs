//! What operators and admins do: what a kill switch stops, whom a block bars, and how the record names it.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use super::{
    character::CharacterId,
    ids::{GuildId, UserId},
    named::named,
    usage::Feature,
};

named! {
    /// What kind of thing a kill switch stops.
    SwitchScope {
        /// All AI.
        Global = "global",
        /// One feature.
        Feature = "feature",
        /// One guild.
        Guild = "guild",
        /// One provider of models.
        Provider = "provider",
        /// One model.
        Model = "model",
        /// One character.
        Character = "character",
    }

    /// What kind of subject is blocked.
    BlockKind {
        /// A person.
        User = "user",
        /// A server.
        Guild = "guild",
    }
}

/// A text that can't stand in the record of what operators and admins do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotARecord {
    /// No kill switch has that target.
    #[error(
        "no kill switch: a scope of global, feature, guild, provider, model or character, and what it stops there, of 1 to 200 characters"
    )]
    Target,
    /// Too long a reason, or none.
    #[error("not a reason: 1 to {} characters", Reason::LONGEST)]
    Reason,
    /// No name of an action.
    #[error("not an action: one to four words of a-z and _ with dots between, such as settings.changed")]
    Action,
}

/// What a kill switch stops.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SwitchTarget {
    /// All AI.
    Global,
    /// One feature.
    Feature(Feature),
    /// One guild.
    Guild(GuildId),
    /// One provider, by its name: 1 to 200 characters.
    Provider(String),
    /// One model, by its name: 1 to 200 characters.
    Model(String),
    /// One character.
    Character(CharacterId),
}

impl SwitchTarget {
    /// The kind of thing.
    pub const fn scope(&self) -> SwitchScope {
        match self {
            Self::Global => SwitchScope::Global,
            Self::Feature(_) => SwitchScope::Feature,
            Self::Guild(_) => SwitchScope::Guild,
            Self::Provider(_) => SwitchScope::Provider,
            Self::Model(_) => SwitchScope::Model,
            Self::Character(_) => SwitchScope::Character,
        }
    }

    /// Which one of its kind, as text; empty for all AI.
    pub fn target(&self) -> String {
        match self {
            Self::Global => String::new(),
            Self::Feature(feature) => feature.to_string(),
            Self::Guild(guild) => guild.to_string(),
            Self::Provider(name) | Self::Model(name) => name.clone(),
            Self::Character(character) => character.to_string(),
        }
    }

    /// Its name among all switches: the scope, and after a colon what it stops there.
    pub fn field(&self) -> String {
        match self {
            Self::Global => self.scope().to_string(),
            _ => format!("{}:{}", self.scope(), self.target()),
        }
    }

    /// The one that has that scope and that text.
    ///
    /// # Errors
    /// [`NotARecord::Target`] when there is none.
    pub fn new(scope: SwitchScope, target: &str) -> Result<Self, NotARecord> {
        let fault = NotARecord::Target;
        let name = || {
            let fits = (1..=200).contains(&target.chars().count()) && !target.contains('\0');
            if fits { Ok(target.to_owned()) } else { Err(fault) }
        };
        Ok(match scope {
            SwitchScope::Global if target.is_empty() => Self::Global,
            SwitchScope::Global => return Err(fault),
            SwitchScope::Feature => Self::Feature(target.parse().map_err(|_| fault)?),
            SwitchScope::Guild => Self::Guild(target.parse().map_err(|_| fault)?),
            SwitchScope::Provider => Self::Provider(name()?),
            SwitchScope::Model => Self::Model(name()?),
            SwitchScope::Character => Self::Character(target.parse().map_err(|_| fault)?),
        })
    }
}

/// Whom a block bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Blocked {
    /// A person.
    User(UserId),
    /// A server.
    Guild(GuildId),
}

impl Blocked {
    /// Its kind.
    pub const fn kind(self) -> BlockKind {
        match self {
            Self::User(_) => BlockKind::User,
            Self::Guild(_) => BlockKind::Guild,
        }
    }
}

/// Why something was done, in a person's words: 1 to 500 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Reason(String);

impl From<Reason> for String {
    fn from(reason: Reason) -> Self {
        reason.0
    }
}

impl TryFrom<String> for Reason {
    type Error = NotARecord;

    fn try_from(text: String) -> Result<Self, NotARecord> {
        Self::new(&text)
    }
}

impl Reason {
    /// Most characters.
    pub const LONGEST: usize = 500;

    /// The reason with that text; blanks round it are cut off.
    ///
    /// # Errors
    /// [`NotARecord::Reason`] for an empty or a long one, or one with a zero byte.
    pub fn new(text: &str) -> Result<Self, NotARecord> {
        let text = text.trim();
        let fits = (1..=Self::LONGEST).contains(&text.chars().count()) && !text.contains('\0');
        if fits { Ok(Self(text.to_owned())) } else { Err(NotARecord::Reason) }
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What was done, such as `settings.changed`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Action(Cow<'static, str>);

impl From<Action> for String {
    fn from(action: Action) -> Self {
        action.0.into_owned()
    }
}

impl TryFrom<String> for Action {
    type Error = NotARecord;

    fn try_from(name: String) -> Result<Self, NotARecord> {
        Self::new(&name)
    }
}

impl Action {
    /// A kill switch was set.
    pub const SWITCH_SET: Self = Self(Cow::Borrowed("switch.set"));
    /// A kill switch was cleared.
    pub const SWITCH_CLEARED: Self = Self(Cow::Borrowed("switch.cleared"));
    /// A user or guild was blocked.
    pub const BLOCK_SET: Self = Self(Cow::Borrowed("block.set"));
    /// Who answers in a guild by default was changed.
    pub const DEFAULT_CHARACTER_SET: Self = Self(Cow::Borrowed("settings.default_character"));
    /// A block was lifted.
    pub const BLOCK_LIFTED: Self = Self(Cow::Borrowed("block.lifted"));
    /// A guild's admins opened a pack of characters to everybody there.
    pub const PACK_ENABLED: Self = Self(Cow::Borrowed("pack.enabled"));
    /// They closed it.
    pub const PACK_DISABLED: Self = Self(Cow::Borrowed("pack.disabled"));

    /// The action with that name.
    ///
    /// # Errors
    /// [`NotARecord::Action`] for another form.
    pub fn new(name: &str) -> Result<Self, NotARecord> {
        let word = |word: &str| {
            (1..=40).contains(&word.len()) && word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'_'))
        };
        let fits = name.split('.').count() <= 4 && name.split('.').all(word);
        if fits { Ok(Self(Cow::Owned(name.to_owned()))) } else { Err(NotARecord::Action) }
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_its_scope_and_its_text() {
        for (scope, text) in [
            (SwitchScope::Global, ""),
            (SwitchScope::Feature, "talk"),
            (SwitchScope::Guild, "42"),
            (SwitchScope::Provider, "openrouter"),
            (SwitchScope::Model, "a/b:free"),
            (SwitchScope::Character, "shipped:mira"),
        ] {
            let target = SwitchTarget::new(scope, text).expect("a target");
            assert_eq!((target.scope(), target.target().as_str()), (scope, text));
            assert_eq!(SwitchTarget::new(scope, "\0"), Err(NotARecord::Target));
            let opposite = if text.is_empty() { "x" } else { "" };
            assert_eq!(SwitchTarget::new(scope, opposite), Err(NotARecord::Target), "{scope}");
        }
    }

    #[test]
    fn actions_are_words_with_dots_between() {
        for name in ["a", "switch.set", "a.b.c.d_e"] {
            assert_eq!(Action::new(name).map(|action| action.to_string()), Ok(name.to_owned()));
        }
        for name in ["", ".", "a.", "A", "a.b.c.d.e", "a b", &"a".repeat(41)] {
            assert_eq!(Action::new(name), Err(NotARecord::Action), "{name}");
        }
    }
}
