//! A member's own data wherever it is: shown as one, or erased everywhere.
//!
//! Erasing tells the queue first, so that no write that waits brings the member back; then it erases the truth, in one
//! transaction; then the hot store, with the policies' copy there. A step that fails does not keep the others from
//! being done, is told, and is done by erasing again: every step may be repeated.
//!
//! What other processes hold in their own memory is out of reach: policies that they know, doubted within a second and
//! dropped ten minutes after their last use, and what they keep in Redis's place while it is away or not configured.
//! A process that read a policy just before may put its copy into Redis just after: it is gone within a minute.

use serde_json::{Value, json};

use super::queue::{Durable, ForgetError, Unlanded};
use crate::{
    cold::{self, BACKGROUND_BUDGET, Cold, ColdError, privacy::Erasure},
    domain::ids::UserId,
    hot::{self, Hot, HotError},
};

/// Every place where something about a member may be.
#[derive(Debug, Clone)]
pub struct Places {
    /// PostgreSQL.
    pub cold: Cold,
    /// Redis, or this process in its place.
    pub hot: Hot,
    /// Writes that wait for PostgreSQL.
    pub durable: Durable,
}

/// A place that could not be asked. Nothing of it is a member's.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// PostgreSQL.
    #[error("PostgreSQL can't be asked: {0}")]
    Cold(#[from] ColdError),
    /// Redis.
    #[error("Redis can't be asked: {0}")]
    Hot(#[from] HotError),
    /// Writes in the files of processes that run, and that share no Redis with this one.
    #[error(
        "writes about them wait for PostgreSQL in the file of a running bot ({0}) and would land after all: wait \
         until they have landed"
    )]
    Held(usize),
    /// The writes that wait.
    #[error("the writes that wait for PostgreSQL can't be looked through: {0}")]
    Durable(#[from] ForgetError),
}

/// What was, or would be, erased, place by place.
#[derive(Debug)]
pub struct Erased {
    /// Rows of PostgreSQL.
    pub rows: Result<Erasure, PlaceError>,
    /// Keys of the hot store.
    pub keys: Result<usize, PlaceError>,
    /// Writes that wait for PostgreSQL, or failed, and were changed or dropped at once. Those that another process
    /// holds lose the member when they land.
    pub writes: Result<usize, PlaceError>,
}

impl Places {
    /// Everything about a user, as one JSON: `postgres` by table, `redis` by key, `waiting` by write.
    ///
    /// # Errors
    /// A [`PlaceError`] when any place can't be asked: half of an export is none.
    pub async fn export(&self, user: UserId) -> Result<Value, PlaceError> {
        let rows = self
            .cold
            .run(BACKGROUND_BUDGET, async move |connection: &mut cold::Connection| {
                cold::privacy::export(connection, user).await
            })
            .await?;
        let keys = hot::privacy::export(&self.hot, user).await?;
        let writes = self.durable.about(user).await?;
        Ok(json!({ "user_id": user, "postgres": rows, "redis": keys, "waiting": writes }))
    }

    /// Erases a user everywhere. Erasing again does what is left.
    pub async fn erase(&self, user: UserId) -> Erased {
        let writes = self.forget(user).await;
        let rows = self
            .cold
            .run(BACKGROUND_BUDGET, async move |connection: &mut cold::Connection| {
                cold::privacy::erase(connection, user).await
            })
            .await
            .map_err(PlaceError::from);
        let keys = hot::privacy::erase(&self.hot, user).await.map_err(PlaceError::from);
        Erased { rows, keys, writes }
    }

    async fn forget(&self, user: UserId) -> Result<usize, PlaceError> {
        let changed = self.durable.forget(user).await?;
        // By Redis every process is told. Without it, one that runs can't be.
        let held = if self.hot.redis().is_none() { self.durable.about(user).await?.len() } else { 0 };
        if held > 0 { Err(PlaceError::Held(held)) } else { Ok(changed) }
    }

    /// What erasing would do now. Changes nothing.
    pub async fn would_erase(&self, user: UserId) -> Erased {
        let rows = self
            .cold
            .run(BACKGROUND_BUDGET, async move |connection: &mut cold::Connection| {
                cold::privacy::would_erase(connection, user).await
            })
            .await
            .map_err(PlaceError::from);
        let keys =
            hot::privacy::export(&self.hot, user).await.map(|keys| keys.len()).map_err(PlaceError::from);
        let writes: Result<Vec<Unlanded>, _> = self.durable.about(user).await;
        Erased { rows, keys, writes: writes.map(|writes| writes.len()).map_err(PlaceError::from) }
    }
}
