//! A character as the prompt and the stage need it: its persona, manner, examples, name and picture.

use std::{fmt, sync::Arc};

use troupe_cards::{card::sheet::DepthPrompt, lore::Lore};

use super::{bond::Band, character::CharacterId};

/// One example exchange: the member's line and the character's answer. May have macros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What a member says.
    pub user: String,
    /// What the character answers.
    pub character: String,
}

/// How the character treats someone from that band on; the nearest band below counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BandManner {
    /// From which band.
    pub from: Band,
    /// The manner, as an instruction.
    pub manner: String,
}

/// A text that opens with closeness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlock {
    /// From which band on.
    pub from: Band,
    /// The text, as the character's author wrote it.
    pub text: String,
}

/// A character, ready to speak. Texts may have the macros `{{char}}` and `{{user}}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Persona {
    /// Its identity.
    pub id: CharacterId,
    /// Changes with every change of its texts: the prompt's stable prefix is the same for the same version.
    pub version: String,
    /// Its name, 1 to 80 characters, without control characters.
    pub name: String,
    /// What `{{char}}` stands for: a nickname, or the name.
    pub called: String,
    /// One line that makes curious, up to 100 characters.
    pub tagline: String,
    /// Who it is.
    pub description: String,
    /// How it speaks.
    pub manner: String,
    /// What is always true around it, if anything.
    pub lore: Vec<String>,
    /// How it speaks, shown.
    pub examples: Vec<Example>,
    /// Its first words to a stranger; empty where a card has none.
    pub greeting: String,
    /// Other first words.
    pub alternate_greetings: Vec<String>,
    /// How closeness changes it.
    pub bonds: Vec<BandManner>,
    /// Its first words to those who are closer; the nearest band below counts.
    pub greetings: Vec<Unlock>,
    /// What it may tell those who are close enough, from that band on.
    pub secrets: Vec<Unlock>,
    /// What a card says beyond this; `None` for those that ship with Troupe.
    pub card: Option<CardTexts>,
    /// Its picture's address below where pictures are served.
    pub picture: Option<String>,
    /// Its colour, 0xRRGGBB.
    pub colour: u32,
}

/// What a card brings beyond a persona. Texts may have macros; empty ones are not there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CardTexts {
    /// In place of the host's own words, which `{{original}}` puts in.
    pub system_prompt: String,
    /// What it is like.
    pub personality: String,
    /// Where and when.
    pub scenario: String,
    /// After the conversation, in place of the host's.
    pub post_history_instructions: String,
    /// Among the last messages.
    pub depth_prompt: Option<DepthPrompt>,
    /// What becomes known as the conversation touches it.
    pub lore: Option<Lorebook>,
}

/// A lorebook, ready to be scanned. Equal to itself alone.
#[derive(Clone)]
pub struct Lorebook(pub Arc<Lore>);

impl fmt::Debug for Lorebook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lorebook")
    }
}

impl PartialEq for Lorebook {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Persona {
    /// How it treats someone of that band, where it makes a difference.
    pub fn manner_towards(&self, band: Band) -> Option<&str> {
        let nearest = self.bonds.iter().filter(|manner| manner.from <= band).max_by_key(|manner| manner.from);
        nearest.map(|manner| manner.manner.as_str())
    }

    /// Its first words to someone of that band.
    pub fn greeting_to(&self, band: Band) -> &str {
        let open = self.greetings.iter().filter(|greeting| greeting.from <= band);
        open.max_by_key(|greeting| greeting.from).map_or(&self.greeting, |greeting| &greeting.text)
    }

    /// What it may tell someone of that band, in the order in which it opened.
    pub fn secrets_for(&self, band: Band) -> Vec<&str> {
        let mut open: Vec<_> = self.secrets.iter().filter(|secret| secret.from <= band).collect();
        open.sort_by_key(|secret| secret.from);
        open.into_iter().map(|secret| secret.text.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn band() -> impl Strategy<Value = Band> {
        prop::sample::select(Band::ALL.to_vec())
    }

    fn unlocks() -> impl Strategy<Value = Vec<Unlock>> {
        let unlock = (band(), "[a-z]{1,6}").prop_map(|(from, text)| Unlock { from, text });
        prop::collection::vec(unlock, 0..6)
    }

    proptest! {
        #[test]
        fn what_is_open_stays_open_and_what_is_locked_is_not_shown(
            greetings in unlocks(), secrets in unlocks(), one in band(), other in band(),
        ) {
            let persona = Persona {
                id: "shipped:mira".parse().expect("an id"),
                version: String::new(),
                name: "Mira".to_owned(),
                tagline: String::new(),
                description: String::new(),
                manner: String::new(),
                lore: Vec::new(),
                examples: Vec::new(),
                called: "Mira".to_owned(),
                greeting: "hello".to_owned(),
                alternate_greetings: Vec::new(),
                bonds: Vec::new(),
                greetings,
                secrets,
                card: None,
                picture: None,
                colour: 0,
            };
            let (near, far) = (one.max(other), one.min(other));
            let (more, fewer) = (persona.secrets_for(near), persona.secrets_for(far));
            prop_assert!(more.starts_with(&fewer));
            let locked = persona.secrets.iter().filter(|secret| secret.from > far).count();
            prop_assert_eq!(fewer.len() + locked, persona.secrets.len());
            let greeting = persona.greeting_to(far);
            let open = persona.greetings.iter().filter(|of| of.from <= far).collect::<Vec<_>>();
            prop_assert!(!open.is_empty() || greeting == "hello");
            prop_assert!(open.is_empty() || open.iter().any(|of| of.text == greeting));
        }
    }
}
