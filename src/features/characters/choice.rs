//! Whom a member has chosen to talk with, in a guild or in direct messages.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use moka::future::Cache;

use super::Characters;
use crate::{
    cold::{COMMAND_BUDGET, ColdError, preferences},
    domain::{
        character::CharacterId,
        ids::{GuildId, UserId},
    },
};

/// Choices in memory.
const MOST: u64 = 20_000;
/// So long without asking PostgreSQL again: a member may choose on one process and talk on another.
const FRESH: Duration = Duration::from_secs(30);
/// So long while PostgreSQL is away.
const SERVES: Duration = Duration::from_secs(60 * 60);
/// A talk waits for it before its first answer.
const BUDGET: Duration = Duration::from_millis(400);
/// While PostgreSQL is away nobody waits for it.
const AWAY_MS: u64 = 5_000;

#[derive(Clone)]
struct Choice {
    who: Option<CharacterId>,
    read_at: Instant,
}

pub(super) struct Choices {
    known: Cache<(UserId, Option<GuildId>), Choice>,
    started: Instant,
    /// Until so many milliseconds after `started` nobody waits for PostgreSQL.
    away_until_ms: AtomicU64,
}

impl Choices {
    pub(super) fn new() -> Self {
        let known = Cache::builder().max_capacity(MOST).time_to_live(SERVES).build();
        Self { known, started: Instant::now(), away_until_ms: AtomicU64::new(0) }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn is_away(&self) -> bool {
        self.now_ms() < self.away_until_ms.load(Ordering::Relaxed)
    }
}

impl Characters {
    /// Whom a member has chosen there, as far as that is known: `None` is nobody, and also whoever can't be read while
    /// PostgreSQL is away.
    pub async fn chosen(&self, user: UserId, guild: Option<GuildId>) -> Option<CharacterId> {
        let (key, choices) = ((user, guild), &self.0.choices);
        let known = choices.known.get(&key).await;
        if let Some(choice) = &known
            && (choice.read_at.elapsed() < FRESH || choices.is_away())
        {
            return choice.who.clone();
        }
        if choices.is_away() {
            return None;
        }
        let read = async |connection: &mut _| preferences::get(connection, user, guild).await;
        match self.0.cold.run::<_, ColdError, _>(BUDGET, read).await {
            Ok(preferences) => {
                let choice = Choice { who: preferences.active, read_at: Instant::now() };
                choices.known.insert(key, choice.clone()).await;
                choice.who
            }
            Err(error) => {
                tracing::debug!(%error, "whom a member has chosen can't be read");
                choices.away_until_ms.store(choices.now_ms() + AWAY_MS, Ordering::Relaxed);
                known.and_then(|choice| choice.who)
            }
        }
    }

    /// Sets whom a member talks with there; `None`: whoever the guild chose.
    ///
    /// # Errors
    /// A [`ColdError`], also when the character was made by a member and is gone.
    pub async fn choose(
        &self,
        user: UserId,
        guild: Option<GuildId>,
        character: Option<&CharacterId>,
    ) -> Result<(), ColdError> {
        let write =
            async |connection: &mut _| preferences::set_active(connection, user, guild, character).await;
        let written = self.0.cold.run(COMMAND_BUDGET, write).await;
        let key = (user, guild);
        match &written {
            Ok(()) => {
                let choice = Choice { who: character.cloned(), read_at: Instant::now() };
                self.0.choices.known.insert(key, choice).await;
            }
            // It may have been written.
            Err(_) => self.0.choices.known.invalidate(&key).await,
        }
        written
    }
}
