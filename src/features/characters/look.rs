//! A character looked at: what those who may talk with it may know, and what its owner may.

use std::sync::Arc;

use troupe_cards::card::{Card, Sheet};

use super::{Characters, Trouble, Viewer};
use crate::{
    cold::characters::Character,
    domain::{character::CharacterId, denial::Denial, persona::Persona},
};

/// Characters of a text that make a token, roughly.
const CHARS_A_TOKEN: usize = 4;

/// A character, looked at.
#[derive(Debug, Clone)]
pub struct Look {
    /// Who it is.
    pub persona: Arc<Persona>,
    /// What is known beyond that of one that a member made.
    pub own: Option<Box<Own>>,
    /// Whether it ships with Troupe and is to be collected first.
    pub is_closed: bool,
}

/// One that a member made.
#[derive(Debug, Clone)]
pub struct Own {
    /// As it is kept.
    pub row: Character,
    /// What its card says.
    pub sheet: Sheet,
}

impl Look {
    /// Its greetings, the first one first. May have macros.
    pub fn greetings(&self) -> Vec<&str> {
        let all = std::iter::once(&self.persona.greeting).chain(&self.persona.alternate_greetings);
        all.map(|greeting| greeting.trim()).filter(|greeting| !greeting.is_empty()).collect()
    }

    /// Whether it is that member's own.
    pub fn is_of(&self, viewer: Viewer) -> bool {
        self.own.as_ref().is_some_and(|own| own.row.owner == viewer.user)
    }
}

impl Characters {
    /// A character for that member there.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub async fn look(&self, viewer: Viewer, id: &CharacterId) -> Result<Look, Trouble> {
        let CharacterId::Custom(uuid) = id else {
            let persona = self.0.cast.get(id).ok_or(Denial::NoSuchCharacter)?;
            return Ok(Look { persona, own: None, is_closed: !self.is_open(viewer, id).await });
        };
        let held = self.held(*uuid).await?.filter(|held| held.opens_to(viewer));
        let held = held.ok_or(Denial::NoSuchCharacter)?;
        let persona = held.persona().ok_or(Denial::NoSuchCharacter)?;
        let row = held.row().clone();
        let read = tokio::task::spawn_blocking(move || {
            let sheet = Card::read(row.content.card.clone()).map(|card| card.sheet());
            sheet.map(|sheet| Own { row, sheet })
        });
        let own = read.await.map_err(|error| Trouble::Failed(error.into()))??;
        Ok(Look { persona, own: Some(Box::new(own)), is_closed: false })
    }
}

/// What a character takes of each prompt, in tokens, roughly: its texts alone.
pub fn tokens(persona: &Persona) -> u64 {
    let card = persona.card.as_ref();
    let texts =
        [Some(&persona.description), Some(&persona.manner)].into_iter().flatten().chain(&persona.lore);
    let texts = texts.chain(card.into_iter().flat_map(|card| {
        let depth = card.depth_prompt.as_ref().map(|depth| &depth.prompt);
        let own = [&card.system_prompt, &card.personality, &card.scenario, &card.post_history_instructions];
        own.into_iter().chain(depth)
    }));
    let chars: usize = texts.map(|text| text.chars().count()).sum();
    chars.div_ceil(CHARS_A_TOKEN) as u64
}
