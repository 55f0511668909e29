//! Finding a character by what a member types.

use std::{collections::BTreeMap, sync::Arc};

use uuid::Uuid;

use super::{Characters, Viewer};
use crate::{
    cold::{COMMAND_BUDGET, ColdError, characters, characters::Entry},
    domain::{character::CharacterId, denial::Denial, persona::Persona},
};

/// Most custom characters among what is suggested, so that the cast is seen too.
const MOST_CUSTOM: usize = 18;

/// What may be meant by what is typed so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Its identity.
    pub id: CharacterId,
    /// Its name: hostile text.
    pub name: String,
    /// What tells it apart for those who read it: a line of its own, or of those with the same name a part of its id.
    pub beside: String,
    /// Whether it is the member's own.
    pub own: bool,
}

impl Characters {
    /// Those whose name a member may mean, their own first, `most` at most. Without PostgreSQL: the cast's.
    pub async fn suggest(&self, viewer: Viewer, typed: &str, most: usize) -> Vec<Suggestion> {
        let custom = self.entries(viewer, typed).await.unwrap_or_else(|error| {
            tracing::debug!(%error, "custom characters can't be suggested");
            Vec::new()
        });
        let mut same: BTreeMap<String, usize> = BTreeMap::new();
        for entry in &custom {
            *same.entry(entry.name.to_lowercase()).or_default() += 1;
        }
        let told = |entry: &Entry| Suggestion {
            id: CharacterId::Custom(entry.id),
            name: entry.name.clone(),
            beside: if same[&entry.name.to_lowercase()] > 1 { short_id(entry.id) } else { String::new() },
            own: entry.owner == viewer.user,
        };
        let mut found: Vec<Suggestion> = custom.iter().map(told).collect();
        found.sort_by_key(|suggestion| !suggestion.own);
        found.truncate(MOST_CUSTOM.min(most));
        let rest = most - found.len();
        found.extend(self.0.cast.search(typed, rest).into_iter().map(|member| Suggestion {
            id: member.persona.id.clone(),
            name: member.persona.name.clone(),
            beside: member.persona.tagline.clone(),
            own: false,
        }));
        found
    }

    /// The one that a member means by an identity, or by a name as they type it: to look at.
    ///
    /// # Errors
    /// [`Denial::NoSuchCharacter`], [`Denial::ManyCharacters`] where the name is not one's alone, and
    /// [`Denial::CharactersAway`].
    pub async fn resolve(&self, viewer: Viewer, typed: &str) -> Result<Arc<Persona>, Denial> {
        if let Ok(id) = typed.trim().parse() {
            return self.see(viewer, &id).await;
        }
        let name = typed.trim().to_lowercase();
        if name.is_empty() {
            return Err(Denial::NoSuchCharacter);
        }
        let shipped = self.0.cast.resolve(typed);
        let custom = match self.entries(viewer, typed).await {
            Ok(custom) => custom,
            Err(error) => return shipped.ok_or_else(|| super::away(&error)),
        };
        let whole = |entry: &&Entry| entry.name.to_lowercase() == name;
        let exact: Vec<&Entry> = custom.iter().filter(whole).collect();
        let is_shipped = shipped.as_ref().is_some_and(|persona| persona.name.to_lowercase() == name);
        match (exact.as_slice(), shipped) {
            ([], Some(persona)) if is_shipped || custom.is_empty() => Ok(persona),
            ([only], None) => self.see(viewer, &CharacterId::Custom(only.id)).await,
            ([only], Some(_)) if !is_shipped => self.see(viewer, &CharacterId::Custom(only.id)).await,
            ([], None) => match custom.as_slice() {
                [only] => self.see(viewer, &CharacterId::Custom(only.id)).await,
                [] => Err(Denial::NoSuchCharacter),
                _ => Err(Denial::ManyCharacters),
            },
            _ => Err(Denial::ManyCharacters),
        }
    }

    async fn entries(&self, viewer: Viewer, typed: &str) -> Result<Vec<Entry>, ColdError> {
        let guild = viewer.place.guild();
        let find = async |connection: &mut _| {
            characters::find_by_name(connection, viewer.user, guild, typed.trim()).await
        };
        self.0.cold.run(COMMAND_BUDGET, find).await
    }
}

/// The beginning of an id: enough for a person to tell two of one name apart.
pub fn short_id(id: Uuid) -> String {
    let digits = id.simple().to_string();
    format!("#{}", &digits[..6])
}
