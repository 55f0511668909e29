//! Keeps file and Redis in step: what one has lost, the other gives back.

use super::{Durable, Stop};
use crate::{
    cold::{COMMAND_BUDGET, applied},
    hot::{
        Operation,
        queue::{Bury, Put, Spot, Standing},
    },
};

/// Writes that one pass looks at.
const LOOKED_AT: usize = 5_000;
/// Writes in one question.
const CHUNK: usize = 500;

impl Durable {
    /// Tells Redis something that it may miss: each of these is found out again, or its time runs out by itself.
    pub(super) async fn tell_redis<O: Operation>(&self, operation: &O) {
        if self.0.has_redis
            && let Err(error) = self.shared(operation).await
        {
            tracing::debug!(%error, operation = O::NAME, "Redis missed a word about a waiting write");
        }
    }

    /// Gives Redis what waits in this process's files alone: it was away, or has lost it. Another process can apply it
    /// then, when this machine is lost.
    pub(super) async fn mirror(&self) {
        if !self.0.has_redis {
            return;
        }
        let Ok(keys) = self.0.journal.with(|shelf| shelf.waiting_keys(LOOKED_AT)).await else { return };
        for chunk in keys.chunks(CHUNK) {
            let Ok(spots) = self.shared(&Standing(chunk.to_vec())).await else { return };
            let unknown = chunk.iter().zip(spots).filter(|(_, spot)| spot.is_none());
            for (key, _) in unknown {
                let key = key.clone();
                let found = self.0.journal.with(move |shelf| shelf.find(&key)).await;
                let Ok(Some(stored)) = found else { continue };
                if self.shared(&Put { item: stored.item, most: super::super::MOST_IN_REDIS }).await.is_err() {
                    return;
                }
            }
        }
    }

    /// Brings this process's own dead letters in step with what operators and other processes did about them in Redis,
    /// and gives Redis back those that it has lost.
    pub(super) async fn settle_dead_letters(&self) -> Result<(), Stop> {
        let dead = self.0.journal.with(|shelf| shelf.dead(CHUNK)).await?;
        if dead.is_empty() {
            return Ok(());
        }
        let keys: Vec<_> = dead.iter().map(|stored| stored.item.key.clone()).collect();
        let landed =
            self.0.cold.run(COMMAND_BUDGET, async |connection| applied::landed(connection, &keys).await);
        let mut over = landed.await.map_err(|error| Stop::Away(error.to_string()))?;
        let spots = self.shared(&Standing(keys)).await.unwrap_or_default();
        for (stored, spot) in dead.into_iter().zip(spots) {
            match spot {
                Some(Spot::Dropped) => over.push(stored.item.key),
                None if !over.contains(&stored.item.key) => {
                    let reason = stored.dead.unwrap_or_default();
                    self.tell_redis(&Bury { item: stored.item, attempts: stored.attempts, reason }).await;
                }
                _ => {}
            }
        }
        self.done(over).await
    }
}
