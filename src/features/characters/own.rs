//! What members do with characters of their own: make, keep, share, delete, bring back.

use chrono::Days;
use uuid::Uuid;

use super::{Characters, Trouble, Viewer};
use crate::{
    cold::{
        COMMAND_BUDGET, characters,
        characters::{
            Among, Avatar, Bounded, Changed, Character, Content, ContentHash, Deleted, Entry, Made,
        },
    },
    domain::{
        character::CharacterId,
        denial::Denial,
        ids::{GuildId, InteractionId, UserId},
    },
};

/// Characters that one member may share in one guild.
pub const MOST_SHARED: u32 = 25;
/// Of each section of a list, so many are read.
const MOST_LISTED: u8 = 200;

/// What there is to choose from besides the cast.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// The member's own.
    pub mine: Vec<Entry>,
    /// Those that others share with the guild.
    pub here: Vec<Entry>,
    /// Whether a section has more than is listed.
    pub is_cut: bool,
}

/// The id of a character that comes of that interaction: the same again when it comes again, and spread evenly.
pub fn id_of(interaction: InteractionId) -> Uuid {
    // SplitMix64: a bijection, so that no two interactions share an id.
    let mix = |seed: u64| {
        let mut mixed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    };
    let low = mix(interaction.get());
    let both = (u128::from(mix(low)) << 64) | u128::from(low);
    uuid::Builder::from_custom_bytes(both.to_be_bytes()).into_uuid()
}

impl Characters {
    /// One of a member's own, as it is now, by its identity or by a name as they type it.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub async fn mine(&self, viewer: Viewer, typed: &str) -> Result<Character, Trouble> {
        let id = match typed.trim().parse() {
            Ok(CharacterId::Custom(id)) => id,
            Ok(CharacterId::Shipped(_)) => return Err(Trouble::NotTheirs),
            Err(_) => self.mine_by_name(viewer, typed.trim()).await?,
        };
        let get = async |connection: &mut _| characters::get(connection, id).await;
        match self.0.cold.run(COMMAND_BUDGET, get).await? {
            Some(character) if character.owner == viewer.user => Ok(character),
            Some(character) if viewer.place.guild().is_some() && character.guild == viewer.place.guild() => {
                Err(Trouble::NotTheirs)
            }
            _ => Err(Denial::NoSuchCharacter.into()),
        }
    }

    async fn mine_by_name(&self, viewer: Viewer, name: &str) -> Result<Uuid, Trouble> {
        let found = self.own(viewer.user, name).await?;
        let same = |entry: &&Entry| entry.name.to_lowercase() == name.to_lowercase();
        let exact: Vec<&Entry> = found.iter().filter(same).collect();
        match (exact.as_slice(), found.as_slice()) {
            ([only], _) => Ok(only.id),
            ([], [only]) if !name.is_empty() => Ok(only.id),
            ([], []) if self.0.cast.resolve(name).is_some() => Err(Trouble::NotTheirs),
            ([], []) => Err(Denial::NoSuchCharacter.into()),
            _ => Err(Denial::ManyCharacters.into()),
        }
    }

    /// A member's own by a part of the name, 25 at most.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub async fn own(&self, user: UserId, typed: &str) -> Result<Vec<Entry>, Trouble> {
        let find =
            async |connection: &mut _| characters::find_by_name(connection, user, None, typed.trim()).await;
        Ok(self.0.cold.run(COMMAND_BUDGET, find).await?)
    }

    /// What there is besides the cast.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub async fn listed(&self, viewer: Viewer) -> Result<Listed, Trouble> {
        let read = async |connection: &mut _| {
            let mine = characters::list(connection, Among::Owner(viewer.user), None, MOST_LISTED).await?;
            let here = match viewer.place.guild() {
                Some(guild) => characters::list(connection, Among::Guild(guild), None, MOST_LISTED).await?,
                None => Vec::new(),
            };
            let is_cut = mine.len().max(here.len()) >= usize::from(MOST_LISTED);
            let here = here.into_iter().filter(|entry: &Entry| entry.owner != viewer.user).collect();
            Ok::<_, crate::cold::ColdError>(Listed { mine, here, is_cut })
        };
        Ok(self.0.cold.run(COMMAND_BUDGET, read).await?)
    }

    /// How many a member has.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub async fn count(&self, user: UserId) -> Result<u64, Trouble> {
        let count = async |connection: &mut _| characters::count_of(connection, user).await;
        Ok(self.0.cold.run(COMMAND_BUDGET, count).await?)
    }

    /// Keeps a new one, unless the member has `most` already. With the same id, nothing is made twice.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub async fn keep(
        &self,
        id: Uuid,
        owner: UserId,
        new: (&Content, &ContentHash),
        avatar: Option<&Avatar>,
        most: u32,
    ) -> Result<Character, Trouble> {
        let (content, hash) = new;
        let make = async |connection: &mut _| {
            characters::create_within(connection, id, owner, (content, Some(hash)), avatar, most).await
        };
        match self.0.cold.run(COMMAND_BUDGET, make).await? {
            Made::Here(character) => Ok(*character),
            Made::Full => Err(Trouble::Full(most)),
            Made::Gone => Err(Denial::NoSuchCharacter.into()),
        }
    }

    /// One of a member's own that says the same.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub async fn same(&self, owner: UserId, hash: &ContentHash) -> Result<Option<Entry>, Trouble> {
        let find = async |connection: &mut _| characters::same_content(connection, owner, hash).await;
        Ok(self.0.cold.run(COMMAND_BUDGET, find).await?)
    }

    /// Writes a changed card, if it still is what its owner saw; the new version.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub async fn save(
        &self,
        id: Uuid,
        owner: UserId,
        seen: u64,
        new: (&Content, &ContentHash),
    ) -> Result<u64, Trouble> {
        let (content, hash) = new;
        let write = async |connection: &mut _| {
            characters::update(connection, id, owner, seen, (content, Some(hash))).await
        };
        let written = self.0.cold.run(COMMAND_BUDGET, write).await;
        self.changed(id).await;
        match written? {
            Changed::Now(version) => Ok(version),
            Changed::Conflict(_) => Err(Trouble::Conflict),
            Changed::Gone => Err(Denial::NoSuchCharacter.into()),
        }
    }

    /// Gives it another picture.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub async fn paint(&self, id: Uuid, owner: UserId, avatar: &Avatar) -> Result<(), Trouble> {
        let write =
            async |connection: &mut _| characters::set_avatar(connection, id, owner, Some(avatar)).await;
        let written = self.0.cold.run(COMMAND_BUDGET, write).await;
        self.changed(id).await;
        if written? { Ok(()) } else { Err(Denial::NoSuchCharacter.into()) }
    }

    /// Its picture's file, if it has one.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub async fn avatar(&self, id: Uuid) -> Result<Option<Avatar>, Trouble> {
        let read = async |connection: &mut _| characters::avatar(connection, id).await;
        Ok(self.0.cold.run(COMMAND_BUDGET, read).await?)
    }

    /// Shares it with a guild, or with `None` with nobody any more.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub async fn share(&self, id: Uuid, owner: UserId, guild: Option<GuildId>) -> Result<(), Trouble> {
        let write = async |connection: &mut _| {
            if let Some(guild) = guild {
                return characters::share_within(connection, id, owner, guild, MOST_SHARED).await;
            }
            let done = characters::share(connection, id, owner, None).await?;
            Ok(if done { Bounded::Done } else { Bounded::Gone })
        };
        let written = self.0.cold.run(COMMAND_BUDGET, write).await;
        self.changed(id).await;
        bounded(written?, Trouble::SharedFull(MOST_SHARED), Denial::NoSuchCharacter.into())
    }

    /// Puts it out of sight, to be purged later.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub async fn delete(&self, id: Uuid, owner: UserId) -> Result<(), Trouble> {
        let at = self.0.clock.now();
        let write = async |connection: &mut _| characters::delete(connection, id, owner, at).await;
        let written = self.0.cold.run(COMMAND_BUDGET, write).await;
        self.changed(id).await;
        if written? { Ok(()) } else { Err(Denial::NoSuchCharacter.into()) }
    }

    /// Those that a member can bring back, the last first.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub async fn deleted(&self, owner: UserId) -> Result<Vec<Deleted>, Trouble> {
        let since = self.0.clock.now() - Days::new(characters::KEPT_DAYS);
        let read = async |connection: &mut _| characters::deleted(connection, owner, since).await;
        Ok(self.0.cold.run(COMMAND_BUDGET, read).await?)
    }

    /// Brings one back, unless the member has `most` already.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub async fn restore(&self, id: Uuid, owner: UserId, most: u32) -> Result<(), Trouble> {
        let since = self.0.clock.now() - Days::new(characters::KEPT_DAYS);
        let write =
            async |connection: &mut _| characters::restore_within(connection, id, owner, since, most).await;
        let written = self.0.cold.run(COMMAND_BUDGET, write).await;
        self.changed(id).await;
        bounded(written?, Trouble::Full(most), Trouble::NothingToRestore)
    }
}

fn bounded(became: Bounded, full: Trouble, gone: Trouble) -> Result<(), Trouble> {
    match became {
        Bounded::Done => Ok(()),
        Bounded::Full => Err(full),
        Bounded::Gone => Err(gone),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_interaction_has_one_id_of_its_own() {
        let id = |number| id_of(InteractionId::new(number).expect("an id"));
        assert_eq!(id(7), id(7));
        let of: BTreeSet<String> = (1..2_000)
            .map(|number| id(number << 12).simple().to_string().chars().take(9).collect())
            .collect();
        assert_eq!(of.len(), 1_999, "their beginnings, which people see, differ too");
        assert_eq!(id(1).get_version_num(), 8);
    }
}
