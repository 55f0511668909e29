//! Custom characters in memory, ready to speak.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use troupe_cards::card::Card;
use uuid::Uuid;

use super::{Characters, Viewer, made};
use crate::{
    cold::{ColdError, characters, characters::Character},
    domain::{ids::Place, persona::Persona},
};

/// So long without asking PostgreSQL again.
const FRESH: Duration = Duration::from_secs(30);
/// So long while PostgreSQL is away.
pub(super) const SERVES: Duration = Duration::from_secs(60 * 60);

/// A talk waits for it before its first answer.
const BUDGET: Duration = Duration::from_secs(1);
/// The same where what is in memory would do.
const SHORT: Duration = Duration::from_millis(300);

/// A custom character as it was read.
pub(super) struct Held {
    row: Character,
    /// `None` for a card that can't be read, which no import lets in.
    persona: Option<Arc<Persona>>,
    read_at: Instant,
}

impl Held {
    pub(super) fn opens_to(&self, viewer: Viewer) -> bool {
        let is_shared = match viewer.place {
            Place::Guild(guild) => self.row.guild == Some(guild),
            Place::Direct(_) => false,
        };
        self.row.owner == viewer.user || is_shared
    }

    pub(super) fn persona(&self) -> Option<Arc<Persona>> {
        self.persona.clone()
    }

    pub(super) fn row(&self) -> &Character {
        &self.row
    }

    /// What it takes of memory, roughly: a card's text, what is read from it, and its compiled lore.
    pub(super) fn bytes(&self) -> usize {
        4 * self.row.content.card.len() + 1_024
    }
}

impl Characters {
    /// A custom character that was not deleted.
    pub(super) async fn held(&self, id: Uuid) -> Result<Option<Arc<Held>>, ColdError> {
        let known = self.0.held.get(&id).await;
        if let Some(held) = known.as_ref().filter(|held| held.read_at.elapsed() < FRESH) {
            return Ok(Some(Arc::clone(held)));
        }
        let budget = if known.is_some() { SHORT } else { BUDGET };
        let read = self.0.cold.run(budget, async |connection| characters::get(connection, id).await).await;
        let row = match (read, known) {
            (Ok(Some(row)), known) => match known.filter(|held| held.row == row) {
                Some(held) => {
                    let (row, persona) = (held.row.clone(), held.persona.clone());
                    return Ok(Some(self.hold(id, row, persona).await));
                }
                None => row,
            },
            (Ok(None), _) => {
                self.0.held.invalidate(&id).await;
                return Ok(None);
            }
            (Err(error), Some(held)) => {
                tracing::debug!(%error, "a custom character serves from memory");
                return Ok(Some(held));
            }
            (Err(error), None) => return Err(error),
        };
        // Lorebooks take their time to compile.
        let made = tokio::task::spawn_blocking(move || {
            let card = Card::read(row.content.card.clone());
            let persona = card.ok().map(|card| Arc::new(made::persona(&(&row).into(), &card)));
            (row, persona)
        });
        let (row, persona) = match made.await {
            Ok(made) => made,
            Err(error) => {
                tracing::error!(character = %id, %error, "a card can't be made into a character");
                return Ok(None);
            }
        };
        Ok(Some(self.hold(id, row, persona).await))
    }

    async fn hold(&self, id: Uuid, row: Character, persona: Option<Arc<Persona>>) -> Arc<Held> {
        let held = Arc::new(Held { row, persona, read_at: Instant::now() });
        self.0.held.insert(id, Arc::clone(&held)).await;
        held
    }
}
