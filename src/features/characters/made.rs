//! From a member's card to a persona that can speak.

use std::sync::Arc;

use troupe_cards::{
    card::{Card, Sheet},
    lore::{Book, Lore},
};

use uuid::Uuid;

use super::{closer, examples};
use crate::{
    cold::characters::Character,
    domain::{
        character::CharacterId,
        persona::{CardTexts, Lorebook, Persona},
        unseen::is_hidden,
    },
};

/// Most characters of a name that is shown; Discord takes no more of a webhook's.
const MOST_NAME: usize = 80;
/// Most characters of the line that makes curious.
const MOST_TAGLINE: usize = 100;
/// Colours of characters that bring none, told apart on light and dark.
const COLOURS: [u32; 8] =
    [0x00E0_7A5F, 0x0081_B29A, 0x00F2_CC8F, 0x005F_86E0, 0x00B0_7BD6, 0x0047_B8C4, 0x00D6_6B9E, 0x008F_A84A];

/// What of a custom character its card doesn't say.
#[derive(Debug, Clone, Copy)]
pub struct Made<'a> {
    /// Its identity.
    pub id: Uuid,
    /// Its name.
    pub name: &'a str,
    /// Changes with each change.
    pub version: u64,
    /// Whether it has a picture.
    pub has_avatar: bool,
}

impl<'a> From<&'a Character> for Made<'a> {
    fn from(row: &'a Character) -> Self {
        Self { id: row.id, name: &row.content.name, version: row.version, has_avatar: row.has_avatar }
    }
}

/// The character that a card describes. Takes its time where the card has a large lorebook.
pub fn persona(row: &Made<'_>, card: &Card) -> Persona {
    let sheet = card.sheet();
    let name = line(row.name, MOST_NAME);
    let called = line(sheet.spoken_name(), MOST_NAME);
    let closer = closer::read(card).or_ours();
    let called = if called.is_empty() { name.clone() } else { called };
    let picture = row.has_avatar.then(|| format!("custom/{}.png?v={}", row.id.hyphenated(), row.version));
    Persona {
        id: CharacterId::Custom(row.id),
        version: row.version.to_string(),
        examples: examples::read(&sheet.mes_example, &[&name, &called]),
        name,
        called,
        tagline: tagline(&sheet),
        description: sheet.description.trim().to_owned(),
        manner: String::new(),
        lore: Vec::new(),
        greeting: sheet.greetings().next().map(|(_, greeting)| greeting.to_owned()).unwrap_or_default(),
        alternate_greetings: sheet.greetings().skip(1).map(|(_, greeting)| greeting.to_owned()).collect(),
        bonds: closer.manners,
        greetings: closer.greetings,
        secrets: closer.secrets,
        colour: COLOURS[usize::from(row.id.as_bytes()[15]) % COLOURS.len()],
        picture,
        card: Some(CardTexts {
            system_prompt: sheet.system_prompt.trim().to_owned(),
            personality: sheet.personality.trim().to_owned(),
            scenario: sheet.scenario.trim().to_owned(),
            post_history_instructions: sheet.post_history_instructions.trim().to_owned(),
            depth_prompt: sheet.silly.depth_prompt.clone(),
            lore: lore(card),
        }),
    }
}

fn lore(card: &Card) -> Option<Lorebook> {
    let book = Book::parse(card.book()?).ok()?;
    (!book.entries.is_empty()).then(|| Lorebook(Arc::new(Lore::new(&[&book]))))
}

/// The first line of what the creator notes for people.
fn tagline(sheet: &Sheet) -> String {
    let notes = sheet.notes_in("en");
    line(notes.lines().find(|line| !line.trim().is_empty()).unwrap_or_default(), MOST_TAGLINE)
}

/// One line without what nobody sees, cut to so many characters.
pub(super) fn line(text: &str, most: usize) -> String {
    let visible: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_hidden(*c)).collect();
    let words = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(most).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_visible_line() {
        assert_eq!(line(" A\n\u{202e}b\t c ", 80), "A b c");
        assert_eq!(line(&"é".repeat(90), 80).chars().count(), 80);
        assert_eq!(line("\u{200b}\n", 80), "");
    }
}
