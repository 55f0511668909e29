//! What a character remembers of a member, shown to them and erased for them.

use std::sync::Arc;

use futures::future::join_all;

use super::Talk;
use crate::{
    cold::{COMMAND_BUDGET, ColdError, replies},
    domain::{
        character::CharacterId,
        ids::{Place, UserId},
        persona::Persona,
    },
    features::characters::Viewer,
    hot::{
        HotError, Side,
        memory::{Between, Forget, Recall, Turn},
        privacy,
    },
};

/// Most characters that are asked what they remember.
const MOST_RECALLED: usize = 60;

/// What one character remembers.
#[derive(Debug, Clone, PartialEq)]
pub struct Remembered {
    /// Who.
    pub persona: Arc<Persona>,
    /// The turns, oldest first; never none.
    pub turns: Vec<Turn>,
    /// Until when, if nothing more is said, in milliseconds since 1970. An answer made anew prolongs it.
    pub until: i64,
}

/// What was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    /// Characters that remember no more.
    pub memories: usize,
    /// Kept answers with their lines.
    pub replies: usize,
}

/// Why something may be left.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    /// Redis.
    #[error("short memory may be left: {0}")]
    Hot(#[from] HotError),
    /// PostgreSQL.
    #[error("kept replies may be left: {0}")]
    Cold(#[from] ColdError),
}

impl Talk {
    /// What that character remembers of a member there; `None`: what each does.
    pub async fn recall(
        &self,
        place: Place,
        user: UserId,
        character: Option<&CharacterId>,
    ) -> Vec<Remembered> {
        let characters = &self.0.characters;
        let ids: Vec<CharacterId> = match character {
            Some(character) => vec![character.clone()],
            None => characters
                .suggest(Viewer { user, place }, "", MOST_RECALLED)
                .await
                .into_iter()
                .map(|found| found.id)
                .collect(),
        };
        let found = join_all(ids.iter().map(|id| characters.get(id))).await;
        // One that can't be read just now is left out.
        let personas: Vec<Arc<Persona>> =
            found.into_iter().filter_map(|found| found.ok().flatten()).collect();
        let life = i64::try_from(self.0.settings.memory_life.as_millis()).unwrap_or(i64::MAX);
        let recalled = personas.into_iter().map(async |persona| {
            let between = Between { place, user, character: persona.id.clone() };
            let (turns, _) = self.0.hot.ask(&Recall(between)).await;
            let newest = turns.iter().map(|turn| turn.interaction.made_at_ms()).max()?;
            Some(Remembered { persona, turns, until: newest.saturating_add(life) })
        });
        join_all(recalled).await.into_iter().flatten().collect()
    }

    /// Makes that character forget a member there; `None`: all of them. Kept answers go with it, those too that still
    /// wait somewhere for PostgreSQL. Safe to repeat.
    ///
    /// # Errors
    /// A [`ForgetError`]: to be repeated.
    pub async fn forget(
        &self,
        place: Place,
        user: UserId,
        character: Option<&CharacterId>,
    ) -> Result<Forgotten, ForgetError> {
        let now = self.clock().now();
        let memories = match character {
            None => privacy::forget_memories(&self.0.hot, place, user).await?,
            Some(character) => self.forget_one(Between { place, user, character: character.clone() }).await?,
        };
        let theirs = self.0.replies.iter().filter(|(_, reply)| {
            reply.user == user
                && reply.guild == place.guild()
                && character.is_none_or(|id| *id == reply.character)
        });
        let cached: Vec<_> = theirs.map(|(id, _)| *id).collect();
        for id in cached {
            self.0.gone.insert(id, ()).await;
            self.0.replies.invalidate(&id).await;
        }
        let erase =
            async |connection: &mut _| replies::forget_at(connection, user, place, character, now).await;
        let replies = self.0.cold.run(COMMAND_BUDGET, erase).await?;
        Ok(Forgotten { memories, replies })
    }

    /// On both sides: while Redis was away, this process remembered.
    async fn forget_one(&self, between: Between) -> Result<usize, HotError> {
        let forget = Forget(between);
        let mut forgot = self.0.hot.ask_at(Side::Local, &forget).await?;
        if self.0.hot.redis().is_some() {
            forgot |= self.0.hot.ask_at(Side::Redis, &forget).await?;
        }
        Ok(usize::from(forgot))
    }
}
