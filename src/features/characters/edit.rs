//! The forms in which an owner changes a card: which fields, what stands in them, and what of it was changed.

use troupe_cards::{
    card::{Card, ListField, Sheet, TextField},
    limits::JSON_BYTES,
    refusal::Refusal,
};

use super::{Trouble, made};
use crate::cold::characters::{Content, ContentHash};

/// Most characters that Discord takes in one field of a form, in UTF-16 units.
pub const MOST_FIELD: usize = 4_000;
/// Most characters of a name that a character is found by.
const MOST_NAME: usize = 200;
/// Most greetings besides the first.
const MOST_GREETINGS: usize = 50;

/// One form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Who it is.
    Core,
    /// How it speaks.
    Speech,
    /// All the rest.
    More,
}

/// One field of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// A text of the card.
    Text(TextField),
    /// Its tags, one a line or between commas.
    Tags,
    /// A further greeting.
    AddGreeting,
    /// The number of a further greeting to be taken away, from 1.
    DropGreeting,
}

impl Group {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Core, Self::Speech, Self::More];

    /// Its name, in ids and keys of texts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Speech => "speech",
            Self::More => "more",
        }
    }

    /// The one with that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.name() == name)
    }

    /// Its fields: as many as a form of Discord's holds.
    pub const fn fields(self) -> [Field; 5] {
        use Field::{AddGreeting, DropGreeting, Tags, Text};
        match self {
            Self::Core => [
                Text(TextField::Name),
                Text(TextField::Nickname),
                Text(TextField::Description),
                Text(TextField::Personality),
                Text(TextField::Scenario),
            ],
            Self::Speech => [
                Text(TextField::FirstMes),
                Text(TextField::MesExample),
                Text(TextField::SystemPrompt),
                Text(TextField::PostHistoryInstructions),
                Text(TextField::CreatorNotes),
            ],
            Self::More => {
                [Tags, Text(TextField::Creator), Text(TextField::CharacterVersion), AddGreeting, DropGreeting]
            }
        }
    }
}

impl Field {
    /// Its name, in ids and in texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text(field) => field.name(),
            Self::Tags => "tags",
            Self::AddGreeting => "add_greeting",
            Self::DropGreeting => "drop_greeting",
        }
    }

    /// Whether it is a short one.
    pub const fn is_short(self) -> bool {
        use TextField::{CharacterVersion, Creator, Name, Nickname};
        matches!(self, Self::Text(Name | Nickname | Creator | CharacterVersion) | Self::DropGreeting)
    }

    /// Most characters that it takes, in UTF-16 units.
    pub const fn most(self) -> usize {
        if self.is_short() { MOST_NAME } else { MOST_FIELD }
    }

    /// What stands in it.
    pub fn present(self, sheet: &Sheet) -> String {
        match self {
            Self::Text(field) => text_of(sheet, field).to_owned(),
            Self::Tags => sheet.tags.join(", "),
            Self::AddGreeting | Self::DropGreeting => String::new(),
        }
    }
}

fn text_of(sheet: &Sheet, field: TextField) -> &str {
    match field {
        TextField::Name => &sheet.name,
        TextField::Description => &sheet.description,
        TextField::Personality => &sheet.personality,
        TextField::Scenario => &sheet.scenario,
        TextField::FirstMes => &sheet.first_mes,
        TextField::MesExample => &sheet.mes_example,
        TextField::CreatorNotes => &sheet.creator_notes,
        TextField::SystemPrompt => &sheet.system_prompt,
        TextField::PostHistoryInstructions => &sheet.post_history_instructions,
        TextField::Creator => &sheet.creator,
        TextField::CharacterVersion => &sheet.character_version,
        TextField::Nickname => sheet.nickname.as_deref().unwrap_or_default(),
    }
}

/// How long a text is as Discord counts.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Puts what was typed into a card; whether anything of it differs. Fields left as they were keep their bytes, and so
/// do those that are too long for a form and came back empty. `now` is Unix seconds.
///
/// # Errors
/// [`Trouble`], and then the card may be half changed: it is to be dropped.
pub fn apply(card: &mut Card, typed: &[(Field, String)], now: u64) -> Result<bool, Trouble> {
    let sheet = card.sheet();
    let mut changed = false;
    for (field, text) in typed {
        let (text, present) = (normal(text), normal(&field.present(&sheet)));
        let left_alone = text.is_empty() && units(&present) > field.most();
        if left_alone || text == present {
            continue;
        }
        let set = match field {
            Field::Text(TextField::Name) if text.is_empty() => return Err(Trouble::NoName),
            Field::Text(field) => card.set_text(*field, &text),
            Field::Tags => card.set_list(ListField::Tags, &tags(&text)),
            Field::AddGreeting | Field::DropGreeting => continue,
        };
        set.map_err(|_| Trouble::Unfit)?;
        changed = true;
    }
    changed |= greetings(card, &sheet, typed)?;
    if changed {
        card.touch(now).map_err(|_| Trouble::Unfit)?;
    }
    Ok(changed)
}

/// Takes away, then adds, so that the numbers are those that the member saw.
fn greetings(card: &mut Card, sheet: &Sheet, typed: &[(Field, String)]) -> Result<bool, Trouble> {
    let typed = |wanted: Field| {
        let found = typed.iter().find(|(field, _)| *field == wanted);
        found.map(|(_, text)| normal(text)).filter(|text| !text.is_empty())
    };
    let mut greetings = sheet.alternate_greetings.clone();
    if let Some(number) = typed(Field::DropGreeting) {
        let at = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let at = at.filter(|at| *at < greetings.len()).ok_or(Trouble::NoGreeting(greetings.len()))?;
        greetings.remove(at);
    }
    if let Some(greeting) = typed(Field::AddGreeting) {
        if greetings.len() >= MOST_GREETINGS {
            return Err(Trouble::ManyGreetings(MOST_GREETINGS));
        }
        greetings.push(greeting);
    }
    if greetings == sheet.alternate_greetings {
        return Ok(false);
    }
    card.set_list(ListField::AlternateGreetings, &greetings).map_err(|_| Trouble::Unfit)?;
    Ok(true)
}

fn tags(text: &str) -> Vec<String> {
    let tags = text.split([',', '\n']).map(str::trim).filter(|tag| !tag.is_empty());
    tags.map(str::to_owned).collect()
}

/// As forms give texts back: line ends of one kind, no blanks around.
fn normal(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// What a card comes to in the store: its name, its text, and what it says.
///
/// # Errors
/// [`Trouble::NoName`], and [`Trouble::File`] for one that is too long.
pub fn content(card: &Card) -> Result<(Content, ContentHash), Trouble> {
    let name = made::line(&card.sheet().name, MOST_NAME);
    if name.is_empty() {
        return Err(Trouble::NoName);
    }
    let text = card.text().into_owned();
    if text.len() > JSON_BYTES {
        return Err(Refusal::JsonTooLarge { limit: JSON_BYTES }.into());
    }
    Ok((Content { name, card: text }, *card.content_hash().bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use troupe_cards::card::New;

    use super::*;

    fn card() -> Card {
        let new = New { name: "Ada".into(), description: " Old\r\nlines ".into(), ..New::default() };
        Card::create(&new, 0)
    }

    fn all(card: &Card, group: Group) -> Vec<(Field, String)> {
        let sheet = card.sheet();
        group.fields().into_iter().map(|field| (field, field.present(&sheet))).collect()
    }

    #[test]
    fn a_form_sent_back_as_it_was_changes_no_byte() {
        let mut card = card();
        let before = card.text().into_owned();
        for group in Group::ALL {
            let typed: Vec<_> = all(&card, group)
                .into_iter()
                .map(|(field, text)| (field, text.trim().replace("\r\n", "\n")))
                .collect();
            assert!(!apply(&mut card, &typed, 9).expect("fits"));
        }
        assert_eq!(card.text(), before);
    }

    #[test]
    fn what_is_too_long_for_a_form_stays_unless_it_is_replaced() {
        let mut card = card();
        card.set_text(TextField::Scenario, &"x".repeat(MOST_FIELD + 1)).expect("a card");
        let field = Field::Text(TextField::Scenario);
        assert!(!apply(&mut card, &[(field, String::new())], 9).expect("fits"));
        assert!(apply(&mut card, &[(field, "short".into())], 9).expect("fits"));
        assert_eq!(card.sheet().scenario, "short");
        assert!(apply(&mut card, &[(field, String::new())], 9).expect("fits"));
        assert_eq!(card.sheet().scenario, "");
    }

    #[test]
    fn greetings_come_and_go_by_the_numbers_that_were_seen() {
        let mut card = card();
        for text in ["one", "two"] {
            assert!(apply(&mut card, &[(Field::AddGreeting, text.into())], 1).expect("fits"));
        }
        let both = [(Field::AddGreeting, "three".into()), (Field::DropGreeting, "1".into())];
        assert!(apply(&mut card, &both, 1).expect("fits"));
        assert_eq!(card.sheet().alternate_greetings, ["two", "three"]);
        for wrong in ["0", "3", "x"] {
            let tried = apply(&mut card, &[(Field::DropGreeting, wrong.into())], 1);
            assert!(matches!(tried, Err(Trouble::NoGreeting(2))), "{wrong}");
        }
    }

    #[test]
    fn a_character_keeps_a_name() {
        let typed = [(Field::Text(TextField::Name), "  ".to_owned())];
        assert!(matches!(apply(&mut card(), &typed, 1), Err(Trouble::NoName)));
    }

    proptest! {
        #[test]
        fn one_change_changes_one_field(text in "\\PC{1,80}") {
            let mut card = card();
            let before = card.sheet();
            apply(&mut card, &[(Field::Text(TextField::Personality), text.clone())], 0).expect("fits");
            let mut after = card.sheet();
            prop_assert_eq!(&after.personality, text.trim());
            after.personality.clone_from(&before.personality);
            after.modification_date = before.modification_date;
            prop_assert_eq!(after, before);
        }
    }
}
