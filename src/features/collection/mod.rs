//! Members' collections: rolls, what is kept, gifts and trades, packs, and with whom a member may talk.

mod opens;
mod packs;
mod roll;
mod shelf;
mod trade;

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use moka::future::Cache;

pub use self::{
    packs::Pack,
    roll::{Drawn, Luck, Recorded},
    shelf::Shelf,
    trade::{Ended, MOST_OFFERS, OFFER_HOURS},
};
use crate::{
    cold::{Cold, ColdError, audit},
    config::{CollectionSettings, collection::Allowance},
    domain::{
        character::CharacterId,
        clock::Clock,
        collection::CollectionDenial,
        denial::Denial,
        ids::{GuildId, UserId},
        odds::Odds,
        oversight::Action,
    },
    error::{Error, Result},
    features::cast::{Cast, Member},
    warm::policies::{Policies, Unknown},
};

/// Budget of one piece of work on the database: a first answer on Discord is due within three seconds.
const BUDGET: Duration = Duration::from_millis(1_500);
/// Most open characters that are remembered.
const MOST_OPEN: u64 = 50_000;
/// For how long it is believed that a member has a character.
const OPEN_FOR: Duration = Duration::from_secs(10 * 60);

/// What collections are made from.
#[derive(Debug, Clone)]
pub struct Parts {
    /// PostgreSQL.
    pub cold: Cold,
    /// Policies.
    pub policies: Policies,
    /// The characters.
    pub cast: Arc<Cast>,
    /// Rolls and slots.
    pub settings: CollectionSettings,
    /// What windows and offers end by.
    pub clock: Clock,
}

/// Collections. Clones share them.
#[derive(Debug, Clone)]
pub struct Collection(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    parts: Parts,
    odds: Odds,
    packs: Vec<Pack>,
    /// Members' characters that were found in their collections; what is not there is not known.
    opened: Cache<(UserId, CharacterId), ()>,
}

impl Collection {
    /// Collections over those parts. Nothing is read yet.
    ///
    /// # Panics
    /// When nobody ships with Troupe.
    pub fn new(parts: Parts) -> Self {
        let pool = parts.cast.all().iter().map(|member| (member.persona.id.clone(), member.rarity));
        let odds = Odds::of(pool).expect("somebody ships with Troupe, each once");
        let opened = Cache::builder().max_capacity(MOST_OPEN).time_to_live(OPEN_FOR).build();
        Self(Arc::new(Shared { parts, odds, packs: Pack::shipped(), opened }))
    }

    /// The characters.
    pub fn cast(&self) -> &Arc<Cast> {
        &self.0.parts.cast
    }

    /// The odds in force.
    pub fn odds(&self) -> &Odds {
        &self.0.odds
    }

    /// Rolls and slots as they are set.
    pub fn settings(&self) -> &CollectionSettings {
        &self.0.parts.settings
    }

    /// All packs, in the order in which they are shown.
    pub fn packs(&self) -> &[Pack] {
        &self.0.packs
    }

    /// The shipped character of that identity.
    pub fn member(&self, id: &CharacterId) -> Option<&Member> {
        self.0.parts.cast.member(id)
    }

    /// A character's name; what ships no longer is called by its slug.
    pub fn name(&self, id: &CharacterId) -> String {
        match (self.member(id), id) {
            (Some(member), _) => member.persona.name.clone(),
            (None, CharacterId::Shipped(slug)) => slug.as_str().to_owned(),
            (None, CharacterId::Custom(id)) => id.to_string(),
        }
    }

    /// What a member has by the better of their own tier and the guild's.
    ///
    /// # Errors
    /// [`Denial::SettingsUnknown`].
    pub async fn allowance(&self, user: UserId, guild: Option<GuildId>) -> Result<Allowance> {
        let Parts { policies, settings, .. } = &self.0.parts;
        let unknown = |error: Unknown| {
            tracing::warn!(%error, "a tier can't be told: settings can't be read");
            Denial::SettingsUnknown
        };
        let now_ms = self.clock().now_ms();
        let mut tier = policies.user(user).await.map_err(unknown)?.tier(now_ms);
        if let Some(guild) = guild {
            tier = tier.max(policies.guild(guild).await.map_err(unknown)?.tier(now_ms));
        }
        Ok(settings.of(tier))
    }

    /// Packs that are open in a guild, by name.
    ///
    /// # Errors
    /// [`Denial::SettingsUnknown`].
    pub async fn open_packs(&self, guild: GuildId) -> Result<Vec<&'static str>> {
        let policy = self.0.parts.policies.guild(guild).await.map_err(|error| {
            tracing::warn!(%error, "packs can't be told: settings can't be read");
            Denial::SettingsUnknown
        })?;
        let packs = self.0.packs.iter().map(|pack| pack.name);
        Ok(packs.filter(|name| policy.packs.contains(*name)).collect())
    }

    /// Opens a pack to everybody in a guild, or closes it, as one of its admins wants; whether that changed anything.
    /// All processes see it within a second.
    ///
    /// # Errors
    /// [`CollectionDenial::Away`].
    pub async fn set_pack(
        &self,
        guild: GuildId,
        admin: UserId,
        pack: &'static str,
        open: bool,
    ) -> Result<bool> {
        let action = if open { Action::PACK_ENABLED } else { Action::PACK_DISABLED };
        let entry = audit::Entry {
            guild: Some(guild),
            target: pack.to_owned(),
            before: Some((!open).into()),
            after: Some(open.into()),
            ..audit::Entry::new(Some(admin), action, self.clock().now())
        };
        let change = self.0.parts.policies.change_guild(guild, move |connection| {
            Box::pin(async move {
                let changed = crate::cold::packs::set(connection, guild, pack, open).await?;
                if changed {
                    audit::append(connection, &entry).await?;
                }
                Ok(changed)
            })
        });
        change.await.map_err(told)
    }

    fn cold(&self) -> &Cold {
        &self.0.parts.cold
    }

    fn clock(&self) -> &Clock {
        &self.0.parts.clock
    }

    /// The window of rolls, as the database takes it.
    fn window(&self) -> TimeDelta {
        TimeDelta::from_std(self.settings().window).unwrap_or(TimeDelta::MAX)
    }
}

/// An outage is a refusal; anything else is an incident.
fn told(error: ColdError) -> Error {
    if error.is_outage() {
        tracing::warn!(%error, "a collection finds PostgreSQL away");
        Denial::Collection(CollectionDenial::Away).into()
    } else {
        Error::failed(error)
    }
}

fn denied<T>(denial: CollectionDenial) -> Result<T> {
    Err(Denial::Collection(denial).into())
}
