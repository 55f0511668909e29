//! Bonds: how close each member is to each character, what that opens, and what a member may do about theirs.

pub mod card;
mod closeness;

use std::{
    fmt,
    sync::{Arc, atomic::AtomicU64},
    time::Instant,
};

use chrono::Days;
use futures::FutureExt;
use moka::future::Cache;

use self::card::Cards;
pub use self::closeness::Closeness;
use crate::{
    cold::{
        COMMAND_BUDGET, Cold, ColdError,
        bonds::{self, Bond, Day, Place},
        preferences,
    },
    domain::{
        bond::{Nickname, Reward},
        character::CharacterId,
        clock::Clock,
        ids::{GuildId, UserId},
    },
    warm::policies::Policies,
};

/// What one talk adds to the bond, and how much a day can.
pub const REWARD: Reward = Reward { amount: 1, daily_cap: 20 };
/// Most bonds that a member's list shows: the closest.
pub const MOST_LISTED: u8 = 200;
/// Most days that a history shows: the newest.
pub const MOST_DAYS: u16 = 400;
/// Most members on a leaderboard.
pub const MOST_LEADERS: u8 = 10;
/// Who has not talked in a server for so many days is not on its leaderboards.
pub const ACTIVE_DAYS: u16 = 60;

/// All bonds. Clones share them.
#[derive(Clone)]
pub struct Bonds(Arc<Inner>);

struct Inner {
    cold: Cold,
    policies: Policies,
    clock: Clock,
    known: Cache<(UserId, CharacterId), Closeness>,
    /// Counts what this process changed, so that nothing that was read before is taken for newer.
    changes: AtomicU64,
    started: Instant,
    /// Until so many milliseconds after `started` nobody waits for PostgreSQL.
    away_until_ms: AtomicU64,
    cards: Cards,
}

impl fmt::Debug for Bonds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bonds").finish_non_exhaustive()
    }
}

impl Bonds {
    /// Bonds over PostgreSQL; what members chose everywhere is a policy.
    pub fn new(cold: Cold, policies: Policies, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            cold,
            policies,
            clock,
            known: closeness::cache(),
            changes: AtomicU64::new(0),
            started: Instant::now(),
            away_until_ms: AtomicU64::new(0),
            cards: Cards::default(),
        }))
    }

    /// Draws bond cards.
    pub fn cards(&self) -> &Cards {
        &self.0.cards
    }

    /// A bond as PostgreSQL has it now, if there is any.
    ///
    /// # Errors
    /// A [`ColdError`].
    pub async fn get(&self, user: UserId, character: &CharacterId) -> Result<Option<Bond>, ColdError> {
        let get = async |connection: &mut _| bonds::get(connection, user, character).await;
        self.0.cold.run(COMMAND_BUDGET, get).boxed().await
    }

    /// A member's bonds, closest first, [`MOST_LISTED`] at most.
    ///
    /// # Errors
    /// A [`ColdError`].
    pub async fn list(&self, user: UserId) -> Result<Vec<Bond>, ColdError> {
        let list = async |connection: &mut _| bonds::list(connection, user, None, MOST_LISTED).await;
        self.0.cold.run(COMMAND_BUDGET, list).boxed().await
    }

    /// The days on which a bond grew, newest first, [`MOST_DAYS`] at most.
    ///
    /// # Errors
    /// A [`ColdError`].
    pub async fn history(&self, user: UserId, character: &CharacterId) -> Result<Vec<Day>, ColdError> {
        let read = async |connection: &mut _| bonds::history(connection, user, character, MOST_DAYS).await;
        self.0.cold.run(COMMAND_BUDGET, read).boxed().await
    }

    /// The [`MOST_LEADERS`] of a server who are closest to a character, and after them whoever asks.
    ///
    /// # Errors
    /// A [`ColdError`].
    pub async fn leaders(
        &self,
        guild: GuildId,
        character: &CharacterId,
        asking: UserId,
    ) -> Result<Vec<Place>, ColdError> {
        let since = self.0.clock.now() - Days::new(ACTIVE_DAYS.into());
        let read = async |connection: &mut _| {
            bonds::leaders(connection, (guild, character), since, MOST_LEADERS, asking).await
        };
        self.0.cold.run(COMMAND_BUDGET, read).boxed().await
    }

    /// Sets what a character calls a member, or takes it away. The next prompt of this process knows it.
    ///
    /// # Errors
    /// A [`ColdError`].
    pub async fn set_nickname(
        &self,
        user: UserId,
        character: &CharacterId,
        nickname: Option<&Nickname>,
    ) -> Result<(), ColdError> {
        let set = async |connection: &mut _| bonds::set_nickname(connection, user, character, nickname).await;
        let set = self.0.cold.run(COMMAND_BUDGET, set).boxed().await;
        self.forget(user, character).await;
        set
    }

    /// Pauses a bond that goes on, or lets one go on that is paused; whether it is paused now.
    ///
    /// # Errors
    /// A [`ColdError`].
    pub async fn toggle_pause(&self, user: UserId, character: &CharacterId) -> Result<bool, ColdError> {
        let toggle = async |connection: &mut _| {
            let paused = bonds::get(connection, user, character).await?.is_some_and(|bond| bond.paused);
            bonds::set_paused(connection, user, character, !paused).await?;
            Ok(!paused)
        };
        self.0.cold.run(COMMAND_BUDGET, toggle).boxed().await
    }

    /// Erases a bond with its nickname and history; whether there was one.
    ///
    /// # Errors
    /// A [`ColdError`].
    pub async fn erase(&self, user: UserId, character: &CharacterId) -> Result<bool, ColdError> {
        let erase = async |connection: &mut _| bonds::delete(connection, user, character).await;
        let erased = self.0.cold.run(COMMAND_BUDGET, erase).boxed().await;
        self.forget(user, character).await;
        erased
    }

    /// Takes a member off all leaderboards, or back on them; whether they are off now.
    ///
    /// # Errors
    /// A [`ColdError`].
    pub async fn toggle_hidden(&self, user: UserId) -> Result<bool, ColdError> {
        let change = self
            .0
            .policies
            .change_user(user, move |connection| preferences::toggle_leaderboard(connection, user).boxed());
        change.boxed().await
    }
}
