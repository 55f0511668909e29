//! The characters that a member can talk to: the cast, and those that members made or brought along.
//!
//! Ids identify; names are for people. What PostgreSQL said of a custom character serves for half a minute without
//! being asked again, and for an hour while PostgreSQL is away.

mod bring;
mod choice;
mod closer;
pub mod edit;
mod examples;
mod find;
mod held;
mod house;
mod look;
mod made;
mod own;
mod pictures;
mod trouble;

use std::{fmt, sync::Arc};

use bytes::Bytes;
use moka::future::Cache;
use uuid::Uuid;

use self::bring::Desk;
use self::pictures::Pictures;
pub use self::{
    bring::{Brought, Facts, File, LoreLine, avatar_of, with_book},
    find::{Suggestion, short_id},
    look::{Look, Own, tokens},
    made::{Made, persona},
    own::{Listed, MOST_SHARED, id_of},
    trouble::Trouble,
};
use self::{choice::Choices, held::Held};
use super::{cast::Cast, collection::Collection};
use crate::{
    cold::{COMMAND_BUDGET, Cold, ColdError, characters},
    domain::{
        character::CharacterId,
        clock::Clock,
        denial::Denial,
        ids::{GuildId, NotAnId, Place, UserId},
        persona::Persona,
    },
};

/// Most bytes of custom characters in memory, by the size of their cards.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Who looks for a character, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Viewer {
    /// The member.
    pub user: UserId,
    /// Where they are.
    pub place: Place,
}

impl Viewer {
    /// A member in a guild, or with `None` in direct messages, by Discord's ids.
    ///
    /// # Errors
    /// [`NotAnId`].
    pub fn new(user: u64, guild: Option<u64>) -> Result<Self, NotAnId> {
        let user = UserId::new(user)?;
        let guild = guild.map(GuildId::new).transpose()?;
        Ok(Self { user, place: guild.map_or(Place::Direct(user), Place::Guild) })
    }
}

/// All characters. Clones share them.
#[derive(Clone)]
pub struct Characters(Arc<Inner>);

struct Inner {
    cast: Arc<Cast>,
    collection: Collection,
    cold: Cold,
    clock: Clock,
    held: Cache<Uuid, Arc<Held>>,
    choices: Choices,
    desk: Desk,
    pictures: Pictures,
}

impl fmt::Debug for Characters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Characters").field("held", &self.0.held.entry_count()).finish_non_exhaustive()
    }
}

impl Characters {
    /// The cast, and what is in that store.
    pub fn new(cast: Arc<Cast>, collection: Collection, cold: Cold, clock: Clock) -> Self {
        let held = Cache::builder()
            .max_capacity(MOST_BYTES)
            .weigher(|_, held: &Arc<Held>| u32::try_from(held.bytes()).unwrap_or(u32::MAX))
            .time_to_live(held::SERVES)
            .build();
        let (choices, desk, pictures) = (Choices::new(), Desk::new(), Pictures::new());
        Self(Arc::new(Inner { cast, collection, cold, clock, held, choices, desk, pictures }))
    }

    /// Those that ship with Troupe.
    pub fn cast(&self) -> &Cast {
        &self.0.cast
    }

    /// A character for that member there to talk with, by its identity.
    ///
    /// # Errors
    /// [`Denial::NoSuchCharacter`], also for another member's that isn't shared there, [`Denial::NotCollected`], and
    /// [`Denial::CharactersAway`].
    pub async fn open(&self, viewer: Viewer, id: &CharacterId) -> Result<Arc<Persona>, Denial> {
        let persona = self.see(viewer, id).await?;
        if self.is_open(viewer, id).await {
            Ok(persona)
        } else {
            Err(Denial::NotCollected(persona.name.clone()))
        }
    }

    /// Whether a character that the member may look at may be talked with: shipped ones may have to be collected first.
    pub async fn is_open(&self, viewer: Viewer, id: &CharacterId) -> bool {
        match self.0.cast.member(id) {
            Some(member) => self.0.collection.opens(viewer.user, viewer.place, member).await,
            None => true,
        }
    }

    /// A character for that member there to look at, by its identity.
    ///
    /// # Errors
    /// [`Denial::NoSuchCharacter`], also for another member's that isn't shared there, and [`Denial::CharactersAway`].
    pub async fn see(&self, viewer: Viewer, id: &CharacterId) -> Result<Arc<Persona>, Denial> {
        let CharacterId::Custom(uuid) = id else {
            return self.0.cast.get(id).ok_or(Denial::NoSuchCharacter);
        };
        let held = self.held(*uuid).await.map_err(|error| away(&error))?;
        let held = held.filter(|held| held.opens_to(viewer)).ok_or(Denial::NoSuchCharacter)?;
        held.persona().ok_or(Denial::NoSuchCharacter)
    }

    /// A character whoever asks, for what was said before: its name, and its picture.
    ///
    /// # Errors
    /// A [`ColdError`].
    pub async fn get(&self, id: &CharacterId) -> Result<Option<Arc<Persona>>, ColdError> {
        match id {
            CharacterId::Shipped(_) => Ok(self.0.cast.get(id)),
            CharacterId::Custom(uuid) => Ok(self.held(*uuid).await?.and_then(|held| held.persona())),
        }
    }

    /// The same, where it must be there.
    ///
    /// # Errors
    /// [`Denial::NoSuchCharacter`] and [`Denial::CharactersAway`].
    pub async fn known(&self, id: &CharacterId) -> Result<Arc<Persona>, Denial> {
        self.get(id).await.map_err(|error| away(&error))?.ok_or(Denial::NoSuchCharacter)
    }

    /// A character's picture; `None` where it has none, or it can't be read just now.
    pub async fn portrait(&self, persona: &Persona) -> Option<Bytes> {
        let CharacterId::Custom(id) = persona.id else { return self.0.cast.portrait(&persona.id) };
        persona.picture.as_ref()?;
        let read = async |connection: &mut _| characters::avatar(connection, id).await;
        match self.0.cold.run::<_, ColdError, _>(COMMAND_BUDGET, read).await {
            Ok(avatar) => avatar.map(|avatar| avatar.bytes.into()),
            Err(error) => {
                tracing::debug!(%error, "a portrait can't be read");
                None
            }
        }
    }

    /// Forgets what it knew of a character: it was changed here.
    pub async fn changed(&self, id: Uuid) {
        self.0.held.invalidate(&id).await;
    }
}

fn away(error: &ColdError) -> Denial {
    tracing::debug!(%error, "a custom character can't be read");
    Denial::CharactersAway
}
