//! Where in the prompt an entry goes, and in whose name.

/// Where an entry's content goes. In this order a prompt names them; see [`super::Active`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Position {
    /// Before the character's description.
    BeforeChar,
    /// With the character's personality.
    Personality,
    /// With the scenario.
    Scenario,
    /// After the character's description.
    AfterChar,
    /// Before the example dialogue.
    ExamplesTop,
    /// After the example dialogue.
    ExamplesBottom,
    /// Above the author's note.
    NoteTop,
    /// Below the author's note.
    NoteBottom,
    /// Among the messages, so many from the newest; 0 is after it. One past the oldest goes before that.
    AtDepth(u32),
    /// Nowhere by itself: under a name, for `{{outlet::name}}`.
    Outlet(String),
    /// A number that no format known here gives a meaning. SillyTavern inserts such an entry nowhere.
    Unknown(i64),
}

impl Position {
    /// The place that a `@@position` decorator names.
    pub(super) fn of_decorator(name: &str) -> Option<Self> {
        match name.trim_matches('"') {
            "before_desc" => Some(Self::BeforeChar),
            "after_desc" => Some(Self::AfterChar),
            "personality" => Some(Self::Personality),
            "scenario" => Some(Self::Scenario),
            _ => None,
        }
    }

    /// SillyTavern's number for a place, with what else tells it.
    pub(super) fn of_number(number: i64, depth: u32, outlet: &str) -> Self {
        match number {
            0 => Self::BeforeChar,
            1 => Self::AfterChar,
            2 => Self::NoteTop,
            3 => Self::NoteBottom,
            4 => Self::AtDepth(depth),
            5 => Self::ExamplesTop,
            6 => Self::ExamplesBottom,
            7 => Self::Outlet(outlet.to_owned()),
            _ => Self::Unknown(number),
        }
    }
}

/// In whose name a content or a message stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The host's.
    #[default]
    System,
    /// The member's.
    User,
    /// The character's.
    Assistant,
}

impl Role {
    pub(super) fn of_name(name: &str) -> Option<Self> {
        match name.trim_matches('"') {
            "system" => Some(Self::System),
            "user" => Some(Self::User),
            "assistant" => Some(Self::Assistant),
            _ => None,
        }
    }

    /// SillyTavern's number for it.
    pub(super) fn of_number(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self::System),
            1 => Some(Self::User),
            2 => Some(Self::Assistant),
            _ => None,
        }
    }
}
