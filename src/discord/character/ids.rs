//! What buttons and menus about characters carry: `char:VERB:NUMBER:CHARACTER`. It outlives a restart, and anyone may
//! have forged it: who may do what is asked of the store.

use std::fmt;

use crate::domain::character::CharacterId;
use crate::features::characters::edit::Group;

/// The most characters that Discord takes.
const LONGEST: usize = 100;
/// Whose buttons these are, and whose forms.
const FEATURE: &str = "char";
const FORM: &str = "char-form";
/// What stands where no character is meant.
const NOBODY: &str = "-";

/// What a button or menu does. Its number is a page, a greeting or an interaction, where it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Looks at the one chosen in the menu.
    Look,
    /// Shows the greeting of that number.
    Greeting,
    /// Shows that page of the list.
    Page,
    /// Chooses the character.
    Choose,
    /// Offers the forms.
    Edit,
    /// Opens a form.
    Form(Group),
    /// Gives the file.
    Export,
    /// Shares it here.
    Share,
    /// Shares it no more.
    Unshare,
    /// Asks whether it is to be deleted.
    Sure,
    /// Deletes it.
    Delete,
    /// Leaves it.
    Keep,
    /// Brings back the one chosen in the menu.
    Restore,
    /// Keeps what that interaction brought beside its like.
    Both,
}

const VERBS: [Verb; 16] = [
    Verb::Look,
    Verb::Greeting,
    Verb::Page,
    Verb::Choose,
    Verb::Edit,
    Verb::Form(Group::Core),
    Verb::Form(Group::Speech),
    Verb::Form(Group::More),
    Verb::Export,
    Verb::Share,
    Verb::Unshare,
    Verb::Sure,
    Verb::Delete,
    Verb::Keep,
    Verb::Restore,
    Verb::Both,
];

impl Verb {
    /// Its name, in ids and in the keys of labels.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Greeting => "greeting",
            Self::Page => "page",
            Self::Choose => "choose",
            Self::Edit => "edit",
            Self::Form(group) => group.name(),
            Self::Export => "export",
            Self::Share => "share",
            Self::Unshare => "unshare",
            Self::Sure => "sure",
            Self::Delete => "delete",
            Self::Keep => "keep",
            Self::Restore => "restore",
            Self::Both => "both",
        }
    }
}

/// A button's or menu's custom id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CharacterButton {
    /// What it does.
    pub(super) verb: Verb,
    /// A page, a greeting or an interaction.
    pub(super) number: u64,
    /// About whom.
    pub(super) character: Option<CharacterId>,
}

impl fmt::Display for CharacterButton {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{FEATURE}:{}:{}:", self.verb.name(), self.number)?;
        match &self.character {
            Some(character) => write!(out, "{character}"),
            None => out.write_str(NOBODY),
        }
    }
}

impl CharacterButton {
    /// Reads one; `None`: it is another feature's, or nothing that this writes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let mut parts = text.splitn(4, ':');
        let (feature, verb, number, character) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if feature != FEATURE {
            return None;
        }
        let character = if character == NOBODY { None } else { Some(character.parse().ok()?) };
        let verb = VERBS.into_iter().find(|known| known.name() == verb)?;
        let id = Self { verb, number: number.parse().ok()?, character };
        // One spelling: no leading zeros, no signs.
        (id.to_string() == text).then_some(id)
    }
}

/// A form's custom id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CharacterForm {
    /// For a new one.
    Create,
    /// For changes of that one, as its owner saw it in that version.
    Edit(Group, u64, CharacterId),
}

impl fmt::Display for CharacterForm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create => write!(out, "{FORM}:create"),
            Self::Edit(group, version, character) => {
                write!(out, "{FORM}:{}:{version}:{character}", group.name())
            }
        }
    }
}

impl CharacterForm {
    /// Reads one; `None`: it is another feature's, or nothing that this writes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(FORM)?.strip_prefix(':')?;
        let form = if rest == "create" {
            Self::Create
        } else {
            let mut parts = rest.splitn(3, ':');
            let group = Group::named(parts.next()?)?;
            Self::Edit(group, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?)
        };
        (text.len() <= LONGEST && form.to_string() == text).then_some(form)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn longest() -> Vec<CharacterId> {
        let custom = format!("custom:{}", uuid::Uuid::from_u128(u128::MAX).hyphenated());
        vec![custom.parse().expect("an id"), format!("shipped:{}", "a".repeat(64)).parse().expect("an id")]
    }

    #[test]
    fn what_is_written_is_read_and_fits() {
        for verb in VERBS {
            for character in longest().into_iter().map(Some).chain([None]) {
                let number = if character.is_some() { 999 } else { u64::MAX };
                let id = CharacterButton { verb, number, character };
                assert!(id.to_string().len() <= LONGEST, "{id}");
                assert_eq!(CharacterButton::parse(&id.to_string()), Some(id));
            }
        }
        let largest = i64::MAX.unsigned_abs();
        for group in Group::ALL {
            let form = CharacterForm::Edit(group, largest, longest().remove(0));
            assert!(form.to_string().len() <= LONGEST, "{form}");
            assert_eq!(CharacterForm::parse(&form.to_string()), Some(form));
        }
        assert_eq!(CharacterForm::parse("char-form:create"), Some(CharacterForm::Create));
    }

    #[test]
    fn what_is_forged_is_refused() {
        assert!(CharacterButton::parse("char:choose:0:shipped:mira").is_some());
        for bad in [
            "",
            "char",
            "char:choose:0",
            "char:choose:0:",
            "char:choose:00:-",
            "char:choose:+1:-",
            "char:choose:-1:-",
            "char:CHOOSE:0:-",
            "char:choose:0:mira",
            "char:choose:0:custom:x",
            "talk:choose:0:-",
            "char:choose:0:- ",
            "char:choose:18446744073709551616:-",
            "char:drop:0:-",
        ] {
            assert_eq!(CharacterButton::parse(bad), None, "{bad}");
        }
        for bad in [
            "char-form",
            "char-form:",
            "char-form:creates",
            "char-form:core:1",
            "char-form:core:01:shipped:mira",
        ] {
            assert_eq!(CharacterForm::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn anything_at_all_is_read_or_refused(text in ".{0,120}") {
            if let Some(id) = CharacterButton::parse(&text) {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }
}
